/* SPDX-License-Identifier: MIT */
/*
 * What a mask ROM prints: its greeting, the cause of the reset, the straps;
 * the shape is that of logs in Espressif's documentation and users' reports.
 */
#include <stdarg.h>
#include <stdio.h>

#include "sim/sim_priv.h"

void sim_text(struct sim *sim, uint64_t at, const char *fmt, ...)
{
	char line[512];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	if ((size_t)n >= sizeof(line))
		n = (int)sizeof(line) - 1;
	sim_uart_send(sim, at, line, (size_t)n, true);
}

void sim_boot_rom_text(struct sim *sim, enum sim_cause cause, bool is_download)
{
	const struct sim_chip *chip = sim->chip;
	uint64_t at = sim->now + 500;
	unsigned code, strap = is_download ? chip->strap_download : chip->strap_flash;
	const char *name = sim_cause_name(chip, cause, &code);

	if (chip->family == SIM_FAMILY_OLD)
		sim_text(sim, at, "ets %s\r\n\r\n",
			 sim->revision >= 300 ? "Jul 29 2019 12:21:46" : "Jun  8 2016 00:22:57");
	else
		sim_text(sim, at, "ESP-ROM:%s\r\nBuild:%s\r\n", chip->rom, chip->build);
	sim_text(sim, at, "rst:0x%x (%s),boot:0x%x (%s)\r\n", code, name, strap,
		 is_download ? chip->download_text : "SPI_FAST_FLASH_BOOT");
	if (is_download)
		sim_text(sim, at, "waiting for download\r\n");
}
