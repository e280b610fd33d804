/* SPDX-License-Identifier: MIT */
/*
 * The board as a whole: power on, resets, and the one loop that moves time
 * forward from event to event.
 */
#include <stdlib.h>

#include "sim/sim_priv.h"

/* The crystal that the ROM computes its UART divider with. */
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

static bool is_sane(const struct sim_opts *opts, const struct sim_chip *chip)
{
	if ((opts->circuit == SIM_CIRCUIT_USB_JTAG || opts->circuit == SIM_CIRCUIT_USB_BUSY) &&
	    !chip->has_usb_jtag)
		return false;
	if (opts->circuit == SIM_CIRCUIT_USB_OTG && !chip->otg_pid)
		return false;
	/* ESP32 has no secure download mode */
	return !(opts->secure_download && chip->security_len == 0);
}

struct sim *sim_new(const struct sim_opts *opts)
{
	const struct sim_chip *chip = sim_chip_find(opts->chip);
	struct sim *sim;

	if (!chip || !is_sane(opts, chip))
		return NULL;
	sim = calloc(1, sizeof(*sim));
	if (!sim)
		return NULL;
	sim->opts = *opts;
	sim->chip = chip;
	sim->revision = opts->revision == SIM_DEFAULT_REV ? chip->revision : opts->revision;
	sim->xtal_hz = (opts->xtal_mhz ? opts->xtal_mhz : chip->xtal_mhz) * 1000000u;
	sim->rom_xtal_hz = rom_xtal(sim);
	sim->host_rate = SIM_ROM_RATE;
	sim->rate = SIM_ROM_RATE;
	sim->run_at = SIM_NEVER;
	sim->console = calloc(1, SIM_CONSOLE_MAX);
	if (!sim->console || !sim_flash_init(sim)) {
		sim_free(sim);
		return NULL;
	}
	if (opts->is_factory)
		sim_factory(sim);
	sim_circuit_init(sim);
	if (opts->stub_running && opts->circuit != SIM_CIRCUIT_ECHO) {
		sim_wire_cut(&sim->to_host, 0);
		sim_rom_enter(sim);
		sim->rate = SIM_ROM_RATE;
		sim->reset_at = SIM_NEVER;
		sim->tick_at = SIM_NEVER;
		sim->run_at = SIM_NEVER;
		sim_stub_enter(sim, false);
	}
	return sim;
}

void sim_free(struct sim *sim)
{
	if (!sim)
		return;
	sim_write_close(sim);
	sim_mem_clear(sim);
	free(sim->console);
	free(sim->to_chip.v);
	free(sim->to_host.v);
	if (sim->is_own_flash)
		free(sim->flash);
	free(sim);
}

/* EN rose, or something inside reset the chip. */
void sim_reset_chip(struct sim *sim, enum sim_cause cause, bool is_download)
{
	const struct sim_chip *chip = sim->chip;

	sim_wire_cut(&sim->to_host, sim->now);
	sim_write_close(sim);
	sim->reset_at = SIM_NEVER;
	sim->tick_at = SIM_NEVER;
	sim->run_at = SIM_NEVER;
	sim->busy_until = 0;
	sim->fifo_len = 0;
	sim_regs_reset(sim, cause == SIM_POWERON);
	is_download = sim_usb_straps(sim, cause, is_download);
	if (chip->option1_reg && sim_reg_read(sim, chip->option1_reg) & chip->option1_force)
		is_download = true;
	sim_usb_reset(sim, cause, is_download);
	sim_rom_enter(sim);
	sim_boot_rom_text(sim, cause, is_download);
	if (!is_download) {
		sim->mode = SIM_MODE_BOOT;
		sim_boot(sim, cause);
	}
	sim_trouble_started(sim, is_download);
}

static uint64_t earliest(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t wire_next(const struct sim_wire *wire)
{
	return wire->len ? wire->v[wire->head].at : SIM_NEVER;
}

uint64_t sim_next_event(const struct sim *sim)
{
	uint64_t t = earliest(earliest(sim->en_rise_at, sim->reset_at), sim->buttons_at);

	t = earliest(t, sim->tick_at);
	t = earliest(t, wire_next(&sim->to_chip));
	t = earliest(t, wire_next(&sim->to_host));
	if (sim->mode == SIM_MODE_BOOT)
		t = earliest(t, sim->run_at);
	if (sim->busy_until)
		t = earliest(t, sim->busy_until);
	return t;
}

static void run_events(struct sim *sim)
{
	if (sim->en_rise_at <= sim->now)
		sim_circuit_en_rose(sim);
	if (sim->buttons_at <= sim->now)
		sim_press_buttons(sim);
	if (sim->reset_at <= sim->now) {
		sim->resets++;
		sim_reset_chip(sim, sim->reset_cause, sim->is_boot_low);
	}
	if (sim->mode == SIM_MODE_BOOT && sim->run_at <= sim->now)
		sim_boot_run(sim, sim->now);
	if (sim->tick_at <= sim->now)
		sim_boot_tick(sim);
	if (sim->busy_until && sim->busy_until <= sim->now)
		sim_uart_idle(sim);
	sim_uart_arrive(sim);
}

void sim_advance(struct sim *sim, uint64_t until_us)
{
	uint64_t next = sim_next_event(sim);

	while (next <= until_us && !sim->is_failed) {
		if (next > sim->now)
			sim->now = next;
		run_events(sim);
		next = sim_next_event(sim);
	}
	if (until_us > sim->now)
		sim->now = until_us;
}

/* ---- looking inside ---- */

const uint8_t *sim_flash(const struct sim *sim, uint32_t *ret_size)
{
	if (ret_size)
		*ret_size = sim->flash_size;
	return sim->flash;
}

uint8_t *sim_flash_mut(struct sim *sim)
{
	return sim->flash;
}

uint64_t sim_now_us(const struct sim *sim)
{
	return sim->now;
}

bool sim_is_download(const struct sim *sim)
{
	return sim->mode == SIM_MODE_ROM || sim->mode == SIM_MODE_STUB;
}

bool sim_is_stub(const struct sim *sim)
{
	return sim->mode == SIM_MODE_STUB;
}

void sim_set_faults(struct sim *sim, const struct sim_faults *faults)
{
	sim->opts.faults = *faults;
}

bool sim_is_running(const struct sim *sim)
{
	return sim->mode == SIM_MODE_RUN;
}

unsigned sim_resets(const struct sim *sim)
{
	return sim->resets;
}

unsigned sim_requests(const struct sim *sim, uint8_t op)
{
	return op ? sim->requests[op] : sim->request_total;
}

uint32_t sim_rate_hz(const struct sim *sim)
{
	return sim->rate;
}

uint64_t sim_erased_bytes(const struct sim *sim)
{
	return sim->erased;
}

uint32_t sim_register(struct sim *sim, uint32_t addr)
{
	return sim_reg_read(sim, addr);
}

const char *sim_console(const struct sim *sim)
{
	return sim->console;
}
