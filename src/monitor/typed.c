/* SPDX-License-Identifier: MIT */
/*
 * Knows how a key reaches the chip. A chip that reads nothing blocks neither the keyboard nor the
 * screen.
 */
#include "monitor/typed.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SEND_MS 200u /* after this, a chip that takes nothing makes us drop the queue */

bool typed_init(struct typed *t, const struct ef_monitor_input *opts, struct report *report,
		struct screen *screen, struct ef_err *err)
{
	t->opts = opts;
	t->report = report;
	t->screen = screen;
	t->keys.set = opts->keys ? *opts->keys : keys_default;
	t->term.fd = t->term.tty = -1;
	t->data = malloc(TYPED_SIZE);
	return t->data || ef_fail(err, EF_E_IO, "out of memory");
}

void typed_release(struct typed *t)
{
	free(t->data);
	t->data = NULL;
}

/* ---- queue ---- */

static void tell_lost(struct typed *t, const char *why)
{
	if (!t->is_told)
		report_event(t->report, EF_MONITOR_NOTE, why);
	t->is_told = true;
}

static void add(struct typed *t, const char *data, size_t len)
{
	if (t->pos == t->len)
		t->pos = t->len = 0;
	if (len > TYPED_SIZE - t->len) {
		memmove(t->data, t->data + t->pos, t->len - t->pos);
		t->len -= t->pos;
		t->pos = 0;
	}
	if (len > TYPED_SIZE - t->len) {
		tell_lost(t, "the chip reads its input too slowly; some of the typed characters "
			     "are lost");
		return;
	}
	memcpy(t->data + t->len, data, len);
	t->len += len;
}

void typed_drop(struct typed *t)
{
	t->pos = t->len = 0;
}

bool typed_send(struct typed *t, struct ef_port *port, struct ef_err *err)
{
	/* as much as the wire carries in 20 ms, so that we read from the chip in between */
	size_t len = t->len - t->pos, piece = port->rate_hz / 500u;
	uint64_t deadline_us = ef_port_deadline(port, SEND_MS);

	if (len == 0)
		return true;
	if (piece < 16)
		piece = 16;
	if (len > piece)
		len = piece;
	deadline_us += (uint64_t)len * 20000000u / (port->rate_hz ? port->rate_hz : 1u);
	if (ef_port_write(port, t->data + t->pos, len, deadline_us, err)) {
		t->pos += len;
		return true;
	}
	typed_drop(t);
	if (err->code != EF_E_TIMEOUT)
		return false;
	ef_err_clear(err); /* nothing reads the chip's input; the monitor goes on */
	tell_lost(t, "the chip reads no input; the typed characters are lost");
	return true;
}

/* ---- keys ---- */

static void send_key(struct typed *t, uint8_t c)
{
	static const char *const eols[] = { "\r", "\r", "\n", "\r\n" };
	enum ef_eol eol = t->opts->eol;
	bool is_enter = c == '\r';

	if (!t->term.is_tty) { /* a pipe's lines end with LF, CR LF or CR */
		bool is_second = c == '\n' && t->after_cr;

		t->after_cr = c == '\r' && eol != EF_EOL_DEFAULT;
		if (is_second)
			return;
		is_enter = (c == '\n' || c == '\r') && eol != EF_EOL_DEFAULT;
	}
	if (t->opts->has_echo)
		screen_echo(t->screen, c);
	if (is_enter)
		add(t, eols[eol], strlen(eols[eol]));
	else
		add(t, (const char *)&c, 1);
}

enum key_action typed_next(struct typed *t, bool can_send)
{
	while (t->key_pos < t->key_len) {
		uint8_t c = t->key[t->key_pos++];
		enum key_action action = t->term.is_tty ? keys_feed(&t->keys, c) : KEY_SEND;

		if (action == KEY_SEND && can_send)
			send_key(t, c);
		else if (action != KEY_SEND && action != KEY_NOTHING)
			return action;
	}
	return KEY_NOTHING;
}

void typed_read(struct typed *t, bool can_send)
{
	ssize_t len;

	/* a pipe can wait; a user at a keyboard may want to leave */
	if (!t->term.is_tty && (t->len > t->pos || !can_send))
		return;
	if (t->key_pos < t->key_len || !term_has_key(&t->term))
		return;
	len = read(t->term.fd, t->key, sizeof(t->key));
	if (len == 0 || (len < 0 && errno != EINTR && errno != EAGAIN))
		t->term.fd = -1; /* the end of a pipe ends the input only */
	t->key_pos = 0;
	t->key_len = len > 0 ? (size_t)len : 0;
}
