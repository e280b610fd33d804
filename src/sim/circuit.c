/* SPDX-License-Identifier: MIT */
/*
 * Derives EN and BOOT from DTR and RTS, as the boards wire them.
 *
 * The usual dev board has two crossed transistors: RTS alone pulls EN, DTR alone pulls BOOT, both
 * together or none leave both high. EN rises slowly (a capacitor), and the chip looks at BOOT at
 * the moment EN crosses its threshold. The USB-Serial/JTAG peripheral has no wires: (DTR, RTS) =
 * (1,0) sets a "download" flag, (0,0) clears it, (1,1) does nothing, and entering (0,1) resets the
 * chip, which then obeys the flag (ESP32-C3 TRM, chapter USB Serial/JTAG, table "reset of SoC from
 * CDC-ACM").
 */
#include "sim/parts.h"
#include "sim/request.h"

/* How long a person holds RESET, which they press alone or after BOOT. */
#define PRESS_US 200000u

static uint64_t rise_us(const struct sim *sim)
{
	if (sim->opts.en_rise_us)
		return sim->opts.en_rise_us;
	switch (sim->opts.circuit) {
	case SIM_CIRCUIT_FAST_EN:
		return 700;
	case SIM_CIRCUIT_SLOW_EN:
		return 300000;
	default:
		return 7000;
	}
}

static void set_en(struct sim *sim, bool is_low)
{
	if (is_low == sim->circuit.is_en_low)
		return;
	sim->circuit.is_en_low = is_low;
	if (is_low) {
		sim->circuit.en_rise_at = SIM_NEVER;
		sim->reset.at = SIM_NEVER;
		sim->boot.tick_at = SIM_NEVER;
		sim->uart.busy_until = 0;
		sim->uart.fifo_len = 0;
		sim->mode = SIM_MODE_OFF;
		sim_wire_cut(&sim->uart.to_host, sim->now);
		sim_write_close(sim);
	} else {
		sim->circuit.en_rise_at = sim->now + rise_us(sim);
	}
}

/* Either of them pulls EN to ground: a transistor and a button are switches in parallel. */
static void pull_en(struct sim *sim, bool is_by_lines, bool is_by_hand)
{
	sim->circuit.is_held_by_lines = is_by_lines;
	sim->circuit.is_held_by_hand = is_by_hand;
	set_en(sim, is_by_lines || is_by_hand);
}

static void lines_pull_en(struct sim *sim, bool is_low)
{
	pull_en(sim, is_low, sim->circuit.is_held_by_hand);
}

static void usb_lines(struct sim *sim, unsigned lines)
{
	bool dtr = lines & EF_DTR, rts = lines & EF_RTS;

	if (!rts)
		sim->circuit.is_usb_flag = dtr;
	if (rts && !dtr) {
		sim->circuit.is_boot_low = sim->circuit.is_usb_flag;
		sim->circuit.is_reset_by_usb = true;
		/* The reset is a pulse: the chip boots while the line is still held. */
		set_en(sim, true);
		set_en(sim, false);
		sim->circuit.en_rise_at = sim->now + 100;
	}
}

void sim_circuit_lines(struct sim *sim, unsigned lines)
{
	bool dtr = lines & EF_DTR, rts = lines & EF_RTS;

	if (lines == sim->circuit.lines)
		return;
	sim->circuit.lines = lines;
	if (sim->opts.bridge.swaps_lines) {
		dtr = lines & EF_RTS;
		rts = lines & EF_DTR;
	}
	switch (sim->opts.circuit) {
	case SIM_CIRCUIT_NONE:
	case SIM_CIRCUIT_NONE_DOWNLOAD:
	case SIM_CIRCUIT_ECHO:
	case SIM_CIRCUIT_USB_BUSY:
		break;
	case SIM_CIRCUIT_INVERTED:
		dtr = !dtr;
		rts = !rts;
		sim->circuit.is_boot_low = dtr && !rts;
		lines_pull_en(sim, rts && !dtr);
		break;
	case SIM_CIRCUIT_USB_JTAG:
		usb_lines(sim, lines);
		break;
	case SIM_CIRCUIT_USB_OTG:
		sim_usb_otg_lines(sim, lines);
		break;
	case SIM_CIRCUIT_NO_BOOT:
		lines_pull_en(sim, rts);
		break;
	default:
		/* BOOT first: if one operation changes both lines, they change at once */
		sim->circuit.is_boot_low = dtr && !rts;
		lines_pull_en(sim, rts && !dtr);
		break;
	}
}

void sim_circuit_en_rose(struct sim *sim)
{
	enum sim_cause cause = sim->circuit.is_reset_by_usb ? SIM_USB : SIM_POWERON;

	sim->circuit.en_rise_at = SIM_NEVER;
	sim->circuit.is_reset_by_usb = false;
	sim->reset.count++;
	sim_reset_chip(sim, cause, sim->circuit.is_boot_low);
	/* the flag counts for this reset only; the pin itself is high */
	if (sim->opts.circuit == SIM_CIRCUIT_USB_JTAG)
		sim->circuit.is_boot_low = false;
}

/* The board has power now; the person who held BOOT releases it. */
static void power_usb(struct sim *sim)
{
	if (!sim_usb_is_otg(sim))
		return;
	sim->circuit.is_boot_low = false;
	if (!sim->opts.usb.is_forced)
		return;
	sim_usb_request_loader(sim);
	sim_reset_chip(sim, SIM_SW, false);
	sim->usb.back_at = 0;
}

/* Power comes on with both lines idle. */
void sim_circuit_init(struct sim *sim)
{
	sim->circuit.en_rise_at = SIM_NEVER;
	sim->reset.at = SIM_NEVER;
	sim->boot.tick_at = SIM_NEVER;
	sim->circuit.buttons_at = SIM_NEVER;
	sim->circuit.hand_at = SIM_NEVER;
	sim->circuit.is_boot_low = sim->opts.circuit == SIM_CIRCUIT_NONE_DOWNLOAD ||
				   (sim->opts.circuit == SIM_CIRCUIT_USB_OTG &&
				    !sim->opts.usb.is_forced);
	if (sim->opts.circuit == SIM_CIRCUIT_ECHO)
		return;
	sim->mode = SIM_MODE_OFF;
	sim->circuit.is_en_low = false;
	sim_reset_chip(sim, SIM_POWERON, sim->circuit.is_boot_low);
	power_usb(sim);
}

/* A person holds BOOT, presses RESET and releases both. */
void sim_circuit_press(struct sim *sim)
{
	sim_wire_cut(&sim->uart.to_host, sim->now);
	sim->circuit.buttons_at = SIM_NEVER;
	sim->reset.count++;
	sim->circuit.is_boot_low = true;
	sim_reset_chip(sim, SIM_POWERON, true);
	/* only a reset looks at BOOT again */
	sim->circuit.is_boot_low = false;
}

void sim_circuit_press_at(struct sim *sim, uint64_t at_us)
{
	sim->circuit.buttons_at = at_us + PRESS_US;
}

/* A person presses RESET and releases it. */
void sim_circuit_hand(struct sim *sim)
{
	bool is_down = !sim->circuit.is_held_by_hand;

	sim->circuit.hand_at = is_down ? sim->now + PRESS_US : SIM_NEVER;
	pull_en(sim, sim->circuit.is_held_by_lines, is_down);
}

void sim_circuit_hand_at(struct sim *sim, uint64_t at_us)
{
	if (sim->opts.circuit != SIM_CIRCUIT_ECHO)
		sim->circuit.hand_at = at_us;
}
