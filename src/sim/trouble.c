/* SPDX-License-Identifier: MIT */
/*
 * Applies faults of a board that are not in its wiring: spontaneous resets, a wrong strapping pin,
 * and a port that goes away.
 */
#include "sim/parts.h"

/*
 * This is so early that the mode can't answer: about the time at which its banner ends at 115200
 * baud.
 */
#define AT_ONCE_US 11500u
#define SOON_US    150000u
/* A flapping port is present in the first part of each period. */
#define FLAP_PERIOD_US 1000000u
#define FLAP_THERE_US  600000u

static void plan(struct sim *sim, uint64_t after_us, enum sim_cause cause)
{
	sim->reset.at = sim->now + after_us;
	sim->reset.cause = cause;
	sim->boot.run_at = SIM_NEVER;
}

void sim_trouble_started(struct sim *sim, bool is_download)
{
	switch (sim->opts.trouble) {
	case SIM_TROUBLE_BROWNOUT:
		if (!is_download)
			plan(sim, SOON_US, SIM_BROWNOUT);
		break;
	case SIM_TROUBLE_BROWNOUT_ALWAYS:
		plan(sim, AT_ONCE_US, SIM_BROWNOUT);
		break;
	case SIM_TROUBLE_WATCHDOG:
		if (!is_download)
			plan(sim, SOON_US, SIM_TGWDT);
		break;
	case SIM_TROUBLE_DOWNLOAD_WATCHDOG:
		if (is_download)
			plan(sim, AT_ONCE_US, SIM_RTCWDT);
		break;
	default:
		break;
	}
}

/*
 * Find the mode that BOOT low and a wrong second pin select, with the mask ROMs' names. Wrong is
 * GPIO2 high on the ESP32, GPIO46 high on S2 and S3, GPIO8 (or its equivalent) low on the others.
 */
bool sim_trouble_strap(const struct sim *sim, unsigned *ret_strap, const char **ret_name)
{
	if (sim->opts.trouble != SIM_TROUBLE_STRAP)
		return false;
	if (sim->chip->family == SIM_FAMILY_OLD) {
		*ret_strap = 0xb;
		*ret_name = "HSPI_FLASH_BOOT";
		return true;
	}
	*ret_strap = sim->chip->image_id == 2 || sim->chip->image_id == 9 ? 0x6u : 0x1u;
	*ret_name = "SPI_DOWNLOAD_BOOT";
	return true;
}

uint64_t sim_trouble_port_life(const struct sim *sim, bool *ret_is_there)
{
	*ret_is_there = sim_usb_is_there(sim);
	if (sim->opts.trouble != SIM_TROUBLE_FLAP)
		return sim->usb.life;
	*ret_is_there = sim->now % FLAP_PERIOD_US < FLAP_THERE_US;
	return sim->now / FLAP_PERIOD_US;
}
