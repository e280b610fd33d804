/* SPDX-License-Identifier: MIT */
/*
 * Sets the kind of chip on the board, and resets it, by EN or from inside. A reset ends all work,
 * keeps a few registers and selects the mode in which the chip starts.
 */
#include "sim/boot_parts.h"
#include "sim/parts.h"
#include "sim/request.h"

/* Return the crystal for which the ROM computes its UART divider. */
static uint32_t rom_xtal(const struct sim *sim)
{
	if (sim->chip->family == SIM_FAMILY_OLD) /* measured by a drifting 8 MHz clock: 5 % off */
		return sim->xtal_hz / 20 * 19;
	if (sim->chip->image_id == 12) /* C2: always 40 MHz */
		return 40000000;
	if (sim->chip->image_id == 23) /* C5: always 48 MHz */
		return 48000000;
	return sim->xtal_hz;
}

void sim_become(struct sim *sim, const struct sim_chip *chip)
{
	const struct sim_opts *opts = &sim->opts;

	sim->chip = chip;
	sim->revision = opts->revision == SIM_DEFAULT_REV ? chip->revision : opts->revision;
	sim->xtal_hz = (opts->xtal_mhz ? opts->xtal_mhz : chip->xtal_mhz) * 1000000u;
	sim->rom_xtal_hz = rom_xtal(sim);
}

/* Put another board on the port. Its registers are those of a chip that was off. */
static void swap_chip(struct sim *sim)
{
	sim_become(sim, sim_chip_find(sim->chip->image_id == 5 ? "esp32c6" : "esp32c3"));
	sim_regs_reset(sim, true);
}

void sim_reset_chip(struct sim *sim, enum sim_cause cause, bool is_download)
{
	const struct sim_chip *chip;

	if (sim_lies_now(sim, sim->opts.faults.lies.other_from))
		swap_chip(sim);
	chip = sim->chip;
	sim_wire_cut(&sim->uart.to_host, sim->now);
	sim_write_close(sim);
	sim->reset.at = SIM_NEVER;
	sim->boot.tick_at = SIM_NEVER;
	sim->boot.run_at = SIM_NEVER;
	sim->uart.busy_until = 0;
	sim->uart.fifo_len = 0;
	sim_regs_reset(sim, cause == SIM_POWERON);
	if (cause == SIM_BROWNOUT && sim->opts.faults.every.holds_boot)
		is_download = true;
	is_download = sim_usb_straps(sim, cause, is_download);
	if (chip->option1.reg && sim_reg_read(sim, chip->option1.reg) & chip->option1.force)
		is_download = true;
	if (sim_usb_reset(sim, cause, is_download))
		sim_uart_forget(sim);
	sim_rom_enter(sim);
	if (!is_download && sim->opts.boot.text) {
		sim->mode = SIM_MODE_BOOT;
		sim_boot_say(sim, sim->opts.boot.text);
		return;
	}
	sim_boot_rom_text(sim, cause, is_download);
	if (!is_download) {
		sim->mode = SIM_MODE_BOOT;
		sim_boot(sim);
	}
	sim_trouble_started(sim, is_download);
}
