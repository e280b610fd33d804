/* SPDX-License-Identifier: MIT */
/*
 * Models the chip's own USB port, USB-Serial/JTAG or USB-OTG: its identity, and how it leaves the
 * bus when the chip is reset and comes back, perhaps under another name, as another product, or not
 * at all.
 *
 * Product ids: esptool constants and targets (USB-Serial/JTAG 1001, a ROM on
 * USB-OTG has its chip's image id). Effect of the lines on USB-OTG: arduino-esp32
 * cores/esp32/USBCDC.cpp. Straps that a reset reads again: esptool
 * targets/esp32s3.py, hard_reset.
 */
#include "base/util.h"
#include "sim/parts.h"

#define VID           0x303au
#define PID_USB_JTAG  0x1001u
#define PID_APP_OTHER 0x4001u /* TinyUSB's default with Espressif's id */
#define STRAP_BOOT    (1u << 3)

bool sim_usb_is_used(const struct sim *sim)
{
	return sim->opts.circuit == SIM_CIRCUIT_USB_JTAG ||
	       sim->opts.circuit == SIM_CIRCUIT_USB_BUSY ||
	       sim->opts.circuit == SIM_CIRCUIT_USB_OTG;
}

bool sim_usb_is_otg(const struct sim *sim)
{
	return sim->opts.circuit == SIM_CIRCUIT_USB_OTG;
}

/*
 * Firmware requests the loader by a bit that survives a reset. The S3's ROM doesn't
 * clear it (arduino-esp32 issue 6762). For the other chips this is unknown; here, one
 * start of the loader clears it.
 */
void sim_usb_request_loader(struct sim *sim)
{
	const struct sim_chip *chip = sim->chip;

	if (chip->image_id == 9)
		sim_reg_write(sim, chip->option1.reg, chip->option1.force);
	else
		sim->usb.is_loader_requested = true;
}

/* Power-on and the watchdog read the straps again; a reset by USB message doesn't. */
bool sim_usb_straps(struct sim *sim, enum sim_cause cause, bool is_download)
{
	bool was_requested = sim->usb.is_loader_requested;

	if (!sim_usb_is_otg(sim))
		return is_download;
	sim->usb.is_loader_requested = false;
	if (cause == SIM_POWERON || cause == SIM_RTCWDT)
		sim->usb.is_strap_low = sim->circuit.is_boot_low;
	return sim->usb.is_strap_low || was_requested;
}

/* Store the levels that the "boot:" line shows. */
static void store_strap(struct sim *sim, bool is_download)
{
	uint32_t strap = is_download ? sim->chip->strap.download : sim->chip->strap.flash;

	if (sim_usb_is_otg(sim))
		strap = sim->usb.is_strap_low ? 0 : STRAP_BOOT;
	sim_reg_write(sim, sim->chip->strap.reg, strap);
}

bool sim_usb_reset(struct sim *sim, enum sim_cause cause, bool is_download)
{
	store_strap(sim, is_download);
	sim->usb.otg_step = 0;
	if (!sim_usb_is_used(sim) || (cause == SIM_POWERON && sim->now == 0))
		return false;
	sim->usb.is_app = !is_download;
	if (sim->opts.usb.away_ms == 0)
		return false;
	sim->usb.life++;
	sim->usb.back_at = sim->now + (uint64_t)sim->opts.usb.away_ms * 1000;
	return true;
}

bool sim_usb_is_there(const struct sim *sim)
{
	if (!sim_usb_is_used(sim))
		return true;
	if (sim->usb.is_app && sim->opts.usb.app == SIM_USB_APP_NONE)
		return false;
	return sim->now >= sim->usb.back_at;
}

void sim_usb_identity(const struct sim *sim, struct ef_port_info *ret)
{
	unsigned number = sim->opts.usb.renames ? sim->usb.life : 0;

	(void)ef_snprintf(ret->name, sizeof(ret->name), "sim:%s", sim->chip->name);
	if (number)
		(void)ef_snprintf(ret->name, sizeof(ret->name), "sim:%s#%u", sim->chip->name,
				  number + 1);
	ret->vid = VID;
	ret->pid = sim_usb_is_otg(sim) ? sim->chip->usb.otg_pid : PID_USB_JTAG;
	if (sim->usb.is_app && sim->opts.usb.app == SIM_USB_APP_OTHER)
		ret->pid = PID_APP_OTHER;
	(void)ef_strlcpy(ret->location, sizeof(ret->location), "1-1:1.0");
	/* the ROM's device on USB-OTG has no serial number */
	(void)ef_snprintf(ret->serial, sizeof(ret->serial), "7C:DF:A1:00:00:%02X",
			  sim->chip->image_id);
	if (sim_usb_is_otg(sim) && !sim->usb.is_app)
		(void)ef_strlcpy(ret->serial, sizeof(ret->serial), "0");
}

static void restart(struct sim *sim, bool is_forced)
{
	sim->reset.at = sim->now + 100;
	sim->reset.cause = SIM_SW;
	if (is_forced)
		sim_usb_request_loader(sim);
}

/*
 * Firmware waits for the sequence (0,1), (1,1), (1,0), (0,0) of DTR and RTS; the ROM
 * resets on RTS.
 */
void sim_usb_otg_lines(struct sim *sim, unsigned lines)
{
	static const unsigned steps[] = { EF_RTS, EF_DTR | EF_RTS, EF_DTR, 0 };

	if (sim->mode != SIM_MODE_RUN) {
		if (lines == EF_RTS)
			restart(sim, false);
		return;
	}
	sim->usb.otg_step = lines == steps[sim->usb.otg_step] ? sim->usb.otg_step + 1
							      : lines == steps[0];
	if (sim->usb.otg_step == EF_ARRAY_LEN(steps)) {
		sim->usb.otg_step = 0;
		restart(sim, true);
	}
}
