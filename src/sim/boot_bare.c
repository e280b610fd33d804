/* SPDX-License-Identifier: MIT */
/*
 * Starts firmware that has no partition table: an image for simple boot, whose segments in flash
 * follow the ones that the ROM loads (esptool elf2image --ram-only-header), and MCUboot, which
 * starts the image with its mark in a slot. The lines are those of Zephyr's
 * soc/espressif/common/loader.c and of MCUboot's boot/espressif/main.c; the app's greeting is the
 * one that is found in its content.
 */
#include <stdio.h>

#include "sim/boot_parts.h"
#include "sim/parts.h"

#define TABLE_AT      0x8000u
#define MCUBOOT_MAGIC 0x96f3b83du /* bootutil/image.h: IMAGE_MAGIC */

/* Return the end of the segments behind an image that are mapped; 0: there are none. */
static uint32_t mapped_end(const struct sim *sim, const struct sim_image *img)
{
	uint32_t at = img->end, ret = 0;

	while (sim->flash.size - at > 8) {
		uint32_t addr = ef_le32(sim->flash.data + at);
		uint32_t len = ef_le32(sim->flash.data + at + 4);

		if ((addr && !sim_is_mapped(sim->chip, addr)) || !len ||
		    len > sim->flash.size - at - 8)
			break;
		at += 8 + len;
		if (addr)
			ret = at;
	}
	return ret;
}

static uint32_t find_slot(const struct sim *sim, uint32_t from)
{
	for (uint64_t at = (from + 0xfffull) / 0x1000 * 0x1000; at + 4 <= sim->flash.size;
	     at += 0x1000)
		if (ef_le32(sim->flash.data + at) == MCUBOOT_MAGIC)
			return (uint32_t)at;
	return 0;
}

/* Print the greeting of an operating system, if the app has one. */
static void greet(struct sim *sim, uint64_t at, uint32_t from, uint32_t to)
{
	static const char *const marks[] = { "*** Booting Zephyr OS ", "NuttShell (NSH)" };
	char text[100];

	for (size_t i = 0; i < EF_ARRAY_LEN(marks); i++) {
		size_t len = strlen(marks[i]);

		for (uint32_t k = from; k + len <= to; k++) {
			if (memcmp(sim->flash.data + k, marks[i], len) != 0)
				continue;
			for (len = 0; k + len < to && sim->flash.data[k + len] >= ' ';)
				len++;
			sim_copy_text(text, sizeof(text), sim->flash.data + k, len);
			sim_text(sim, at, "%s\r\n", text);
			return;
		}
	}
}

bool sim_bare_boot(struct sim_log *log, const struct sim_image *img)
{
	struct sim *sim = log->sim;
	uint32_t end = mapped_end(sim, img), slot = 0;

	if (!end && ef_le16(sim->flash.data + TABLE_AT) != 0x50aa)
		slot = find_slot(sim, img->end);
	if (!end && !slot)
		return false;
	if (end)
		sim_log(log, 'I', "soc_init", "ESP Simple boot");
	else
		sim_text(sim, sim->now + log->us,
			 "[%s] [INF] *** Booting MCUboot build v2.1.0 ***\r\n"
			 "[%s] [INF] br_image_off = 0x%x\r\n",
			 sim->chip->name, sim->chip->name, (unsigned)slot);
	log->us += 20000;
	sim->boot.run_at = sim->now + log->us;
	greet(sim, sim->boot.run_at + 1000, end ? img->off : slot, end ? end : sim->flash.size);
	return true;
}
