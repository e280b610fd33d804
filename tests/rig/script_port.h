/* SPDX-License-Identifier: MIT */
/*
 * A port that plays the chip's side of a script in the trace format
 * (docs/protocol.md). The code under test has to write the bytes of a "> hex"
 * line, and any one write for ">" and a star. It then reads those of "< hex".
 * "~ ms" delays the next line. Other lines are comments. Time is virtual.
 */
#ifndef SCRIPT_PORT_H
#define SCRIPT_PORT_H

#include <stdio.h>

#include <espflash/port.h>

#include "base/util.h"
#include "ck_ef.h"

struct script_port {
	struct ef_port base;       /* first */
	const char *at;            /* rest of the script */
	unsigned digit;            /* bytes of the current line that are done */
	uint64_t now_us, ready_us; /* ready: when the next bytes arrive */
	unsigned writes, reads;
	bool mismatch;
	bool interrupted; /* reads fail with INTR */
};

static inline uint64_t script_number(const char *p)
{
	uint64_t n = 0;

	for (; *p >= '0' && *p <= '9'; p++)
		n = n * 10 + (uint64_t)(*p - '0');
	return n;
}

static inline void script_next_line(struct script_port *s)
{
	while (*s->at && *s->at != '\n')
		s->at++;
	if (*s->at)
		s->at++;
	s->digit = 0;
}

/* The kind of the current line, past delays, comments and finished lines. */
static inline char script_kind(struct script_port *s)
{
	for (; *s->at; script_next_line(s)) {
		if (*s->at == '~')
			s->ready_us += script_number(s->at + 2) * 1000u;
		else if ((*s->at == '>' || *s->at == '<') &&
			 (s->at[2] == '*' || ef_digit_value(s->at[2 + 2 * s->digit]) >= 0))
			return *s->at;
	}
	return '\0';
}

static inline uint8_t script_byte(struct script_port *s)
{
	const char *p = s->at + 2 + 2 * s->digit++;
	int high = ef_digit_value(p[0]), low = ef_digit_value(p[1]);

	ck_assert_msg(high >= 0 && low >= 0, "bad script at '%.20s'", p);
	return (uint8_t)(high << 4 | low);
}

static inline void script_close(struct ef_port *port)
{
	(void)port;
}

static inline bool script_read(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
			       size_t *ret_len, struct ef_err *err)
{
	struct script_port *s = (struct script_port *)port;
	size_t len = 0;

	s->reads++;
	if (s->interrupted)
		return ef_fail(err, EF_E_INTR, "interrupted");
	if (s->ready_us < s->now_us)
		s->ready_us = s->now_us;
	while (len < cap && script_kind(s) == '<') {
		if (s->ready_us > s->now_us) {
			if (len || s->ready_us > deadline_us)
				break;
			s->now_us = s->ready_us;
		}
		buf[len++] = script_byte(s);
	}
	if (len == 0 && s->now_us < deadline_us)
		s->now_us = deadline_us;
	*ret_len = len;
	return true;
}

static inline bool script_write(struct ef_port *port, const uint8_t *data, size_t len,
				uint64_t deadline_us, struct ef_err *err)
{
	struct script_port *s = (struct script_port *)port;

	(void)deadline_us;
	(void)err;
	s->writes++;
	if (script_kind(s) == '>' && s->at[2] == '*') {
		script_next_line(s);
		return true;
	}
	for (size_t i = 0; i < len && !s->mismatch; i++)
		s->mismatch = script_kind(s) != '>' || script_byte(s) != data[i];
	if (s->ready_us < s->now_us)
		s->ready_us = s->now_us;
	return true;
}

static inline bool script_drain(struct ef_port *port, struct ef_err *err)
{
	(void)port;
	(void)err;
	return true;
}

static inline bool script_lines(struct ef_port *port, unsigned mask, unsigned value,
				struct ef_err *err)
{
	(void)mask;
	(void)value;
	return script_drain(port, err);
}

static inline bool script_baud(struct ef_port *port, uint32_t rate_hz, struct ef_err *err)
{
	(void)rate_hz;
	return script_drain(port, err);
}

static inline uint64_t script_now(struct ef_port *port)
{
	return ((struct script_port *)port)->now_us;
}

static inline bool script_sleep(struct ef_port *port, uint64_t us, struct ef_err *err)
{
	(void)err;
	((struct script_port *)port)->now_us += us;
	return true;
}

static inline void script_init(struct script_port *s, const char *script)
{
	static const struct ef_port_ops ops = {
		script_close, script_read, script_write, script_drain, script_drain, script_lines,
		script_baud,  script_now,  script_sleep, NULL,         NULL,
	};

	memset(s, 0, sizeof(*s));
	s->base.ops = &ops;
	s->base.caps = EF_PORT_HAS_BAUD;
	s->base.rate_hz = 115200;
	s->at = script;
}

/* The code under test has written and read the whole script. */
static inline void script_done(struct script_port *s)
{
	ck_assert_msg(!s->mismatch, "something else was written than '%.80s'", s->at);
	ck_assert_msg(script_kind(s) == '\0', "left over: '%.80s'", s->at);
}

#endif
