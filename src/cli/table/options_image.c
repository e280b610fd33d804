/* SPDX-License-Identifier: MIT */
/* The options of save-image, and those that make a firmware of an ELF. */
#include "cli/table/option_rows.h"
#include "cli/table/options.h"

#include "cli/table/args.h"
#include <espflash/output.h>

#define OPT_END                                                                                    \
	{                                                                                          \
		.name = NULL                                                                       \
	}

static const struct opt_choice formats[] = { { "esp-idf", 0 }, { NULL, 0 } };
/* "esp-idf" is espflash's only word, for an image that is raw */
static const struct opt_choice save_formats[] = {
	{ "raw", SAVE_RAW },     { "hex", SAVE_HEX }, { "uf2", SAVE_UF2 },
	{ "esp-idf", SAVE_RAW }, { NULL, 0 },
};

#define D struct idf_args
static const struct opt idf_opts[] = {
	IDF_ROWS(D, "ram", OPT_FOR_APP, formats, "esp-idf", "image format"),
	OPT_END,
};
const struct opt_group opts_idf = { "ESP-IDF format options", idf_opts };

static const struct opt idf_save_opts[] = {
	IDF_ROWS(D, NULL, 0, save_formats, "raw", "form of the file: raw, Intel HEX or UF2"),
	OPT_END,
};
const struct opt_group opts_idf_save = { "ESP-IDF format options", idf_save_opts };

#define IMAGE_DETAILS                                                                              \
	"Any of the things that 'flash' takes, too: an ESP-IDF build folder or its lists, a "      \
	"PlatformIO or Arduino build, a Mongoose OS fw.zip, a merged image, Intel HEX, UF2, a "    \
	"web "                                                                                     \
	"manifest, an archive with one of these. Or several files with their addresses: ADDRESS "  \
	"FILE [ADDRESS FILE ...], as esptool's merge-bin has them; all of them are merged."
#define NOT_RAW "format=hex|uf2"
#define NOT_UF2 "format=raw|hex|esp-idf"

#define SI struct save_image_args
static const struct opt save_image_opts[] = {
	{ OPT_FILE(0, "image", "IMAGE", SI, file,
		   "ELF file of the app, a build or download, or an address"),
	  .flags = OPT_ARG | OPT_REQUIRED, .details = IMAGE_DETAILS },
	{ OPT_LIST(0, "file", "FILE", SI, more, "the file to write; after addresses, the last one"),
	  .complete = OPT_COMPLETE_FILE, .flags = OPT_ARG | OPT_WORDS | OPT_WRITES,
	  .details = "Not needed with --output, --split or --openocd." },
	{ OPT_FILE('o', "output", "FILE", SI, output, "file to write, instead of the last word"),
	  .flags = OPT_WRITES },
	{ OPT_CHIP(0, "chip", "CHIP", SI, chip, "chip that the image is for"), .flags = OPT_COMMON,
	  .config = "chip",
	  .details = "Needed if neither the ELF, nor the build, nor the header of an image names "
		     "it." },
	{ OPT_FLAG(0, "merge", SI, merge,
		   "bootloader, partition table and app in one file, for address 0"),
	  .flags = OPT_COMMON,
	  .details =
		  "Of a build or a download: everything that 'flash' would write. Without it the "
		  "file has only the app." },
	{ OPT_FLAG(0, "skip-padding", SI, skip_padding,
		   "do not fill the file up to the flash size"),
	  .needs = "merge", .idle = NOT_RAW,
	  .details = "Only what is merged from an ELF is filled up, as espflash does it." },
	{ OPT_CHOICE(0, "pad-to-size", "SIZE", SI, pad_to_size, opt_flash_sizes,
		     "fill a merged file up to this flash size"),
	  .conflicts = "skip-padding", .idle = NOT_RAW,
	  .details = "With 0xff. Writing such a file to address 0 erases all that the flash has "
		     "behind the firmware." },
	{ OPT_U32(0, "target-offset", "OFFSET", SI, target_offset, 0, UINT32_MAX,
		  "address that a merged file begins at"),
	  .def = "0", .idle = NOT_RAW },
	{ OPT_U32(0, "chunk-size", "BYTES", SI, chunk_size, 4, EF_UF2_CHUNK_MAX,
		  "bytes of data in each block of a UF2 file, a multiple of 4"),
	  .idle = NOT_UF2, .details = "Default: 452, or 476 with --md5-disable." },
	{ OPT_FLAG(0, "md5-disable", SI, no_md5, "UF2 without an MD5 in each block"),
	  .idle = NOT_UF2 },
	{ OPT_FILE(0, "split", "DIR", SI, split, "write all parts and lists of them into a folder"),
	  .flags = OPT_COMMON | OPT_WRITES,
	  .details = "The lists are flasher_args.json and flash_args, as ESP-IDF writes them for "
		     "esptool, and manifest.json for ESP Web Tools. The folder is created; an "
		     "existing one must be empty, or from an earlier run." },
	{ OPT_FILE(0, "openocd", "DIR", SI, openocd,
		   "the same with flash.cfg, which OpenOCD flashes by JTAG"),
	  .flags = OPT_COMMON | OPT_WRITES, .conflicts = "split",
	  .details =
		  "For boards whose serial port does not work: 'openocd -f DIR/flash.cfg', with an "
		  "ESP-Prog; the file explains how to choose another adapter or the chip's own USB "
		  "port. It needs Espressif's OpenOCD, which ESP-IDF and PlatformIO install." },
	{ OPT_CHOICE('x', "xtal-freq", "XTAL_FREQ", SI, xtal_mhz, opts_xtals,
		     "crystal of the board, where bootloaders differ by it"),
	  .flags = OPT_FOR_ELF },
	{ OPT_STRING(0, "environment", "NAME", SI, thing.environment,
		     "environment of a PlatformIO project"),
	  .flags = OPT_FOR_BUILD,
	  .details = "Default: the first of default_envs, else the only one that is built." },
	{ OPT_FLAG(0, "fill-gaps", SI, thing.fill_gaps,
		   "take the blank ranges of a merged image, too"),
	  .flags = OPT_FOR_BUILD,
	  .details = "Else they are not part of the firmware, as with 'flash'." },
	{ OPT_FLAG(0, "keep-fs", SI, thing.keep_fs, "leave out file systems"),
	  .flags = OPT_FOR_BUILD },
	OPT_END,
};
const struct opt_group opts_save_image = { "Options", save_image_opts };
