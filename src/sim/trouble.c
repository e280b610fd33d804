/* SPDX-License-Identifier: MIT */
/*
 * Boards with something wrong that isn't in their wiring: resets that come by
 * themselves, straps, and a port that goes away.
 */
#include "sim/parts.h"

/* A mode that ends before it could answer anything: about when its banner is out at 115200. */
#define AT_ONCE_US 11500u
#define SOON_US    150000u
/* A port that flaps: there for the first part of each period. */
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
 * BOOT low and the second pin wrong: names as the mask ROMs have them. ESP32:
 * GPIO2 high; S2 and S3: GPIO46 high; the others: GPIO8 (or its like) low.
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
