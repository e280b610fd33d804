/* SPDX-License-Identifier: MIT */
/*
 * From DTR and RTS to EN and BOOT, as the boards wire them.
 *
 * The usual dev board has two crossed transistors: RTS alone pulls EN, DTR
 * alone pulls BOOT, both together or none leave both high. EN rises slowly
 * (a capacitor), and the chip looks at BOOT at the moment EN crosses its
 * threshold. The USB-Serial/JTAG peripheral has no wires: (DTR, RTS) = (1,0)
 * sets a "download" flag, (0,0) clears it, (1,1) does nothing, and entering
 * (0,1) resets the chip, which then obeys the flag (ESP32-C3 TRM, chapter
 * USB Serial/JTAG, table "reset of SoC from CDC-ACM").
 */
#include "sim/sim_priv.h"

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
	if (is_low == sim->is_en_low)
		return;
	sim->is_en_low = is_low;
	if (is_low) {
		sim->en_rise_at = SIM_NEVER;
		sim->reset_at = SIM_NEVER;
		sim->tick_at = SIM_NEVER;
		sim->busy_until = 0;
		sim->fifo_len = 0;
		sim->mode = SIM_MODE_OFF;
		sim_wire_cut(&sim->to_host, sim->now);
		sim_write_close(sim);
	} else {
		sim->en_rise_at = sim->now + rise_us(sim);
	}
}

static void usb_lines(struct sim *sim, unsigned lines)
{
	bool dtr = lines & EF_DTR, rts = lines & EF_RTS;

	if (!rts)
		sim->is_usb_flag = dtr;
	if (rts && !dtr) {
		sim->is_boot_low = sim->is_usb_flag;
		sim->is_reset_by_usb = true;
		/* The reset is a pulse: the chip boots while the line is still held. */
		set_en(sim, true);
		set_en(sim, false);
		sim->en_rise_at = sim->now + 100;
	}
}

void sim_circuit_lines(struct sim *sim, unsigned lines)
{
	bool dtr = lines & EF_DTR, rts = lines & EF_RTS;

	if (lines == sim->lines)
		return;
	sim->lines = lines;
	switch (sim->opts.circuit) {
	case SIM_CIRCUIT_NONE:
	case SIM_CIRCUIT_NONE_DOWNLOAD:
	case SIM_CIRCUIT_ECHO:
	case SIM_CIRCUIT_USB_BUSY:
		break;
	case SIM_CIRCUIT_INVERTED:
		dtr = !dtr;
		rts = !rts;
		sim->is_boot_low = dtr && !rts;
		set_en(sim, rts && !dtr);
		break;
	case SIM_CIRCUIT_USB_JTAG:
		usb_lines(sim, lines);
		break;
	case SIM_CIRCUIT_USB_OTG:
		sim_usb_otg_lines(sim, lines);
		break;
	case SIM_CIRCUIT_NO_BOOT:
		set_en(sim, rts);
		break;
	default:
		/* BOOT first: when one operation moves both lines, both move at once. */
		sim->is_boot_low = dtr && !rts;
		set_en(sim, rts && !dtr);
		break;
	}
}

bool sim_circuit_is_usb(const struct sim *sim)
{
	return sim->opts.circuit == SIM_CIRCUIT_USB_JTAG ||
	       sim->opts.circuit == SIM_CIRCUIT_USB_BUSY ||
	       sim->opts.circuit == SIM_CIRCUIT_USB_OTG;
}

void sim_circuit_en_rose(struct sim *sim)
{
	enum sim_cause cause = sim->is_reset_by_usb ? SIM_USB : SIM_POWERON;

	sim->en_rise_at = SIM_NEVER;
	sim->is_reset_by_usb = false;
	sim->resets++;
	sim_reset_chip(sim, cause, sim->is_boot_low);
	/* the flag counts for this reset only; the pin itself is high */
	if (sim->opts.circuit == SIM_CIRCUIT_USB_JTAG)
		sim->is_boot_low = false;
}

/* Power comes on with both lines idle. */
void sim_circuit_init(struct sim *sim)
{
	sim->en_rise_at = SIM_NEVER;
	sim->reset_at = SIM_NEVER;
	sim->tick_at = SIM_NEVER;
	sim->buttons_at = SIM_NEVER;
	sim->is_boot_low = sim->opts.circuit == SIM_CIRCUIT_NONE_DOWNLOAD ||
			   (sim->opts.circuit == SIM_CIRCUIT_USB_OTG && !sim->opts.is_forced);
	if (sim->opts.circuit == SIM_CIRCUIT_ECHO)
		return;
	sim->mode = SIM_MODE_OFF;
	sim->is_en_low = false;
	sim_reset_chip(sim, SIM_POWERON, sim->is_boot_low);
	sim_usb_powered(sim);
}
