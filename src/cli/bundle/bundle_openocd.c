/* SPDX-License-Identifier: MIT */
/*
 * Writes flash.cfg, a script for OpenOCD. Espressif's OpenOCD (github.com/espressif/openocd-esp32)
 * has a driver for the flash of ESP chips, with its bank at address 0, and the procedure
 * program_esp (tcl/target/esp_common.cfg), which verifies by reading the flash itself. The script
 * uses its configuration files: interface/ftdi/esp_ftdi.cfg (esp32_devkitj_v1.cfg in older
 * versions) for an ESP-Prog, interface/esp_usb_jtag.cfg for the chip's USB port, target/CHIP.cfg.
 * File names in it need no quotes: bundle_dir.c makes them of plain characters.
 */
#include "cli/bundle/bundle_dir.h"

#include <inttypes.h>

/* Return whether the chip has a USB port with JTAG: those have a console there, too. */
static bool has_usb_jtag(const struct ef_chip *chip)
{
	return chip->rom.console_jtag != 0;
}

static bool has_encrypted(const struct bundle *b)
{
	for (size_t i = 0; i < b->parts->part_count; i++)
		if (b->parts->parts[i].is_encrypted)
			return true;
	return false;
}

static bool add_head(const struct bundle *b, struct ef_buf *ret, struct ef_err *err)
{
	return ef_buf_printf(
		       ret, err,
		       "# Flashes the files of this folder into an %s by JTAG.\n#\n"
		       "#   openocd -f flash.cfg                           ESP-Prog, or another "
		       "FT2232H\n",
		       b->chip->label) &&
	       (!has_usb_jtag(b->chip) ||
		ef_buf_printf(ret, err,
			      "#   openocd -c \"set ADAPTER builtin\" -f flash.cfg  the chip's own "
			      "USB port\n")) &&
	       ef_buf_printf(
		       ret, err,
		       "#   openocd -f BOARD.cfg -f flash.cfg              another adapter, with "
		       "its target\n#\n"
		       "# Before -f flash.cfg: -c \"set SPEED 1000\" is slower (kHz, 5000 "
		       "without it);\n"
		       "# -c \"set FORM plain\" does without program_esp.\n") &&
	       (!has_encrypted(b) ||
		ef_buf_printf(
			ret, err,
			"# -c \"set ENCRYPT 1\" where flash encryption is on: the chip encrypts "
			"what has to be.\n")) &&
	       ef_buf_printf(ret, err,
			     "#\n# It needs Espressif's OpenOCD, which has a driver for the flash: "
			     "ESP-IDF\n# (idf_tools.py install openocd-esp32) and PlatformIO "
			     "(tool-openocd-esp32) have it.\n\n");
}

static bool add_parts(const struct bundle *b, const struct bundle_part *parts, struct ef_buf *ret,
		      struct ef_err *err)
{
	bool ok = ef_buf_printf(ret, err, "set parts {\n");

	for (size_t i = 0; ok && i < b->parts->part_count; i++)
		ok = ef_buf_printf(ret, err, "\t{ %s 0x%" PRIx32 "%s }\n", parts[i].file,
				   parts[i].part->addr,
				   parts[i].part->is_encrypted ? " encrypt" : "");
	return ok && ef_buf_printf(ret, err, "}\nset folder [file dirname [info script]]\n\n");
}

static const char find_text[] =
	"# The first of these files that this OpenOCD has.\n"
	"proc first_config {names} {\n"
	"\tforeach name $names {\n"
	"\t\tif { ![catch { find $name } path] } { return $path }\n"
	"\t}\n"
	"\terror \"this OpenOCD has no [join $names { or }]: use Espressif's (see the top of "
	"flash.cfg)\"\n"
	"}\n\n";

static bool add_adapter(const struct bundle *b, struct ef_buf *ret, struct ef_err *err)
{
	return ef_buf_printf(ret, err, "%s", find_text) &&
	       ef_buf_printf(ret, err,
			     "if { [llength [target names]] == 0 } {\n"
			     "\tif { ![info exists ADAPTER] } { set ADAPTER esp-prog }\n"
			     "\tif { ![info exists SPEED] } { set SPEED 5000 }\n"
			     "\tswitch -- $ADAPTER {\n"
			     "\t\tesp-prog {\n"
			     "\t\t\tsource [first_config {interface/ftdi/esp_ftdi.cfg "
			     "interface/ftdi/esp32_devkitj_v1.cfg}]\n"
			     "\t\t}\n") &&
	       (!has_usb_jtag(b->chip) ||
		ef_buf_printf(ret, err,
			      "\t\tbuiltin { source [first_config interface/esp_usb_jtag.cfg] "
			      "}\n")) &&
	       ef_buf_printf(ret, err,
			     "\t\tdefault { error \"ADAPTER is esp-prog%s, not $ADAPTER\" }\n"
			     "\t}\n"
			     "\tsource [first_config target/%s.cfg]\n"
			     "\tadapter speed $SPEED\n"
			     "}\n"
			     "if { [llength [flash list]] == 0 } {\n"
			     "\terror \"this OpenOCD has no driver for the flash of %s: use "
			     "Espressif's (see the top of flash.cfg)\"\n"
			     "}\n\n",
			     has_usb_jtag(b->chip) ? " or builtin" : "", b->chip->name,
			     b->chip->label);
}

static const char flash_text[] = "proc flash_by_program_esp {parts encrypts} {\n"
				 "\tforeach part $parts {\n"
				 "\t\tlassign $part file address encrypt\n"
				 "\t\tif { $encrypt ne \"\" && $encrypts } {\n"
				 "\t\t\tprogram_esp $file $address verify encrypt\n"
				 "\t\t} else {\n"
				 "\t\t\tprogram_esp $file $address verify\n"
				 "\t\t}\n"
				 "\t}\n"
				 "}\n\n"
				 "proc flash_by_write_image {parts} {\n"
				 "\tinit\n"
				 "\treset init\n"
				 "\tforeach part $parts {\n"
				 "\t\tlassign $part file address\n"
				 "\t\tflash write_image erase $file $address bin\n"
				 "\t\tflash verify_image $file $address bin\n"
				 "\t}\n"
				 "}\n\n"
				 "set ENCRYPTS [expr { [info exists ENCRYPT] && $ENCRYPT }]\n"
				 "if { ![info exists FORM] } {\n"
				 "\tset FORM [expr { [llength [info commands program_esp]] ? "
				 "\"program_esp\" : \"plain\" }]\n"
				 "}\n"
				 "cd $folder\n"
				 "if { $FORM eq \"program_esp\" } {\n"
				 "\tflash_by_program_esp $parts $ENCRYPTS\n"
				 "} elseif { $ENCRYPTS } {\n"
				 "\terror \"ENCRYPT needs program_esp\"\n"
				 "} else {\n"
				 "\tflash_by_write_image $parts\n"
				 "}\n"
				 "reset run\n"
				 "echo \"Flashing has completed!\"\n"
				 "shutdown\n";

bool bundle_openocd(const struct bundle *b, const struct bundle_part *parts, struct ef_buf *ret,
		    struct ef_err *err)
{
	return add_head(b, ret, err) && add_parts(b, parts, ret, err) && add_adapter(b, ret, err) &&
	       ef_buf_printf(ret, err, "%s", flash_text);
}
