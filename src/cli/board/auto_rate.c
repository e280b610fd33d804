/* SPDX-License-Identifier: MIT */
/*
 * Chooses the rate that the flasher is to try: the one that worked for this device, else the
 * highest that its bridge is known for.
 */
#include "cli/board/auto_rate.h"

#include <inttypes.h>

#include "cli/board/connect_setup.h"
#include "cli/config/remember.h"
#include "cli/ui/ui.h"
#include <espflash/log.h>

void auto_rate_propose(const struct connect_args *args, const struct ef_port *port,
		       struct auto_rate *ret, struct ef_connect_opts *opts)
{
	struct remembered known = { 0 };

	*ret = (struct auto_rate){ .is_on = args->baud.value == 0 };
	if (!ret->is_on)
		return;
	if (port->info.serial[0] && connect_state_path(args, ret->path, sizeof(ret->path)))
		remember_get(ret->path, &port->info, &known);
	ret->proposed_hz = ef_port_best_rate(&port->info, &ret->bridge);
	/* the file may be of a time when a faster bridge had this serial number */
	ret->is_remembered = known.rate_hz && known.rate_hz <= ret->proposed_hz;
	if (ret->is_remembered)
		ret->proposed_hz = known.rate_hz;
	opts->rate_hz = ret->proposed_hz;
	opts->speed.is_auto = true;
	opts->speed.is_known = ret->is_remembered;
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
	else if (rate->bridge)
		ui_log(cli, EF_LOG_INFO, "Rate: %" PRIu32 " baud, which a %s can do", got.rate_hz,
		       rate->bridge);
	else
		ui_log(cli, EF_LOG_INFO,
		       "Rate: %" PRIu32 " baud, which nearly every serial port can do",
		       got.rate_hz);
}

void auto_rate_learn(const struct auto_rate *rate, const struct ef_port *port,
		     const struct ef_flasher *f)
{
	const struct ef_auto_rate got = ef_flasher_auto_rate(f);
	const struct remembered what = { .rate_hz = got.rate_hz };
	struct ef_err ignored = EF_ERR_INIT;

	if (!rate->is_on || !rate->path[0] || !got.rate_hz || got.is_stuck)
		return;
	if (!remember_put(rate->path, &port->info, &what, &ignored))
		ef_log(EF_LOG_DEBUG, "not remembered: %s", ignored.msg);
}
