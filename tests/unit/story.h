/* SPDX-License-Identifier: MIT */
/*
 * The story of a session as text: each operation on the port with its time, what the user was told,
 * what is on record of the connection, and the end. It is compared with a file that was recorded
 * earlier. If a change was meant, run the suite with STORY_RECORD=1 in the environment, and read
 * the difference of the files before you commit it.
 *
 * A line that is the same as the one before, but for its time, becomes a count and the last time.
 */
#ifndef STORY_H
#define STORY_H

#include "elf_maker.h"
#include "flasher/flasher_priv.h"
#include "flasher_rig.h"
#include "rig/tap_port.h"

static struct {
	char text[65536];
	size_t len;
	struct ef_port *port;
	uint64_t begin_us, from_us, to_us;
	char line[320]; /* that is not in text yet, as more like it may follow */
	unsigned count;
} story;

static inline void EF_PRINTF(1, 2) story_add(const char *fmt, ...)
{
	size_t left = sizeof(story.text) - story.len;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(story.text + story.len, left, fmt, ap);
	va_end(ap);
	ck_assert(n >= 0 && (size_t)n < left);
	story.len += (size_t)n;
}

static inline void story_flush(void)
{
	if (!story.count)
		return;
	story_add("%9.3f  %s", (double)story.from_us / 1000.0, story.line);
	if (story.count > 1)
		story_add("  *%u, until %.3f", story.count, (double)story.to_us / 1000.0);
	story_add("\n");
	story.count = 0;
}

/* Something happens now. */
static inline void EF_PRINTF(1, 2) story_tell(const char *fmt, ...)
{
	uint64_t now_us = tap_real->now_us(story.port) - story.begin_us;
	char line[sizeof(story.line)];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (story.count && strcmp(line, story.line) != 0)
		story_flush();
	if (!story.count)
		story.from_us = now_us;
	(void)snprintf(story.line, sizeof(story.line), "%s", line);
	story.to_us = now_us;
	story.count++;
}

/* ---- the port ---- */

static inline void story_result(bool ok, const struct ef_err *err, const char *what)
{
	if (!ok)
		story_tell("%s fails: %s", what, ef_code_name(err->code));
}

/* How many words of a request are told: a SYNC's are always the same, content's make it long. */
static inline size_t story_words(uint8_t op)
{
	return op == EF_OP_SYNC ? 0 : op == EF_OP_FLASH_DATA || op == EF_OP_FLASH_DEFL_DATA ? 1 : 6;
}

static inline bool story_write(struct ef_port *port, const uint8_t *data, size_t len,
			       uint64_t deadline_us, struct ef_err *err)
{
	char words[80] = "";
	bool ok;

	if (len >= 10 && data[0] == 0xc0 && data[1] == 0x00 && ef_op_name(data[2])) {
		for (size_t i = 0; i < story_words(data[2]); i++)
			if (tap_word(data, len, i) != UINT32_MAX)
				(void)snprintf(words + strlen(words), sizeof(words) - strlen(words),
					       " %x", (unsigned)tap_word(data, len, i));
		story_tell("%s%s", ef_op_name(data[2]), words);
	} else {
		story_tell("%zu bytes: %02x", len, data[0]);
	}
	ok = tap_real->write(port, data, len, deadline_us, err);
	story_result(ok, err, "the write");
	return ok;
}

static inline bool story_set_lines(struct ef_port *port, unsigned mask, unsigned value,
				   struct ef_err *err)
{
	bool ok;

	story_tell("lines%s%s", mask & EF_DTR ? (value & EF_DTR ? " DTR" : " dtr") : "",
		   mask & EF_RTS ? (value & EF_RTS ? " RTS" : " rts") : "");
	ok = tap_real->set_lines(port, mask, value, err);
	story_result(ok, err, "the change of lines");
	return ok;
}

static inline bool story_set_baud(struct ef_port *port, uint32_t rate_hz, struct ef_err *err)
{
	bool ok;

	story_tell("rate %u", (unsigned)rate_hz);
	ok = tap_real->set_baud(port, rate_hz, err);
	story_result(ok, err, "the rate");
	return ok;
}

static inline bool story_discard(struct ef_port *port, struct ef_err *err)
{
	bool ok = tap_real->discard(port, err);

	story_tell("discard");
	story_result(ok, err, "the discard");
	return ok;
}

static inline bool story_read(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
			      size_t *ret_len, struct ef_err *err)
{
	bool ok = tap_real->read(port, buf, cap, deadline_us, ret_len, err);

	story_result(ok, err, "a read");
	return ok;
}

static inline bool story_reopen(struct ef_port *port, uint64_t deadline_us, struct ef_err *err)
{
	bool ok;

	story_tell("reopen until %.3f", (double)(deadline_us - story.begin_us) / 1000.0);
	ok = tap_real->reopen(port, deadline_us, err);
	story_tell(ok ? "the port is back" : "the port stays away");
	return ok;
}

/* An ef_event_fn. What is told before a story begins is no part of it. */
static inline void story_event(void *user, const struct ef_event *event)
{
	(void)user;
	if (event->kind == EF_EVENT_PROGRESS || !story.port)
		return;
	story_tell("%s%s: %s",
		   event->kind == EF_EVENT_WARN ? "warning"
		   : *event->label              ? event->label
						: "info",
		   event->hint ? " with a hint" : "", event->text);
}

/* The port of a session from here on; returns its operations for a test that replaces more. */
static inline struct ef_port_ops *story_begin(struct ef_port *port)
{
	struct ef_port_ops *ops = tap_open(port);

	memset(&story, 0, sizeof(story));
	story.port = port;
	story.begin_us = tap_real->now_us(port);
	ops->read = story_read;
	ops->write = story_write;
	ops->set_lines = story_set_lines;
	ops->set_baud = story_set_baud;
	ops->discard = story_discard;
	if (ops->reopen)
		ops->reopen = story_reopen;
	return ops;
}

/* ---- what is on record ---- */

static inline void story_attempt(const struct ef_attempt *a)
{
	story_add("  %8.3f  took %.3f, first byte %.3f: '%s' at %u: %u SYNCs, %u bytes, head %u%s, "
		  "%s\n",
		  (double)a->start_us / 1000.0, (double)a->took_us / 1000.0,
		  (double)a->first_us / 1000.0, a->strategy, (unsigned)a->rate_hz, a->syncs,
		  (unsigned)a->bytes, a->head_len, a->has_repeated ? " repeated" : "",
		  ef_verdict_info(a->seen)->name);
}

static inline void story_evidence(const struct ef_evidence *ev)
{
	const struct ef_boot_counts *b = &ev->boots;
	const struct ef_reactions *r = &ev->reactions;

	story_add("evidence: %u resets, %u SYNCs, took %.3f, log %zu of %u\n", ev->resets,
		  ev->syncs, (double)ev->took_us / 1000.0, ev->rx.len, (unsigned)ev->rx.total);
	story_add("  lines %d, kept %d, usb %d, losses %u, flaps %u, answered %d, stalls %u\n",
		  ev->has_lines, ev->is_kept, ev->is_native_usb, ev->port_losses, ev->port_flaps,
		  ev->was_answered, ev->write_stalls);
	story_add("  held %d, %u bytes; text at %u\n", ev->was_held, (unsigned)ev->held_bytes,
		  (unsigned)ev->text_rate_hz);
	story_add("  starts %u, software %u, watchdog %u, power %u, restarts %u, empty %u, "
		  "downloads %u\n",
		  b->starts, b->software, b->watchdog, b->power, b->download_restarts, b->empty,
		  b->downloads);
	story_add(
		"  garbled %u, restarts %u, unnamed %u, deaf %u, echoes %u, joined %d, strays %u\n",
		r->garbled, r->restarts, r->unnamed, r->deaf_attempts, r->echoes, r->is_joined,
		(unsigned)r->stray_bytes);
	story_add("attempts:\n");
	for (unsigned i = 0; i < ev->attempts && i < EF_ATTEMPTS_MAX; i++)
		story_attempt(&ev->attempt[i]);
}

static inline void story_report(const struct ef_connect_report *r)
{
	story_flush();
	story_add("report: %s, '%s'%s\n", ef_verdict_info(r->verdict)->name, r->strategy,
		  r->is_inverted ? ", inverted" : "");
	story_evidence(&r->evidence);
}

static inline void story_error(const struct ef_err *err)
{
	static const char *const kinds[] = { "none",    "silent",  "lost", "garbled",
					     "differs", "refused", "gone" };

	story_flush();
	if (err->code == EF_OK) {
		story_add("success\n");
		return;
	}
	story_add("error: %s, fault %s %02x%02x, hint %s\n%s\n", ef_code_name(err->code),
		  kinds[err->fault.kind], err->fault.status, err->fault.reason,
		  err->hint.id ? "yes" : "no", err->msg);
}

static inline void story_device(const struct ef_flasher *f)
{
	const struct ef_device *d = ef_flasher_device(f);

	story_flush();
	story_add("chip: %s, revision %d %u, MAC %d %02x%02x%02x%02x%02x%02x, crystal %u\n",
		  d->chip->name, d->has_revision, d->revision, d->has_mac, d->mac[0], d->mac[1],
		  d->mac[2], d->mac[3], d->mac[4], d->mac[5], (unsigned)d->xtal_mhz);
	story_add("  features %d, security %d, secure boot %d, download %d, stub %d, jtag %d, otg "
		  "%d\n",
		  d->has_features, d->has_security, d->is_secure_boot, d->is_secure_download,
		  d->is_stub, d->is_usb_jtag, d->is_usb_otg);
	story_add("  flash %06x, %u bytes, none %d\n", (unsigned)d->flash_id,
		  (unsigned)d->flash_size, d->no_flash);
}

/* What the session knows of its line and its loader. */
static inline void story_session(const struct ef_flasher *f)
{
	const struct ef_auto_rate rate = ef_flasher_auto_rate(f);
	const struct ef_recovery *r = &f->recovery;

	story_flush();
	story_add("session: at %u, ROM at %u; auto %u%s%s; early %u, wanted %u%s, damages before "
		  "%u\n",
		  (unsigned)f->rate_hz, (unsigned)f->rom_rate_hz, (unsigned)rate.rate_hz,
		  rate.is_lowered ? " lowered" : "", rate.is_stuck ? " stuck" : "",
		  (unsigned)f->plan.early_hz, (unsigned)f->plan.wanted_hz,
		  f->plan.is_falling ? " falling" : "", f->plan.damages_before);
	story_add("  damages %u, before %u, faults %u, since %u, slowed to %u, patience %u%s\n",
		  r->damages, r->damages_before, r->faults, (unsigned)r->since_fault,
		  (unsigned)r->rate_hz, (unsigned)r->patience_ms,
		  r->is_bad_line ? ", bad line" : "");
	story_add("  climb: top %u, failures %u, quiet %u%s%s\n", (unsigned)r->climb.top_hz,
		  r->climb.failures, (unsigned)r->climb.quiet, r->climb.is_trial ? ", trial" : "",
		  r->climb.was_lowered ? ", was lowered" : "");
	story_add("  words %zu%s, %u readings; blocks %u and %u%s; quick %d, reused %d, must reset "
		  "%d\n",
		  f->record.words.count, f->record.words.is_confirmed ? " confirmed" : "",
		  f->record.words.confirmations, (unsigned)f->form.flash_block,
		  (unsigned)f->form.ram_block, f->form.has_encrypt_word ? " encrypted" : "",
		  f->resets_quickly, f->is_stub_reused, f->must_reset);
}

/* ---- comparing ---- */

static inline void story_record(const char *path)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(story.text, 1, story.len, f), story.len);
	ck_assert_int_eq(fclose(f), 0);
}

/* Names the first line that differs. */
static inline void story_compare(const char *name, const char *want)
{
	const char *p = story.text;

	for (unsigned line = 1; *p || *want; line++) {
		int n = (int)strcspn(p, "\n"), m = (int)strcspn(want, "\n");

		ck_assert_msg(n == m && memcmp(p, want, (size_t)n) == 0,
			      "%s, line %u is\n%.*s\nand not\n%.*s", name, line, n, p, m, want);
		p += n + (p[n] == '\n');
		want += m + (want[m] == '\n');
	}
}

/* The story is the one in this file of tests/golden/story. */
static inline void story_end(const char *name)
{
	char path[512], file[64], *text;
	struct made want;

	story_flush();
	tap_close(story.port);
	story.port = NULL;
	(void)snprintf(file, sizeof(file), "%s.txt", name);
	(void)snprintf(path, sizeof(path), "%s/tests/golden/story/%s", EF_SOURCE_DIR, file);
	if (getenv("STORY_RECORD"))
		story_record(path);
	ck_assert_msg(load_file(EF_SOURCE_DIR "/tests/golden/story", file, &want), "no %s", path);
	text = malloc(want.len + 1);
	ck_assert_ptr_nonnull(text);
	memcpy(text, want.data, want.len);
	text[want.len] = '\0';
	story_compare(name, text);
	free(text);
	free(want.data);
}

#endif
