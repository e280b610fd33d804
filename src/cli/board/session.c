/* SPDX-License-Identifier: MIT */
/* Opens the port and connects to the chip as the connection options say. */
#include "cli/board/session.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/board/connect_setup.h"
#include "cli/board/lend_ask.h"
#include "cli/board/port_missing.h"
#include "cli/board/port_select.h"
#include "cli/board/work.h"
#include "cli/ui/side_file.h"
#include "cli/ui/ui.h"
#include "base/util.h"

/* Time after the user's limit, to print what was found and to reset the chip. */
#define SLACK_US 300000u

static void trace_line(void *user, const char *line)
{
	side_file_line(user, line);
}

static bool open_trace(struct cli *cli, struct session *s, struct ef_err *err)
{
	struct ef_port *traced = NULL;

	if (!cli->trace.file)
		return true;
	if (!ef_port_trace(s->port, trace_line, &cli->trace, &traced, err))
		return false;
	s->port = traced;
	return true;
}

/* For ef_connect_opts.event; user is the struct cli. */
static void on_event(void *user, const struct ef_event *event)
{
	work_event(user, event);
	ui_event(user, event);
}

static bool open_port(struct cli *cli, const struct connect_args *args,
		      const struct ef_port_config *config, struct session *s, struct ef_err *err)
{
	struct connect_waiting waiting = { 0 };
	char name[512];

	while (!port_select(cli, args, name, sizeof(name), err))
		if (!connect_may_wait(cli, args, &waiting, err))
			return false;
	ui_log(cli, EF_LOG_INFO, "Serial port: '%s'", name);
	if (!config->rate_hz)
		ui_log(cli, EF_LOG_INFO, "Connecting...");
	s->begin_us = connect_clock_us(); /* the user may have taken long to choose the port */
	/* a monitor never takes the port from another monitor */
	if (strcmp(cli->command, "monitor") != 0)
		s->lent_fd = lend_ask(cli, name, config->limit_ms);
	while (!ef_port_open(name, config, &s->port, err))
		if (!connect_may_wait(cli, args, &waiting, err)) {
			port_missing(name, err);
			return false;
		}
	return open_trace(cli, s, err);
}

static uint32_t limit_ms(const struct connect_args *args)
{
	return args->connect_timeout.is_set ? args->connect_timeout.value * 1000u : 0;
}

/* keep_lines: DTR and RTS stay as they are until something moves them. */
static bool invert(struct session *s, bool keep_lines, struct ef_err *err)
{
	if (!s->inverted)
		return true;
	if (!keep_lines)
		return ef_port_invert_lines(s->port, s->inverted, err);
	s->port->inverted = s->inverted;
	return true;
}

bool session_open_port(struct cli *cli, const struct connect_args *args, uint32_t rate_hz,
		       bool keep_lines, struct session *ret, struct ef_err *err)
{
	const struct ef_port_config config = {
		.rate_hz = rate_hz,
		.interrupt = cli->interrupt,
		.keep_lines = keep_lines,
		.limit_ms = limit_ms(args),
	};

	*ret = (struct session)SESSION_INIT;
	if (open_port(cli, args, &config, ret, err)) {
		ret->inverted = connect_polarity(args, ret->port);
		if (invert(ret, keep_lines, err))
			return true;
	}
	session_close(ret);
	return false;
}

void session_set_bound(struct session *s, const struct connect_args *args)
{
	uint64_t spent_us = connect_clock_us() - s->begin_us;
	uint64_t limit_us = args->connect_timeout.value * UINT64_C(1000000) + SLACK_US;

	if (!args->connect_timeout.is_set || args->wait.is_set)
		return;
	limit_us = limit_us > spent_us ? limit_us - spent_us : 1;
	ef_port_set_bound(s->port, ef_port_now_us(s->port) + limit_us);
}

bool session_reopen_port(struct cli *cli, struct session *s, const struct ef_port_info *was,
			 uint32_t rate_hz, struct ef_err *err)
{
	const struct ef_port_config config = {
		.rate_hz = rate_hz,
		.interrupt = cli->interrupt,
		.keep_lines = true,
	};
	struct ef_port_info now;

	/* A board with USB of its own may come back under another name after flashing. */
	return ef_port_find_again(was, &now, err) &&
	       ef_port_open(now.name, &config, &s->port, err) && invert(s, true, err);
}

/* Read the file of --stub, before the port is touched. */
static bool read_stub(const struct connect_args *args, struct session *s, size_t *ret_len,
		      struct ef_err *err)
{
	struct ef_buf file = EF_BUF_INIT(EF_MAX_JSON);

	if (!args->stub)
		return true;
	if (!ef_file_read(args->stub, &file, err)) {
		ef_buf_release(&file);
		return ef_context(err, "flasher stub");
	}
	s->stub = file.data; /* the session owns it now */
	*ret_len = file.len;
	return true;
}

static bool check_args(const struct connect_args *args, struct ef_err *err)
{
	if (args->before != EF_BEFORE_NO_RESET_NO_SYNC || args->chip)
		return true;
	ef_fail(err, EF_E_USAGE, "'--before no-reset-no-sync' needs '--chip'");
	return ef_hint_own(err, "name the chip with '--chip', or let the program detect it with "
				"'--before no-reset'");
}

/* The purpose of a session. */
enum need { NEED_FLASH, NEED_FACTS, NEED_CHIP, NEED_BRIEF };

static bool open_session(struct cli *cli, const struct connect_args *args, enum need need,
			 const struct ef_region *likely, struct session *ret, struct ef_err *err)
{
	struct ef_connect_opts opts = {
		.before = (enum ef_before)args->before,
		.rate_hz = args->baud.value,
		.chip = args->chip,
		.no_stub = args->no_stub,
		.skip_flash = need != NEED_FLASH && need != NEED_FACTS,
		/* a stub that the user named must run */
		.speed.is_brief = need == NEED_BRIEF && !args->stub,
		/* so must a stub that the user wants to keep */
		.speed.is_for_facts = need == NEED_FACTS && !args->stub &&
				      args->after != EF_AFTER_NO_RESET_NO_STUB,
		.flash_size = (uint32_t)args->flash_size,
		.speed.likely = likely,
		.event = on_event,
		.event_user = cli,
	};
	const struct ef_port_config config = {
		.interrupt = cli->interrupt,
		.keep_lines = args->before == EF_BEFORE_NO_RESET ||
			      args->before == EF_BEFORE_NO_RESET_NO_SYNC,
		.limit_ms = limit_ms(args),
	};
	struct connect_plan plan;
	size_t stub_len = 0;

	*ret = (struct session)SESSION_INIT;
	if (!check_args(args, err) || !read_stub(args, ret, &stub_len, err) ||
	    !open_port(cli, args, &config, ret, err))
		goto fail;
	opts.stub_json = ret->stub;
	opts.stub_json_len = stub_len;
	if (!opts.speed.is_brief)
		auto_rate_propose(args, ret->port, &ret->rate, &opts);
	if (!connect_setup(cli, args, ret->port, &plan, &opts, err))
		goto fail;
	connect_spend(&opts, ret->begin_us);
	if (!ef_flasher_connect(ret->port, &opts, &ret->flasher, err))
		goto fail;
	/* no-reset-no-sync asks the chip nothing, but a command for the flash needs its size */
	if (opts.before == EF_BEFORE_NO_RESET_NO_SYNC && !opts.skip_flash &&
	    !ef_flasher_learn(ret->flasher, err))
		goto fail;
	connect_learn(cli, args, ret->port);
	auto_rate_tell(cli, &ret->rate, ret->flasher);
	if (need == NEED_FLASH) /* other sessions need not change the rate */
		auto_rate_advise(cli, &ret->rate, ret->port, ret->flasher);
	return true;
fail:
	session_close(ret);
	return false;
}

bool session_open(struct cli *cli, const struct connect_args *args, struct session *ret,
		  struct ef_err *err)
{
	return open_session(cli, args, NEED_FLASH, NULL, ret, err);
}

bool session_open_facts(struct cli *cli, const struct connect_args *args, struct session *ret,
			struct ef_err *err)
{
	return open_session(cli, args, NEED_FACTS, NULL, ret, err);
}

bool session_open_to_write(struct cli *cli, const struct connect_args *args,
			   const struct ef_region *likely, struct session *ret, struct ef_err *err)
{
	return open_session(cli, args, NEED_FLASH, likely, ret, err);
}

void session_prefer_longer(struct ef_region *longest, const uint8_t *data, size_t len,
			   const char *label)
{
	if (len > longest->len)
		*longest = (struct ef_region){ .data = data, .len = (uint32_t)len, .label = label };
}

bool session_open_chip(struct cli *cli, const struct connect_args *args, struct session *ret,
		       struct ef_err *err)
{
	return open_session(cli, args, NEED_CHIP, NULL, ret, err);
}

bool session_open_brief(struct cli *cli, const struct connect_args *args, struct session *ret,
			struct ef_err *err)
{
	return open_session(cli, args, NEED_BRIEF, NULL, ret, err);
}

void session_close(struct session *s)
{
	if (s->flasher)
		auto_rate_learn(&s->rate, s->port, s->flasher);
	ef_flasher_close(s->flasher);
	ef_port_close(s->port);
	if (s->lent_fd >= 0)
		(void)close(s->lent_fd);
	free(s->stub);
	*s = (struct session)SESSION_INIT;
}
