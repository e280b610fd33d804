/* SPDX-License-Identifier: MIT */
/* Runs the board as a whole: power-on, and the loop that advances time from event to event. */
#include <stdlib.h>

#include "sim/boot_parts.h"
#include "sim/parts.h"
#include "sim/request.h"
#include "sim/sim.h"

static bool is_sane(const struct sim_opts *opts, const struct sim_chip *chip)
{
	if ((opts->circuit == SIM_CIRCUIT_USB_JTAG || opts->circuit == SIM_CIRCUIT_USB_BUSY) &&
	    !chip->usb.has_jtag)
		return false;
	if (opts->circuit == SIM_CIRCUIT_USB_OTG && !chip->usb.otg_pid)
		return false;
	/* the chip's own USB port has no wires that could be exchanged or joined */
	if ((opts->bridge.swaps_lines || opts->bridge.joins_data) &&
	    (opts->circuit == SIM_CIRCUIT_USB_JTAG || opts->circuit == SIM_CIRCUIT_USB_BUSY ||
	     opts->circuit == SIM_CIRCUIT_USB_OTG))
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
	sim_become(sim, chip);
	sim->host.rate = SIM_ROM_RATE;
	sim->host.release_at = SIM_NEVER;
	sim->uart.stub_rx.interrupt_at = SIM_NEVER;
	sim->uart.rate = SIM_ROM_RATE;
	sim->boot.run_at = SIM_NEVER;
	sim->boot.console = calloc(1, SIM_CONSOLE_MAX);
	if (!sim->boot.console || !sim_flash_init(sim)) {
		sim_free(sim);
		return NULL;
	}
	if (opts->boot.is_factory)
		sim_factory(sim);
	sim_circuit_init(sim);
	if (opts->stub_running && opts->circuit != SIM_CIRCUIT_ECHO) {
		sim_wire_cut(&sim->uart.to_host, 0);
		sim_rom_enter(sim);
		sim->uart.rate = SIM_ROM_RATE;
		sim->reset.at = SIM_NEVER;
		sim->boot.tick_at = SIM_NEVER;
		sim->boot.run_at = SIM_NEVER;
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
	free(sim->boot.console);
	free(sim->uart.to_chip.v);
	free(sim->uart.to_host.v);
	if (sim->flash.is_own)
		free(sim->flash.data);
	free(sim);
}

static uint64_t earliest(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t wire_next(const struct sim_wire *wire)
{
	return wire->len ? wire->v[wire->head].at : SIM_NEVER;
}

/* Return the time of the next event, except those of bytes under way to the chip. */
static uint64_t next_of_board(const struct sim *sim)
{
	uint64_t t = earliest(earliest(sim->circuit.en_rise_at, sim->reset.at),
			      earliest(sim->circuit.buttons_at, sim->circuit.hand_at));

	t = earliest(t, sim->boot.tick_at);
	t = earliest(t, wire_next(&sim->uart.to_host));
	t = earliest(t, sim->host.release_at);
	if (sim->mode == SIM_MODE_BOOT)
		t = earliest(t, sim->boot.run_at);
	if (sim->uart.busy_until)
		t = earliest(t, sim->uart.busy_until);
	return t;
}

uint64_t sim_next_event(const struct sim *sim)
{
	uint64_t t = earliest(next_of_board(sim), wire_next(&sim->uart.to_chip));

	return earliest(t, sim->uart.stub_rx.interrupt_at);
}

uint64_t sim_next_effect(const struct sim *sim, size_t room)
{
	const struct sim_wire *wire = &sim->uart.to_chip;
	uint64_t t = next_of_board(sim);
	size_t i = 0, last;

	if (!wire->len)
		return earliest(t, sim->uart.stub_rx.interrupt_at);
	last = wire->len > room ? wire->len - room : wire->len - 1;
	while (i < last && wire->v[(wire->head + i) % wire->cap].byte != 0xc0)
		i++;
	return earliest(t, wire->v[(wire->head + i) % wire->cap].at);
}

static void run_events(struct sim *sim)
{
	if (sim->circuit.en_rise_at <= sim->now)
		sim_circuit_en_rose(sim);
	if (sim->circuit.buttons_at <= sim->now)
		sim_circuit_press(sim);
	if (sim->circuit.hand_at <= sim->now)
		sim_circuit_hand(sim);
	if (sim->reset.at <= sim->now) {
		sim->reset.count++;
		sim_reset_chip(sim, sim->reset.cause, sim->circuit.is_boot_low);
	}
	if (sim->mode == SIM_MODE_BOOT && sim->boot.run_at <= sim->now)
		sim_boot_run(sim, sim->now);
	if (sim->boot.tick_at <= sim->now)
		sim_boot_tick(sim);
	if (sim->uart.busy_until && sim->uart.busy_until <= sim->now)
		sim_uart_idle(sim);
	if (sim->host.release_at <= sim->now)
		sim_host_release(sim);
	sim_uart_arrive(sim);
	if (sim->uart.stub_rx.interrupt_at <= sim->now)
		sim_stub_rx_interrupt(sim);
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

void sim_press_buttons_at(struct sim *sim, uint64_t at_us)
{
	sim_circuit_press_at(sim, at_us);
}

void sim_press_reset_at(struct sim *sim, uint64_t at_us)
{
	sim_circuit_hand_at(sim, at_us);
}

/* ---- looking inside ---- */

const uint8_t *sim_flash(const struct sim *sim, uint32_t *ret_size)
{
	if (ret_size)
		*ret_size = sim->flash.size;
	return sim->flash.data;
}

uint8_t *sim_flash_mut(struct sim *sim)
{
	return sim->flash.data;
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
	return sim->reset.count;
}

unsigned sim_requests(const struct sim *sim, uint8_t op)
{
	return op ? sim->loader.requests[op] : sim->loader.request_total;
}

uint32_t sim_rate_hz(const struct sim *sim)
{
	return sim->uart.rate;
}

unsigned sim_lost_bytes(const struct sim *sim)
{
	return sim->uart.stub_rx.lost;
}

uint64_t sim_erased_bytes(const struct sim *sim)
{
	return sim->flash.erased;
}

uint32_t sim_register(struct sim *sim, uint32_t addr)
{
	return sim_reg_read(sim, addr);
}

const char *sim_console(const struct sim *sim)
{
	return sim->boot.console;
}
