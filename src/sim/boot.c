/* SPDX-License-Identifier: MIT */
/*
 * Implements run mode: the chip boots the firmware in its flash, or prints why it can't and tries
 * again. The second-stage bootloader is not executed. Its image is checked as the ROM does; then
 * this file acts as ESP-IDF's bootloader would, and prints its log lines, unless the image is no
 * such bootloader (boot_bare.c).
 */
#include <stdio.h>

#include "sim/boot_parts.h"
#include "sim/parts.h"

#define TICK_US 100000u

/* Older bootloaders have only a version string after a NUL: "v4.3-dev-334-g16e95d0". */
static void find_version(const struct sim *sim, const struct sim_segment *seg, char *ret,
			 size_t cap)
{
	const uint8_t *p = sim->flash.data + seg->off;

	for (uint32_t i = 1; i + 5 < seg->len && !ret[0]; i++)
		if (p[i - 1] == 0 && p[i] == 'v' && p[i + 1] >= '1' && p[i + 1] <= '9' &&
		    p[i + 2] == '.' && p[i + 3] >= '0' && p[i + 3] <= '9')
			sim_copy_text(ret, cap, p + i, seg->len - i);
}

/* ESP-IDF's bootloaders have their version in a descriptor, which starts with 0x50. */
static void greet(struct sim_log *log, const struct sim_image *img)
{
	const struct sim *sim = log->sim;
	char version[33] = "", when[25] = "";

	for (unsigned i = 0; i < img->count && !version[0]; i++) {
		const uint8_t *d = sim->flash.data + img->seg[i].off;

		if (img->seg[i].len < 80 || d[0] != 0x50)
			continue;
		sim_copy_text(version, sizeof(version), d + 8, 32);
		sim_copy_text(when, sizeof(when), d + 40, 24);
	}
	for (unsigned i = 0; i < img->count && !version[0]; i++)
		find_version(sim, &img->seg[i], version, sizeof(version));
	if (strncmp(version, "espsim", 6) == 0)
		sim_log(log, 'I', "boot", "%s", version);
	else
		sim_log(log, 'I', "boot", "ESP-IDF %s 2nd stage bootloader", version);
	if (when[0])
		sim_log(log, 'I', "boot", "compile time %s", when);
	if (sim->chip->is_multicore)
		sim_log(log, 'I', "boot", "Multicore bootloader");
	sim_log(log, 'I', "boot", "chip revision: v%u.%u", sim->revision / 100,
		sim->revision % 100);
}

static const char *speed_name(const struct sim *sim, uint8_t code)
{
	bool is_48 = sim->chip->image_id == 16, is_60 = sim->chip->image_id == 12;

	switch (code) {
	case 0:
		return is_48                       ? "24MHz"
		       : is_60                     ? "30MHz"
		       : sim->chip->image_id == 13 ? "80MHz"
						   : "40MHz";
	case 1:
		return is_48 ? "16MHz" : is_60 ? "20MHz" : "26MHz";
	case 2:
		return is_48 ? "12MHz" : is_60 ? "15MHz" : "20MHz";
	default:
		return is_48 ? "48MHz" : is_60 ? "60MHz" : "80MHz";
	}
}

static uint32_t second_stage(struct sim_log *log, const struct sim_image *img)
{
	static const char *const modes[] = { "QIO", "QOUT", "DIO", "DOUT" };
	uint32_t header_size = img->size_code < 8 ? (1u << 20) << img->size_code : 1u << 20;
	char tag[24];

	greet(log, img);
	(void)snprintf(tag, sizeof(tag), "boot.%s", log->sim->chip->name);
	sim_log(log, 'I', tag, "SPI Speed      : %s", speed_name(log->sim, img->freq_code));
	sim_log(log, 'I', tag, "SPI Mode       : %s",
		img->mode < EF_ARRAY_LEN(modes) ? modes[img->mode] : "SLOW READ");
	sim_log(log, 'I', tag, "SPI Flash Size : %uMB", header_size >> 20);
	sim_log(log, 'I', "boot", "Enabling RNG early entropy source...");
	return header_size;
}

static void again(struct sim *sim, uint64_t at, enum sim_cause cause)
{
	sim->reset.at = at;
	sim->reset.cause = cause;
}

static void boot(struct sim *sim)
{
	struct sim_log log = { .sim = sim, .us = 24000 };
	struct sim_image img;
	struct sim_table table;
	uint32_t header_size;

	if (sim->opts.chatty_app &&
	    (!sim->flash.data || sim->flash.data[sim->chip->boot_addr] != 0xe9)) {
		sim->boot.run_at =
			sim->now +
			1000; /* a board with an application but without flash contents */
		return;
	}
	if (!sim_boot_rom_image(sim, sim->now + 1000, &img)) {
		again(sim, sim->now + 400000, SIM_TGWDT);
		return;
	}
	if (img.chip_id != sim->chip->image_id) {
		/* code for another chip does nothing sensible; the watchdog resets the chip */
		again(sim, sim->now + 400000, SIM_TGWDT);
		return;
	}
	if (sim_bare_boot(&log, &img))
		return;
	header_size = second_stage(&log, &img);
	if (!sim_table_load(&log, header_size, &table) || !sim_app_boot(&log, &table, header_size))
		again(sim, sim->now + log.us + 5000, SIM_SW);
}

void sim_boot(struct sim *sim)
{
	uint8_t *was = sim_crypt_open(sim);

	boot(sim);
	sim_crypt_close(sim, was);
}

void sim_boot_run(struct sim *sim, uint64_t at)
{
	sim->mode = SIM_MODE_RUN;
	sim->boot.run_at = SIM_NEVER;
	if (sim->opts.app_rate_hz || sim->opts.rom_rate_hz)
		sim->uart.rate = sim->opts.app_rate_hz ? sim->opts.app_rate_hz : SIM_ROM_RATE;
	sim->boot.ticks = 0;
	if (sim->opts.chatty_app)
		sim->boot.tick_at = at + TICK_US;
}

void sim_boot_tick(struct sim *sim)
{
	sim_text(sim, sim->now, "tick %u\r\n", sim->boot.ticks++);
	sim->boot.tick_at = sim->now + TICK_US;
}
