/* SPDX-License-Identifier: MIT */
/*
 * Parses trace files. docs/protocol.md describes the format; port_trace.c writes
 * it.
 */
#include "port/trace_text.h"

#include <inttypes.h>

/* Ample: a trace of writing a 16 MiB flash has about 35 MB. */
#define MAX_TRACE (256u * EF_MIB)
#define MAX_WORD  16u

static const char *const op_names[TRACE_OP_COUNT] = { "read",    "write", "lines", "rate",
						      "discard", "drain", "reopen" };

static const struct {
	const char *name;
	unsigned cap;
} cap_names[] = {
	{ "lines", EF_PORT_HAS_LINES },
	{ "baud", EF_PORT_HAS_BAUD },
	{ "atomic", EF_PORT_ATOMIC_LINES },
	{ "remote", EF_PORT_REMOTE },
};

const char *trace_op_name(enum trace_op op)
{
	return op_names[op];
}

void trace_print_facts(const struct ef_port *port, char *ret, size_t cap)
{
	size_t len;

	(void)ef_snprintf(ret, cap, "# port %04x:%04x %" PRIu32 " %d %d", port->info.vid,
			  port->info.pid, port->rate_hz, (port->lines & EF_DTR) != 0,
			  (port->lines & EF_RTS) != 0);
	for (size_t i = 0; i < EF_ARRAY_LEN(cap_names); i++) {
		len = strlen(ret);
		if (port->caps & cap_names[i].cap)
			(void)ef_snprintf(ret + len, cap - len, " %s", cap_names[i].name);
	}
}

/* ---- words of a line ---- */

struct parser {
	const char *at, *end; /* rest of the present line */
	struct trace_text *text;
	uint32_t wait_ms;
};

static bool next_word(struct parser *p, char word[MAX_WORD])
{
	size_t len = 0;

	while (p->at < p->end && *p->at == ' ')
		p->at++;
	while (p->at < p->end && *p->at != ' ') {
		/* a NUL would end the word before its last byte */
		if (len + 1 == MAX_WORD || !*p->at)
			return false;
		word[len++] = *p->at++;
	}
	word[len] = '\0';
	return len > 0;
}

static bool next_number(struct parser *p, uint32_t max, uint32_t *ret)
{
	char word[MAX_WORD];

	return next_word(p, word) && ef_parse_u32(word, max, ret);
}

/* Parse exactly four hexadecimal digits. */
static bool id_value(const char *digits, uint16_t *ret)
{
	unsigned value = 0;

	for (int i = 0; i < 4; i++) {
		int digit = digits[i] ? ef_digit_value(digits[i]) : -1;

		if (digit < 0)
			return false;
		value = value << 4 | (unsigned)digit;
	}
	*ret = (uint16_t)value;
	return true;
}

static bool at_end(const struct parser *p)
{
	return p->at == p->end;
}

/* ---- kinds of lines ---- */

static bool parse_bytes(struct parser *p, struct trace_event *e, struct ef_err *err)
{
	size_t count;
	uint8_t *out;

	while (p->at < p->end && *p->at == ' ')
		p->at++;
	count = (size_t)(p->end - p->at) / 2;
	if (count == 0 || (size_t)(p->end - p->at) % 2)
		return ef_fail(err, EF_E_INPUT, "an odd number of hexadecimal digits, or none");
	e->off = p->text->bytes.len;
	e->len = count;
	if (!ef_buf_extend(&p->text->bytes, count, &out, err))
		return false;
	for (size_t i = 0; i < count; i++, p->at += 2) {
		int high = ef_digit_value(p->at[0]), low = ef_digit_value(p->at[1]);

		if (high < 0 || low < 0)
			return ef_fail(err, EF_E_INPUT, "not a hexadecimal digit");
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static bool parse_lines(struct parser *p, unsigned *ret)
{
	uint32_t dtr, rts;

	if (!next_number(p, 1, &dtr) || !next_number(p, 1, &rts))
		return false;
	*ret = (dtr ? EF_DTR : 0u) | (rts ? EF_RTS : 0u);
	return true;
}

static bool parse_facts(struct parser *p, struct trace_facts *f)
{
	char word[MAX_WORD];

	if (!next_word(p, word) || !id_value(word, &f->vid) || word[4] != ':' ||
	    !id_value(word + 5, &f->pid) || !next_number(p, UINT32_MAX, &f->rate_hz) ||
	    !parse_lines(p, &f->lines))
		return false;
	while (next_word(p, word))
		for (size_t i = 0; i < EF_ARRAY_LEN(cap_names); i++)
			if (strcmp(word, cap_names[i].name) == 0)
				f->caps |= cap_names[i].cap;
	return at_end(p);
}

static bool code_by_name(const char *name, enum ef_code *ret)
{
	for (int code = EF_OK + 1; code < EF_CODE_COUNT; code++)
		if (strcmp(name, ef_code_name((enum ef_code)code)) == 0) {
			*ret = (enum ef_code)code;
			return true;
		}
	return false;
}

/* Parse "# read PORT: text". False: it is a comment. */
static bool parse_failure(struct parser *p, const char *op, struct trace_event *e,
			  struct ef_err *err)
{
	size_t i = 0, len;
	char word[MAX_WORD];

	while (i < TRACE_OP_COUNT && strcmp(op, op_names[i]) != 0)
		i++;
	if (i == TRACE_OP_COUNT || !next_word(p, word))
		return false;
	len = strlen(word);
	if (len == 0 || word[len - 1] != ':')
		return false;
	word[len - 1] = '\0';
	if (!code_by_name(word, &e->code))
		return false;
	if (p->at < p->end)
		p->at++;
	e->op = (enum trace_op)i;
	e->off = p->text->bytes.len;
	e->len = (size_t)(p->end - p->at);
	return ef_buf_add(&p->text->bytes, p->at, e->len, err);
}

/* Parse a line that begins with '#'. *ret_kept: whether it is an event, not a comment. */
static bool parse_remark(struct parser *p, struct trace_event *e, bool *ret_kept,
			 struct ef_err *err)
{
	char word[MAX_WORD];

	*ret_kept = true;
	if (!next_word(p, word)) {
		*ret_kept = false;
		return true;
	}
	if (strcmp(word, "port") == 0) {
		e->kind = TRACE_FACTS;
		return parse_facts(p, &e->facts) ||
		       ef_fail(err, EF_E_INPUT, "'# port' with unknown words");
	}
	e->kind = TRACE_DISCARD;
	if (strcmp(word, "discard") == 0 && at_end(p))
		return true;
	e->kind = TRACE_FAILURE;
	*ret_kept = parse_failure(p, word, e, err);
	return err->code == EF_OK;
}

static bool parse_event(struct parser *p, char kind, struct trace_event *e, bool *ret_kept,
			struct ef_err *err)
{
	bool ok = true;

	*ret_kept = true;
	switch (kind) {
	case '>':
	case '<':
		e->kind = kind == '>' ? TRACE_TX : TRACE_RX;
		return parse_bytes(p, e, err);
	case '!':
		e->kind = TRACE_LINES;
		ok = parse_lines(p, &e->value) && at_end(p);
		break;
	case '@':
		e->kind = TRACE_RATE;
		ok = next_number(p, UINT32_MAX, &e->value) && at_end(p);
		break;
	case '%':
		e->kind = TRACE_REOPEN;
		break;
	case '#':
		return parse_remark(p, e, ret_kept, err);
	default:
		ok = false;
	}
	return ok || ef_fail(err, EF_E_INPUT, "not a line of a trace");
}

static bool parse_wait(struct parser *p, struct ef_err *err)
{
	uint32_t ms;

	if (!next_number(p, UINT32_MAX, &ms) || !at_end(p))
		return ef_fail(err, EF_E_INPUT, "'~' needs whole milliseconds");
	p->wait_ms = ms > UINT32_MAX - p->wait_ms ? UINT32_MAX : p->wait_ms + ms;
	return true;
}

static bool parse_line(struct parser *p, struct ef_err *err)
{
	struct trace_event e = { .line = p->text->lines };
	bool kept;
	char kind;

	if (at_end(p))
		return true;
	kind = *p->at++;
	if (kind == '~')
		return parse_wait(p, err);
	if (!parse_event(p, kind, &e, &kept, err))
		return false;
	if (!kept)
		return true;
	e.wait_ms = p->wait_ms;
	/* Facts are not events in time: the wait belongs to the next event. */
	if (e.kind != TRACE_FACTS)
		p->wait_ms = 0;
	p->text->count++;
	return ef_buf_add(&p->text->events, &e, sizeof(e), err);
}

bool trace_parse(const char *text, size_t len, struct trace_text *ret, struct ef_err *err)
{
	struct parser p = { .text = ret };
	const char *at = text, *end = text + len;

	*ret = (struct trace_text){ .events = EF_BUF_INIT(MAX_TRACE),
				    .bytes = EF_BUF_INIT(MAX_TRACE) };
	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));

		p.at = at;
		p.end = newline ? newline : end;
		at = newline ? newline + 1 : end;
		if (p.end > p.at && p.end[-1] == '\r')
			p.end--;
		ret->lines++;
		if (!parse_line(&p, err))
			return ef_context(err, "trace line %u", ret->lines);
	}
	return true;
}

void trace_release(struct trace_text *t)
{
	ef_buf_release(&t->events);
	ef_buf_release(&t->bytes);
}

const struct trace_event *trace_event(const struct trace_text *t, size_t index)
{
	return (const struct trace_event *)(const void *)t->events.data + index;
}

const uint8_t *trace_bytes(const struct trace_text *t, const struct trace_event *e)
{
	return t->bytes.data + e->off;
}

void trace_message(const struct trace_text *t, const struct trace_event *e, char *ret, size_t cap)
{
	(void)ef_snprintf(ret, cap, "%.*s", (int)(e->len < 500 ? e->len : 500),
			  e->len ? (const char *)trace_bytes(t, e) : "");
}

void trace_describe(const struct trace_text *t, const struct trace_event *e, char *ret, size_t cap)
{
	char hex[2 * 12 + 1];
	size_t len = e->len < 12 ? e->len : 12;

	switch (e->kind) {
	case TRACE_TX:
	case TRACE_RX:
		ef_hex(hex, trace_bytes(t, e), len);
		(void)ef_snprintf(ret, cap, "%c %s%s", e->kind == TRACE_TX ? '>' : '<', hex,
				  len < e->len ? "..." : "");
		break;
	case TRACE_LINES:
		(void)ef_snprintf(ret, cap, "! %d %d", (e->value & EF_DTR) != 0,
				  (e->value & EF_RTS) != 0);
		break;
	case TRACE_RATE:
		(void)ef_snprintf(ret, cap, "@ %" PRIu32, e->value);
		break;
	case TRACE_FAILURE:
		(void)ef_snprintf(ret, cap, "# %s", op_names[e->op]);
		break;
	default:
		(void)ef_snprintf(ret, cap, "%s", e->kind == TRACE_REOPEN ? "%" : "# discard");
	}
}
