/* SPDX-License-Identifier: MIT */
/* A virtual board, its port, a session on it, and the messages of that session. */
#ifndef FLASHER_RIG_H
#define FLASHER_RIG_H

#include <stdio.h>

#include <espflash/flasher.h>

#include "base/util.h"
#include "blank_flash.h"
#include "ck_ef.h"
#include "rig/plain_plan.h"
#include "sim/sim.h"

struct rig {
	struct sim_opts sim_opts;
	struct ef_connect_opts opts;
	struct sim *sim;
	struct ef_port *port;
	struct ef_flasher *f;
	struct ef_err err;
	char said[8192]; /* "info: ...\n" and "warn: ...\n" */
	struct {
		uint8_t data[512];
		size_t len;
		bool is_escape;
	} frame;               /* the request that is being sent; see rig_trace */
	char writes[16384];    /* WRITE_REG requests: "address=value/mask\n", hex; see rig_trace */
	unsigned line_changes; /* of DTR and RTS */
};

static inline void rig_event(void *user, const struct ef_event *event)
{
	struct rig *r = user;
	size_t len = strlen(r->said);

	if (event->kind == EF_EVENT_INFO || event->kind == EF_EVENT_WARN)
		(void)snprintf(r->said + len, sizeof(r->said) - len, "%s: %s\n",
			       event->kind == EF_EVENT_INFO ? "info" : "warn", event->text);
}

/*
 * Powers a board up; revision 0 stands for a common one. The caller may change
 * opts and port before it calls rig_connect.
 */
static inline void rig_power(struct rig *r, const struct sim_opts *sim_opts)
{
	*r = (struct rig){ .sim_opts = *sim_opts, .err = EF_ERR_INIT };
	r->opts.event = rig_event;
	r->opts.event_user = r;
	if (r->sim_opts.revision == 0)
		r->sim_opts.revision = SIM_DEFAULT_REV;
	if (!r->sim_opts.flash && !r->sim_opts.flash_size)
		r->sim_opts.flash = blank_flash_lend();
	r->sim = sim_new(&r->sim_opts);
	ck_assert_ptr_nonnull(r->sim);
	ck_ok(sim_port_open(r->sim, &r->port, &r->err), &r->err);
}

/* A stub takes several registers by one WRITE_REG: address, value, mask and delay of each. */
static inline void rig_take_frame(struct rig *r)
{
	size_t len = strlen(r->writes);
	const uint8_t *f = r->frame.data;

	if (r->frame.len < 8 || f[0] != 0 || f[1] != EF_OP_WRITE_REG)
		return;
	for (size_t at = 8; at + 16 <= r->frame.len && len + 28 <= sizeof(r->writes); at += 16)
		len += (size_t)snprintf(r->writes + len, sizeof(r->writes) - len,
					"%08x=%08x/%08x\n", ef_le32(f + at), ef_le32(f + at + 4),
					ef_le32(f + at + 8));
}

static inline void rig_take_byte(struct rig *r, uint8_t byte)
{
	bool was_escape = r->frame.is_escape;

	r->frame.is_escape = byte == 0xdb;
	if (byte == 0xc0) {
		rig_take_frame(r);
		r->frame.len = 0;
	} else if (byte != 0xdb && r->frame.len < sizeof(r->frame.data)) {
		r->frame.data[r->frame.len++] = (uint8_t)(!was_escape    ? byte
							  : byte == 0xdc ? 0xc0
									 : 0xdb);
	}
}

/* A frame may be on several lines of a trace. */
static inline void rig_sink(void *user, const char *line)
{
	struct rig *r = user;

	r->line_changes += line[0] == '!';
	if (line[0] != '>')
		return;
	for (line += 2; line[0] && line[1]; line += 2) {
		int high = ef_digit_value(line[0]), low = ef_digit_value(line[1]);

		ck_assert(high >= 0 && low >= 0);
		rig_take_byte(r, (uint8_t)(high << 4 | low));
	}
}

/* A sink for ef_flasher_read: user is a struct ef_wr. */
static inline bool rig_collect(void *user, const uint8_t *data, size_t len, struct ef_err *err)
{
	(void)err;
	ef_wr_bytes(user, data, len);
	return true;
}

/* Records all later register writes in r->writes. */
static inline void rig_trace(struct rig *r)
{
	struct ef_port *traced = NULL;

	ck_ok(ef_port_trace(r->port, rig_sink, r, &traced, &r->err), &r->err);
	r->port = traced;
}

/* Whatever happened, the attempts follow each other, and each of them has its end. */
static inline void rig_check_attempts(const struct ef_evidence *ev)
{
	uint64_t end_us = 0;

	for (unsigned i = 0; i < ev->attempts; i++) {
		const struct ef_attempt *a = &ev->attempt[i];

		ck_assert_uint_ge(a->start_us, end_us);
		ck_assert_uint_gt(a->took_us, 0);
		ck_assert_uint_le(a->first_us, a->took_us);
		ck_assert_uint_le(a->head_len, a->bytes);
		ck_assert_msg(a->bytes || a->seen == EF_VERDICT_SILENT, "attempt %u: no end", i);
		end_us = a->start_us + a->took_us;
	}
	ck_assert_uint_le(end_us, ev->took_us);
}

static inline bool rig_connect(struct rig *r)
{
	static struct ef_connect_report own;
	struct ef_connect_report *report = r->opts.report;
	bool ok;

	/* a report is optional, so boards whose times mean nothing make none */
	own = (struct ef_connect_report){ 0 };
	if (!report && r->sim_opts.is_paced)
		r->opts.report = &own;
	ok = ef_flasher_connect(r->port, &r->opts, &r->f, &r->err);
	if (r->opts.report)
		rig_check_attempts(&r->opts.report->evidence);
	r->opts.report = report;
	return ok;
}

static inline void rig_done(struct rig *r)
{
	ef_flasher_close(r->f);
	ef_port_close(r->port);
	sim_free(r->sim);
	blank_flash_return(r->sim_opts.flash);
}

static inline const struct ef_device *rig_device(const struct rig *r)
{
	return ef_flasher_device(r->f);
}

#define rig_says(r, text)                                                                          \
	ck_assert_msg(strstr((r)->said, (text)) != NULL, "not said: %s; but:\n%s", text, (r)->said)
#define rig_does_not_say(r, text)                                                                  \
	ck_assert_msg(strstr((r)->said, (text)) == NULL, "said: %s in:\n%s", text, (r)->said)

#define rig_writes(r, text)                                                                        \
	ck_assert_msg(strstr((r)->writes, (text)) != NULL, "not written: %s; but:\n%s", text,      \
		      (r)->writes)

/* All chips, under espflash's names. */
static const char *const rig_chips[] = {
	"esp32",   "esp32c2", "esp32c3", "esp32c5", "esp32c6",  "esp32c61",
	"esp32h2", "esp32p4", "esp32s2", "esp32s3", "esp32s31",
};
#define RIG_CHIPS ((int)(sizeof(rig_chips) / sizeof(rig_chips[0])))

#endif
