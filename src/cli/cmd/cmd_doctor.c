/* SPDX-License-Identifier: MIT */
/*
 * doctor: examines a board and the connection to it without writing to flash. It
 * goes in the order in which things fail: the host, the port, each reset sequence
 * alone, the chip, its flash, the line at rising rates.
 */
#include "cli/cmd/cmd.h"

#include <stdlib.h>
#include <string.h>

#include "cli/cmd/cmd_doctor.h"
#include "cli/board/connect_setup.h"
#include "cli/board/port_select.h"
#include "cli/board/session.h"
#include "cli/ui/ui.h"
#include "base/util.h"
#include <espflash/reset.h>

#define TRY_TIMEOUT_MS 3000u
#define QUESTIONS      100u
#define READ_SIZE      0x10000u
/* How long the examination of a board that connects may take if the user set no limit. */
#define EXAMINE_S 90u
/* Time after the user's limit, to print the findings and to reset the chip. */
#define SLACK_US 300000u

/* The examination can't go on: the user interrupted, or the time is over. */
static bool is_over(const struct cli *cli, struct ef_port *port)
{
	return *cli->interrupt || ef_port_is_late(port);
}

/* ---- each sequence alone ---- */

static void try_one(struct cli *cli, struct doctor *d, struct ef_port *port,
		    const struct ef_reset *reset, struct ef_connect_report *report)
{
	const struct ef_connect_opts opts = {
		.no_stub = true,
		.skip_flash = true,
		.attempts = 1,
		.timeout_ms = TRY_TIMEOUT_MS,
		.reset = reset,
		.reset_first = true,
		.report = report,
	};
	struct doctor_try *t = &d->tries[d->try_count++];
	struct ef_err ignored = EF_ERR_INIT;
	struct ef_flasher *f = NULL;
	const struct ef_attempt *a = report->evidence.attempt;

	*report = (struct ef_connect_report){ .verdict = EF_VERDICT_NONE };
	*t = (struct doctor_try){ .seen = EF_VERDICT_NONE };
	(void)ef_strlcpy(t->strategy, sizeof(t->strategy), reset->name);
	ui_log(cli, EF_LOG_INFO, "Trying the reset sequence %s", reset->name);
	t->is_ok = ef_flasher_connect(port, &opts, &f, &ignored);
	t->took_us = report->evidence.took_us;
	if (report->evidence.attempts) {
		t->first_us = a->first_us;
		t->bytes = a->bytes;
		t->seen = a->bytes ? a->seen : EF_VERDICT_SILENT;
	}
	ef_flasher_close(f);
	/* a try that was cut short proves nothing about the sequence */
	d->try_count -= is_over(cli, port);
}

static bool try_all(struct cli *cli, struct doctor *d, struct ef_port *port, struct ef_err *err)
{
	const struct ef_reset *order[EF_RESET_ORDER_MAX];
	size_t n = ef_reset_order(port, false, order);
	struct ef_connect_report *report;

	if (!(port->caps & EF_PORT_HAS_LINES))
		return true;
	report = malloc(sizeof(*report));
	if (!report)
		return ef_fail(err, EF_E_IO, "out of memory");
	for (size_t i = 0; i < n && d->try_count < DOCTOR_TRIES_MAX && !is_over(cli, port); i++)
		try_one(cli, d, port, order[i], report);
	if (port->info.vid == 0 && !is_over(cli, port))
		try_one(cli, d, port, ef_reset_by_name("usb-jtag-serial"), report);
	free(report);
	return true;
}

/* ---- the line ---- */

/* Send a request with a known answer: read a register, or SYNC if registers can't be read. */
static bool ask(struct ef_flasher *f, const struct doctor *d)
{
	struct ef_err ignored = EF_ERR_INIT;
	enum ef_sync_result sync = EF_SYNC_NONE;
	uint32_t word;

	if (ef_flasher_device(f)->is_secure_download)
		return ef_rom_sync(ef_flasher_rom(f), 500, &sync, &ignored) && sync != EF_SYNC_NONE;
	/* a value has no checksum: the line damaged another request or answer */
	return ef_rom_read_reg(ef_flasher_rom(f), EF_CHIP_MAGIC_REG, &word, &ignored) &&
	       (!d->magic.is_known || word == d->magic.value);
}

static bool drop(void *user, const uint8_t *data, size_t len, struct ef_err *err)
{
	(void)user;
	(void)data;
	(void)len;
	(void)err;
	return true;
}

/* Read bulk data; the chip's MD5 tells whether it arrived undamaged. */
static void measure_read(struct ef_flasher *f, struct ef_port *port, struct doctor *d,
			 struct doctor_rate *r)
{
	const struct ef_device *dev = ef_flasher_device(f);
	uint32_t len = dev->is_stub ? READ_SIZE : EF_SECTOR;
	struct ef_err ignored = EF_ERR_INIT;
	uint64_t start_us = ef_port_now_us(port), took_us;
	bool ok;

	if (dev->is_secure_download || !dev->flash_size)
		return;
	ok = ef_flasher_read(f, 0, len, drop, NULL, &ignored);
	took_us = ef_port_now_us(port) - start_us;
	if (!ok && ef_port_is_late(port))
		return;
	d->reads.was_tried = true;
	d->reads.is_stable |= ok;
	if (ok && took_us)
		r->bytes_per_s = (uint32_t)((uint64_t)len * 1000000u / took_us);
	else
		r->lost++;
}

static void question(const struct cli *cli, const struct doctor *d, struct ef_flasher *f,
		     struct ef_port *port, struct doctor_rate *r)
{
	while (r->asked < QUESTIONS && r->lost < 5 && !is_over(cli, port)) {
		uint64_t start_us = ef_port_now_us(port), took_us;
		bool ok = ask(f, d);

		took_us = ef_port_now_us(port) - start_us;
		r->asked++;
		if (!ok) {
			r->lost++;
			continue;
		}
		r->sum_us += took_us;
		if (!r->min_us || took_us < r->min_us)
			r->min_us = took_us;
		if (took_us > r->max_us)
			r->max_us = took_us;
	}
}

static void measure(struct cli *cli, struct doctor *d, struct ef_port *port,
		    const struct ef_connect_opts *how, uint32_t rate_hz)
{
	struct doctor_rate *r = &d->rates[d->rate_count++];
	struct ef_err ignored = EF_ERR_INIT;
	struct ef_connect_opts opts = *how;
	struct ef_flasher *f = NULL;

	*r = (struct doctor_rate){ .rate_hz = rate_hz };
	opts.rate_hz = rate_hz;
	ui_log(cli, EF_LOG_INFO, "Measuring the line at %u baud", rate_hz);
	if (!ef_flasher_connect(port, &opts, &f, &ignored)) {
		d->rate_count -= is_over(cli, port);
		return;
	}
	r->is_reached = !(port->caps & EF_PORT_HAS_BAUD) || port->rate_hz == rate_hz;
	question(cli, d, f, port, r);
	if (is_over(cli, port)) {
		d->rate_count--;
		ef_flasher_close(f);
		return;
	}
	if (r->lost == 0)
		measure_read(f, port, d, r);
	if (r->is_reached && r->lost == 0 && r->asked == QUESTIONS)
		d->best_hz = rate_hz;
	/*
	 * if nothing can reset the chip, it must return to the first rate for the
	 * next connection
	 */
	if (opts.before == EF_BEFORE_NO_RESET || !(port->caps & EF_PORT_HAS_LINES))
		(void)!ef_flasher_finish(f, EF_AFTER_NO_RESET, &ignored);
	ef_flasher_close(f);
}

static void measure_rates(struct cli *cli, struct doctor *d, struct ef_port *port,
			  const struct ef_connect_opts *how)
{
	static const uint32_t rates[] = { 115200, 230400, 460800, 921600, 1500000, 2000000 };
	bool has_rate = (port->caps & EF_PORT_HAS_BAUD) && !d->dev.is_usb_jtag &&
			!d->dev.is_usb_otg;

	for (size_t i = 0; i < EF_ARRAY_LEN(rates) && !is_over(cli, port); i++) {
		measure(cli, d, port, how, rates[i]);
		if (!has_rate || !d->rate_count || !d->rates[d->rate_count - 1].is_reached)
			break;
	}
}

/* ---- the chip ---- */

/*
 * Values have no checksum, so read each twice, with another request in between: then a late answer
 * differs.
 */
static void look_at_chip(struct doctor *d, struct ef_flasher *f)
{
	const struct ef_regs regs = ef_flasher_regs(f);
	struct ef_err ignored = EF_ERR_INIT;
	uint32_t straps, magic;
	bool ok;

	d->dev = *ef_flasher_device(f);
	d->is_connected = true;
	if (d->dev.is_secure_download)
		return;
	ok = regs.read(regs.ctx, d->dev.chip->strap.reg, &d->straps.value, &ignored) &&
	     regs.read(regs.ctx, EF_CHIP_MAGIC_REG, &d->magic.value, &ignored) &&
	     regs.read(regs.ctx, EF_CHIP_MAGIC_REG, &magic, &ignored) &&
	     regs.read(regs.ctx, d->dev.chip->strap.reg, &straps, &ignored);
	d->magic.is_known = ok && magic == d->magic.value;
	d->straps.is_known = ok && straps == d->straps.value;
}

/* For ef_connect_opts.event; user is the struct cli. */
static void on_event(void *user, const struct ef_event *event)
{
	ui_event(user, event);
}

/* ---- its end ---- */

/* Set one deadline for all connections. The wait for a board does not count. */
static void bound(const struct connect_args *args, const struct session *s)
{
	uint64_t spent_us = connect_clock_us() - s->begin_us;
	uint64_t limit_us = args->connect_timeout.value * UINT64_C(1000000) + SLACK_US;

	if (!args->connect_timeout.is_set || args->wait.is_set)
		return;
	limit_us = limit_us > spent_us ? limit_us - spent_us : 1;
	ef_port_set_bound(s->port, ef_port_now_us(s->port) + limit_us);
}

/* The board connects. If the user set no time limit, the examination has its own. */
static void bound_rest(const struct connect_args *args, struct doctor *d, struct ef_port *port)
{
	d->limit.s = args->connect_timeout.is_set ? args->connect_timeout.value : EXAMINE_S;
	if (!port->bound_us)
		ef_port_set_bound(port, ef_port_deadline(port, d->limit.s * 1000u));
}

/* The time is up. There is none left to connect, but a pulse on the lines is short. */
static void reset_late(const struct connect_args *args, const struct doctor *d,
		       struct ef_port *port)
{
	struct ef_err ignored = EF_ERR_INIT;

	ef_port_set_bound(port, 0);
	if (args->after == EF_AFTER_HARD_RESET)
		(void)!ef_reset_run(d->dev.is_usb_jtag ? ef_reset_by_name("usb-jtag-hard")
						       : ef_reset_hard(port),
				    port, &ignored);
}

/* Leave the chip as --after asks. */
static void leave(struct cli *cli, const struct connect_args *args, struct doctor *d,
		  struct ef_port *port, const struct ef_connect_opts *opts)
{
	struct ef_flasher *f = NULL;
	struct ef_err late = EF_ERR_INIT;
	bool ok;

	d->limit.is_over = ef_port_is_late(port);
	ok = !d->limit.is_over && ef_flasher_connect(port, opts, &f, &late) &&
	     ef_flasher_finish(f, (enum ef_after)args->after, &late);
	ef_flasher_close(f);
	if (!ok && ef_port_is_late(port))
		reset_late(args, d, port);
	else if (!ok)
		ui_log(cli, EF_LOG_WARN, "the chip was not left as --after asks: %s", late.msg);
}

static void examine(struct cli *cli, const struct connect_args *args, struct doctor *d,
		    struct session *s)
{
	struct ef_flasher *f = NULL;
	struct connect_plan plan;
	struct ef_connect_opts opts = {
		.before = (enum ef_before)args->before,
		.chip = args->chip,
		.no_stub = args->no_stub,
		.event = on_event,
		.event_user = cli,
	};

	if (!connect_setup(cli, args, s->port, &plan, &opts, &d->err))
		return;
	d->report = cli->connected;
	bound(args, s);
	connect_spend(&opts, s->begin_us);
	if (!ef_flasher_connect(s->port, &opts, &f, &d->err))
		return;
	bound_rest(args, d, s->port);
	look_at_chip(d, f);
	(void)ef_strlcpy(d->worked, sizeof(d->worked), cli->connected->strategy);
	connect_learn(cli, args, s->port);
	ef_flasher_close(f);
	f = NULL;
	if (args->before == EF_BEFORE_DEFAULT_RESET && !try_all(cli, d, s->port, &d->err))
		return;
	/* reconnect in the way that worked, without messages and without waiting */
	opts.event = NULL;
	opts.report = NULL;
	opts.wait_ms = 0;
	opts.has_hands = false;
	opts.first_strategy = d->worked[0] ? d->worked : NULL;
	measure_rates(cli, d, s->port, &opts);
	if (!*cli->interrupt)
		leave(cli, args, d, s->port, &opts);
}

static void open_and_examine(struct cli *cli, const struct connect_args *args, struct doctor *d)
{
	struct session s = SESSION_INIT;

	if (!session_open_port(cli, args, EF_RATE_ROM, false, &s, &d->err))
		return;
	d->is_open = true;
	d->info = s.port->info;
	examine(cli, args, d, &s);
	session_close(&s);
}

bool cmd_doctor(struct cli *cli, const void *args, struct ef_err *err)
{
	const struct board_info_args *a = args;
	struct connect_args connect = a->connect;
	struct doctor *d = calloc(1, sizeof(*d));
	bool ok;

	if (!d)
		return ef_fail(err, EF_E_IO, "out of memory");
	if (port_select(cli, &connect, d->port, sizeof(d->port), &d->err)) {
		connect.port = d->port;
		ef_host_facts(d->port, &d->host);
		(void)!ef_port_holder(d->host.real_path, d->holder, sizeof(d->holder));
		open_and_examine(cli, &connect, d);
	} else {
		ef_host_facts(NULL, &d->host);
	}
	/* print what was found until the interrupt */
	if (*cli->interrupt && d->err.code == EF_OK)
		ef_fail(&d->err, EF_E_INTR, "interrupted");
	ui_progress_close(cli);
	ok = !cli->is_json || doctor_json(cli, d, err);
	if (!cli->is_json)
		doctor_print(cli->out, d, cli->program->version);
	if (ok && d->err.code != EF_OK) {
		*err = d->err;
		ok = false;
	}
	free(d);
	return ok;
}
