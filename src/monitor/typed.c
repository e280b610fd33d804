/* SPDX-License-Identifier: MIT */
/*
 * Knows the way from the keyboard to the chip: commands are taken out, Enter
 * becomes what the chip expects, and a chip that reads nothing takes neither
 * the keyboard nor the screen away.
 */
#include <errno.h>
#include <unistd.h>

#include "base/util.h"
#include "monitor/monitor_priv.h"
#include <espflash/reset.h>

#define SEND_MS 200u /* a chip that reads nothing: what was typed is dropped after this */
#define KEYS    1024u

/* ---- queue ---- */

static void tell_lost(struct ef_monitor *m, const char *why)
{
	if (!m->typed.is_told)
		monitor_event(m, EF_MONITOR_NOTE, why);
	m->typed.is_told = true;
}

static void add(struct ef_monitor *m, const char *data, size_t len)
{
	struct typed *t = &m->typed;

	if (t->pos == t->len)
		t->pos = t->len = 0;
	if (len > TYPED_SIZE - t->len) {
		memmove(t->data, t->data + t->pos, t->len - t->pos);
		t->len -= t->pos;
		t->pos = 0;
	}
	if (len > TYPED_SIZE - t->len) {
		tell_lost(m, "more was typed than the chip takes; what is too much is lost");
		return;
	}
	memcpy(t->data + t->len, data, len);
	t->len += len;
}

bool typed_send(struct ef_monitor *m, struct ef_err *err)
{
	struct typed *t = &m->typed;
	/* what the wire carries in 20 ms: the chip is heard in between */
	size_t len = t->len - t->pos, piece = m->port->rate_hz / 500u;
	uint64_t deadline_us = ef_port_deadline(m->port, SEND_MS);

	if (len == 0)
		return true;
	if (piece < 16)
		piece = 16;
	if (len > piece)
		len = piece;
	deadline_us += (uint64_t)len * 20000000u / (m->port->rate_hz ? m->port->rate_hz : 1u);
	if (ef_port_write(m->port, t->data + t->pos, len, deadline_us, err)) {
		t->pos += len;
		return true;
	}
	t->pos = t->len = 0;
	if (err->code != EF_E_TIMEOUT)
		return false;
	ef_err_clear(err); /* nobody listens; the monitor goes on */
	tell_lost(m, "the chip takes no input; what was typed is lost");
	return true;
}

/* ---- keys ---- */

static void send_key(struct ef_monitor *m, uint8_t c)
{
	static const char *const eols[] = { "\r", "\r", "\n", "\r\n" };
	enum ef_eol eol = m->opts->eol;
	bool is_enter = c == '\r';

	if (!m->term.is_tty) { /* LF, CR LF or CR, if they are converted */
		bool is_second = c == '\n' && m->typed.after_cr;

		m->typed.after_cr = c == '\r' && eol != EF_EOL_DEFAULT;
		if (is_second)
			return;
		is_enter = (c == '\n' || c == '\r') && eol != EF_EOL_DEFAULT;
	}
	if (m->opts->has_echo)
		show_echo(m, c);
	if (is_enter)
		add(m, eols[eol], strlen(eols[eol]));
	else
		add(m, (const char *)&c, 1);
}

static bool reset(struct ef_monitor *m, const struct ef_reset *how, const char *what,
		  struct ef_err *err)
{
	if (m->is_lost || !m->port)
		return true;
	if (!(m->port->caps & EF_PORT_HAS_LINES)) {
		monitor_event(m, EF_MONITOR_NOTE,
			      "no reset is possible: this port has no DTR and RTS");
		return true;
	}
	m->loop.count = 0; /* this one isn't the chip's fault */
	m->has_said = false;
	if (!m->opts->is_quiet)
		monitor_event(m, EF_MONITOR_NOTE, what);
	return ef_reset_run(how, m->port, err);
}

void typed_help(struct ef_monitor *m)
{
	char text[1024];
	bool has_lines = m->port && (m->port->caps & EF_PORT_HAS_LINES);

	show_notice(m);
	show_put(m, text, keys_help(&m->keys.set, has_lines, text, sizeof(text)));
}

static bool handle(struct ef_monitor *m, uint8_t c, struct ef_err *err)
{
	const struct ef_reset *order[EF_RESET_ORDER_MAX];

	switch (m->term.is_tty ? keys_feed(&m->keys, c) : KEY_SEND) {
	case KEY_EXIT:
		m->is_done = m->is_left = true;
		return true;
	case KEY_RESET:
		return m->is_lost || !m->port ||
		       reset(m, ef_reset_hard(m->port), "the chip is reset", err);
	case KEY_LOADER:
		return m->is_lost || !m->port || ef_reset_order(m->port, false, order) == 0 ||
		       reset(m, order[0], "the chip is reset into download mode", err);
	case KEY_HELP:
		typed_help(m);
		return true;
	case KEY_SEND:
		if (!m->is_lost && m->port)
			send_key(m, c);
		return true;
	default:
		return true;
	}
}

bool typed_read(struct ef_monitor *m, struct ef_err *err)
{
	struct typed *t = &m->typed;
	uint8_t keys[KEYS];
	ssize_t len;

	/* A pipe can wait; somebody at a keyboard may want to leave. */
	if (!m->term.is_tty && (t->len > t->pos || m->is_lost || !m->port))
		return true;
	if (!term_has_key(&m->term))
		return true;
	len = read(m->term.fd, keys, sizeof(keys));
	if (len == 0 || (len < 0 && errno != EINTR && errno != EAGAIN)) {
		m->term.fd = -1; /* the end of a pipe ends only the input */
		return true;
	}
	for (ssize_t i = 0; i < len && !m->is_done; i++)
		if (!handle(m, keys[i], err))
			return false;
	return true;
}
