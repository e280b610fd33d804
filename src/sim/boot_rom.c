/* SPDX-License-Identifier: MIT */
/*
 * Does and prints what a mask ROM does before the second-stage bootloader: its greeting, the cause
 * of the reset, the straps, the image at the boot address. The texts come from Espressif's
 * documentation and from users' logs.
 */
#include <stdio.h>

#include "sim/boot_parts.h"
#include "sim/parts.h"

void sim_boot_rom_text(struct sim *sim, enum sim_cause cause, bool is_download)
{
	const struct sim_chip *chip = sim->chip;
	uint64_t at = sim->now + 500;
	unsigned code, strap = is_download ? chip->strap.download : chip->strap.flash;
	const char *name = sim_cause_name(chip, cause, &code), *mode = chip->greeting.download;
	bool is_strapped = is_download && sim_trouble_strap(sim, &strap, &mode);

	if (is_strapped)
		sim->mode = SIM_MODE_DEAD; /* the other mode doesn't listen to the UART */
	if (sim->opts.trouble == SIM_TROUBLE_MUTE_ROM)
		return;

	if (chip->family == SIM_FAMILY_OLD)
		sim_text(sim, at, "ets %s\r\n\r\n",
			 sim->revision >= 300 ? "Jul 29 2019 12:21:46" : "Jun  8 2016 00:22:57");
	else
		sim_text(sim, at, "ESP-ROM:%s\r\nBuild:%s\r\n", chip->greeting.rom,
			 chip->greeting.build);
	sim_text(sim, at, "rst:0x%x (%s),boot:0x%x (%s)\r\n", code, name, strap,
		 is_download ? mode : "SPI_FAST_FLASH_BOOT");
	if (is_download && !is_strapped)
		sim_text(sim, at, "waiting for download\r\n");
}

static void invalid_header(struct sim *sim, uint64_t at, uint32_t word)
{
	if (sim->opts.trouble == SIM_TROUBLE_MUTE_ROM)
		return; /* the eFuse silences the ROM */
	if (!sim->flash.data && sim->chip->family == SIM_FAMILY_OLD) {
		sim_text(sim, at, "flash read err, 1000\r\nets_main.c 371 \r\n");
		return;
	}
	for (unsigned i = 0; i < 8; i++)
		sim_text(sim, at + i * 20000u, "invalid header: 0x%08x\r\n", word);
}

/* Newer ROMs print "SPI mode"; older ones also print the WP pin. */
static void header_text(struct sim *sim, uint64_t at, const struct sim_image *img)
{
	static const char *const modes[] = { "QIO", "QOUT", "DIO", "DOUT" };
	static const uint8_t new_style[] = { 18, 20, 23, 32 };
	const char *mode = img->mode < EF_ARRAY_LEN(modes) ? modes[img->mode] : "SLOW_RD";
	unsigned div = img->freq_code == 15 ? 1 : img->freq_code + 2u;

	for (size_t i = 0; i < EF_ARRAY_LEN(new_style); i++) {
		if (sim->chip->image_id == new_style[i]) {
			sim_text(sim, at, "SPI mode:%s, clock div:%u\r\n", mode, div);
			return;
		}
	}
	if (sim->chip->family == SIM_FAMILY_OLD)
		sim_text(sim, at,
			 "configsip: 0, SPIWP:0xee\r\nclk_drv:0x00,q_drv:0x00,d_drv:0x00,"
			 "cs0_drv:0x00,hd_drv:0x00,wp_drv:0x00\r\n");
	else
		sim_text(sim, at, "SPIWP:0xee\r\n");
	sim_text(sim, at, "mode:%s, clock div:%u\r\n", mode, div);
}

static bool segments_text(struct sim *sim, uint64_t at, const struct sim_image *img)
{
	bool is_old = sim->chip->family == SIM_FAMILY_OLD;

	for (unsigned i = 0; i < img->count; i++) {
		const struct sim_segment *seg = &img->seg[i];

		if (is_old)
			sim_text(sim, at, "load:0x%08x,len:%u\r\n", seg->addr, seg->len);
		else
			sim_text(sim, at, "load:0x%08x,len:0x%x\r\n", seg->addr, seg->len);
		if (!sim_chip_is_ram(sim->chip, seg->addr, seg->len)) {
			/* ESP32's ROM just crashes there */
			if (!is_old)
				sim_text(sim, at,
					 "Invalid image block, can't boot.\r\n"
					 "ets_main.c 333 \r\n");
			return false;
		}
	}
	return true;
}

static void hash_text(struct sim *sim, uint64_t at, const char *what, const uint8_t hash[32])
{
	char hex[65];

	for (unsigned i = 0; i < 32; i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", hash[i]);
	sim_text(sim, at, "%s: %s\r\n", what, hex);
}

bool sim_boot_rom_image(struct sim *sim, uint64_t at, struct sim_image *ret)
{
	/* the ROM's real limit is the size of its RAM; 1 MB is enough here */
	sim_image_check(sim, sim->chip->boot_addr, 1u << 20, ret);
	if (ret->fault == SIM_IMAGE_MAGIC || ret->fault == SIM_IMAGE_SEGMENTS) {
		invalid_header(sim, at, ret->first_word);
		return false;
	}
	header_text(sim, at, ret);
	if (!segments_text(sim, at, ret) || ret->fault == SIM_IMAGE_LENGTH)
		return false;
	if (ret->fault == SIM_IMAGE_CHECKSUM) {
		if (sim->chip->family == SIM_FAMILY_OLD)
			sim_text(sim, at,
				 "csum err:0x%x!=0x%x\r\nFalling back to built-in command "
				 "interpreter.\r\nOK\r\n>",
				 ret->sum, ret->want_sum);
		else
			sim_text(sim, at,
				 "Checksum failure. Calculated 0x%x stored 0x%x\r\n"
				 "ets_main.c 333 \r\n",
				 ret->sum, ret->want_sum);
		return false;
	}
	/* the ESP32 checks the digest only with secure boot; the others complain and continue */
	if (ret->fault == SIM_IMAGE_HASH && sim->chip->family != SIM_FAMILY_OLD) {
		sim_text(sim, at, "SHA-256 comparison failed:\r\n");
		hash_text(sim, at, "Calculated", ret->hash);
		hash_text(sim, at, "Expected", ret->want_hash);
		sim_text(sim, at, "Attempting to boot anyway...\r\n");
	}
	sim_text(sim, at, "entry 0x%08x\r\n", ret->entry);
	return true;
}
