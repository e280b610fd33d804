/* SPDX-License-Identifier: MIT */
/*
 * Chooses the rate that the flasher should try: the one that worked for this device, else the
 * highest that its bridge is known to carry. One bad cable must not slow a board down for ever:
 * after some sessions at a lower rate than the highest, the next one tries twice that rate. If that
 * fails, the session steps down again, which costs a second or two once in CALM_SESSIONS + 1.
 */
#include "cli/board/auto_rate.h"

#include <inttypes.h>

#include "cli/board/connect_setup.h"
#include "cli/ui/ui.h"
#include <espflash/log.h>

#define CALM_SESSIONS 8u

static void propose_known(struct auto_rate *rate)
{
	rate->is_remembered = true;
	rate->proposed_hz = rate->known.rate_hz;
	if (rate->known.calm < CALM_SESSIONS || rate->proposed_hz == rate->best_hz)
		return;
	rate->is_remembered = false;
	rate->is_tried = true;
	rate->proposed_hz = rate->known.rate_hz < rate->best_hz / 2 ? 2 * rate->known.rate_hz
								    : rate->best_hz;
}

void auto_rate_propose(const struct connect_args *args, const struct ef_port *port,
		       struct auto_rate *ret, struct ef_connect_opts *opts)
{
	*ret = (struct auto_rate){
		.is_on = args->baud.value == 0,
		.given_hz = args->baud.is_set ? args->baud.value : 0,
	};
	if (!ret->is_on)
		return;
	if (port->info.serial[0] && connect_state_path(args, ret->path, sizeof(ret->path)))
		remember_get(ret->path, &port->info, &ret->known);
	ret->best_hz = ret->proposed_hz = ef_port_best_rate(&port->info, &ret->bridge);
	/* the entry may date from a faster bridge with this serial number */
	if (ret->known.rate_hz && ret->known.rate_hz <= ret->best_hz)
		propose_known(ret);
	opts->rate_hz = ret->proposed_hz;
	opts->speed.is_auto = true;
	opts->speed.is_known = ret->is_remembered || ret->is_tried;
}

void auto_rate_tell(struct cli *cli, const struct auto_rate *rate, const struct ef_flasher *f)
{
	const struct ef_auto_rate got = ef_flasher_auto_rate(f);

	if (!rate->is_on || !got.rate_hz)
		return;
	if (got.is_stuck)
		ui_log(cli, EF_LOG_INFO,
		       "Rate: %" PRIu32 " baud, because no reset of this board was seen to work, "
		       "and only a reset can undo a faster one that fails",
		       got.rate_hz);
	else if (got.is_lowered)
		ui_log(cli, EF_LOG_INFO,
		       "Rate: %" PRIu32 " baud, because %" PRIu32 " does not work here",
		       got.rate_hz, rate->proposed_hz);
	else if (rate->is_remembered)
		ui_log(cli, EF_LOG_INFO, "Rate: %" PRIu32 " baud, as last time on this device",
		       got.rate_hz);
	else if (rate->is_tried)
		ui_log(cli, EF_LOG_INFO,
		       "Rate: %" PRIu32 " baud, tried again after %u sessions at %" PRIu32,
		       got.rate_hz, CALM_SESSIONS, rate->known.rate_hz);
	else if (rate->bridge)
		ui_log(cli, EF_LOG_INFO, "Rate: %" PRIu32 " baud, which a %s can do", got.rate_hz,
		       rate->bridge);
	else
		ui_log(cli, EF_LOG_INFO,
		       "Rate: %" PRIu32 " baud, which nearly every serial port can do",
		       got.rate_hz);
}

void auto_rate_advise(struct cli *cli, struct auto_rate *rate, const struct ef_port *port,
		      const struct ef_flasher *f)
{
	const struct ef_device *dev = ef_flasher_device(f);

	if (dev->is_secure_download && dev->chip->flags & EF_CHIP_SDM_NO_BAUD)
		return; /* such a chip has one rate */
	if (!rate->given_hz || !(port->caps & EF_PORT_HAS_BAUD) || port->rate_hz >= rate->given_hz)
		return;
	ui_log(cli, EF_LOG_INFO,
	       "Rate: %" PRIu32 " baud, because %" PRIu32 " does not work here; without '--baud' "
	       "the program finds the highest rate that does",
	       port->rate_hz, rate->given_hz);
	rate->given_hz = 0;
}

void auto_rate_learn(const struct auto_rate *rate, const struct ef_port *port,
		     const struct ef_flasher *f)
{
	const struct ef_auto_rate got = ef_flasher_auto_rate(f);
	struct remembered what = { .rate_hz = got.rate_hz };
	struct ef_err ignored = EF_ERR_INIT;

	if (!rate->is_on || !rate->path[0] || !got.rate_hz || got.is_stuck)
		return;
	if (rate->is_remembered && !got.is_lowered && got.rate_hz < rate->best_hz)
		what.calm = rate->known.calm + 1;
	if (!remember_put(rate->path, &port->info, &what, &ignored))
		ef_log(EF_LOG_DEBUG, "not remembered: %s", ignored.msg);
}
