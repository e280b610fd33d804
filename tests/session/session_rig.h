/* SPDX-License-Identifier: MIT */
/*
 * Whole sessions with a virtual board. A line in a file of tests/golden/session has a session, or
 * those with a fault at one request after the other: how many succeed, the requests, resets and
 * time that they take, the CRC of their stories, and the last error. A story has every request in
 * full, every change of the lines and of the rate, every wait, every event for the user, the error
 * record, the report, and what recovery remembers. So any change of what a session does is
 * noticed, wherever the code for it is. Whether it is right, other suites say.
 *
 * SESSION_LINES=1 in the environment prints the lines instead of comparing them, and
 * SESSION_STORIES=FOLDER writes the stories there, to compare those of two versions.
 */
#ifndef SESSION_RIG_H
#define SESSION_RIG_H

#include <stdarg.h>
#include <stdlib.h>

#include "base/hash.h"
#include "flasher/flasher_priv.h"
#include "flasher_rig.h"
#include "rig/tap_port.h"

#define SESSION_GOLDEN EF_SOURCE_DIR "/tests/golden/session/"

/*
 * How far the time of a session may be off: compressed content has some bytes more with another
 * library, and a call that asks for the time takes 1 us.
 */
#define SESSION_SLACK_MS 2

static struct {
	char text[1u << 20];
	size_t len;
} story;

static inline void EF_PRINTF(1, 2) tell(const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(story.text + story.len, sizeof(story.text) - story.len, fmt, ap);
	va_end(ap);
	ck_assert(n >= 0 && (size_t)n < sizeof(story.text) - story.len);
	story.len += (size_t)n;
}

/* ---- what the session does to the port ---- */

/* The words of a request. Compressed content is left out: it differs between libraries. */
static inline void tell_request(const uint8_t *p, size_t len)
{
	const char *name = ef_op_name(p[1]);
	bool is_data = p[1] == EF_OP_FLASH_DATA || p[1] == EF_OP_MEM_DATA;
	bool is_packed = p[1] == EF_OP_FLASH_DEFL_DATA;
	size_t words = is_data || is_packed ? 4 : (len - 8) / 4;

	tell("> %s", name ? name : "?");
	for (size_t i = 0; p[1] != EF_OP_SYNC && i < words && 8 + 4 * (i + 1) <= len; i++)
		if (!(is_packed && i == 0) && !(p[1] == EF_OP_FLASH_DEFL_BEGIN && i == 1))
			tell(" %x", ef_le32(p + 8 + 4 * i));
	if (!is_packed)
		tell(" crc %08x", ef_crc32(p, len));
	tell("\n");
}

static inline void tell_write(const uint8_t *data, size_t len)
{
	static uint8_t plain[1u << 16];
	size_t n = 0;

	for (size_t i = 1; i + 1 < len && n < sizeof(plain); i++) {
		bool is_escape = data[i] == 0xdb && i + 2 < len;

		plain[n++] = !is_escape ? data[i] : data[i + 1] == 0xdc ? 0xc0 : 0xdb;
		i += is_escape;
	}
	if (n >= 8 && data[0] == 0xc0 && plain[0] == 0)
		tell_request(plain, n);
	else
		tell("> %zu bytes, crc %08x\n", len, ef_crc32(data, len));
}

/* What becomes of a request on its way to the chip. */
enum host_fault {
	HOST_SENDS,
	HOST_STALLS,  /* the driver takes no data */
	HOST_LOSES,   /* the line loses it */
	HOST_DAMAGES, /* the line damages a byte of it */
};

static struct {
	enum host_fault fault;
	unsigned left; /* requests until then; 0: none */
} host;

static bool send_damaged(struct ef_port *port, const uint8_t *data, size_t len,
			 uint64_t deadline_us, struct ef_err *err)
{
	static uint8_t copy[1u << 16];
	size_t at = len / 2;

	ck_assert_uint_le(len, sizeof(copy));
	memcpy(copy, data, len);
	/* neither a delimiter nor an escape goes or comes */
	while (at + 1 < len && (copy[at] >= 0xc0 || copy[at - 1] == 0xdb))
		at++;
	copy[at] ^= 1;
	return tap_real->write(port, copy, len, deadline_us, err);
}

static bool told_write(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
		       struct ef_err *err)
{
	bool is_request = len >= 10 && data[0] == 0xc0 && data[1] == 0;

	tell_write(data, len);
	if (!is_request || !host.left || --host.left)
		return tap_real->write(port, data, len, deadline_us, err);
	if (host.fault == HOST_STALLS)
		return ef_fail(err, EF_E_TIMEOUT, "the device takes no data");
	return host.fault == HOST_LOSES || send_damaged(port, data, len, deadline_us, err);
}

static bool told_discard(struct ef_port *port, struct ef_err *err)
{
	tell("discard\n");
	return tap_real->discard(port, err);
}

static bool told_lines(struct ef_port *port, unsigned mask, unsigned value, struct ef_err *err)
{
	tell("lines %x=%x\n", mask, value);
	return tap_real->set_lines(port, mask, value, err);
}

static bool told_baud(struct ef_port *port, uint32_t rate_hz, struct ef_err *err)
{
	tell("rate %u\n", rate_hz);
	return tap_real->set_baud(port, rate_hz, err);
}

static bool told_sleep(struct ef_port *port, uint64_t us, struct ef_err *err)
{
	tell("sleep %llu\n", (unsigned long long)us);
	return tap_real->sleep_us(port, us, err);
}

static bool told_reopen(struct ef_port *port, uint64_t deadline_us, struct ef_err *err)
{
	tell("reopen\n");
	return tap_real->reopen(port, deadline_us, err);
}

static inline void tell_port(struct ef_port *port)
{
	struct ef_port_ops *ops = tap_open(port);

	ops->write = told_write;
	ops->discard = told_discard;
	ops->set_lines = told_lines;
	ops->set_baud = told_baud;
	ops->sleep_us = told_sleep;
	ops->reopen = told_reopen;
}

/* ---- what it tells the user ---- */

static void told_event(void *user, const struct ef_event *e)
{
	/* how much content is in a block depends on the library that compressed it */
	uint64_t done = e->done == e->total ? e->done : e->done / 256;

	(void)user;
	tell("event %d %d '%s' %x %llu/%llu %s %s\n", (int)e->kind, (int)e->stage, e->label,
	     e->addr, (unsigned long long)done, (unsigned long long)e->total, ef_hint_name(e->hint),
	     e->text);
}

static inline void tell_err(const struct ef_err *e)
{
	tell("%s: fault %d %02x %02x %d, hint %s %u %u '%s': %s\n", ef_code_name(e->code),
	     (int)e->fault.kind, e->fault.status, e->fault.reason, (int)e->fault.refusal,
	     ef_hint_name(e->hint.id), e->hint.number[0], e->hint.number[1], e->hint.text, e->msg);
}

static inline void tell_boots(const char *what, const struct ef_boot_counts *b)
{
	tell("%s: %u starts %u software %u watchdog %u power %u download %u empty %u downloads\n",
	     what, b->starts, b->software, b->watchdog, b->power, b->download_restarts, b->empty,
	     b->downloads);
}

static inline void tell_report(const struct ef_connect_report *r)
{
	const struct ef_evidence *e = &r->evidence;

	tell("verdict %s by '%s' %d: %u resets %u syncs %d%d%d%d, %u losses %u flaps\n",
	     ef_verdict_info(r->verdict)->name, r->strategy, r->is_inverted, e->resets, e->syncs,
	     e->has_lines, e->is_kept, e->is_native_usb, e->was_answered, e->port_losses,
	     e->port_flaps);
	tell("held %d %llu, text at %u, %u attempts, rx %zu\n", e->was_held,
	     (unsigned long long)e->held_bytes, e->text_rate_hz, e->attempts, e->rx.len);
	tell("%u garbled %u restarts %u unnamed %u deaf %u echoes %d, %llu strays, %u stalls\n",
	     e->reactions.garbled, e->reactions.restarts, e->reactions.unnamed,
	     e->reactions.deaf_attempts, e->reactions.echoes, e->reactions.is_joined,
	     (unsigned long long)e->reactions.stray_bytes, e->write_stalls);
	tell_boots("boots", &e->boots);
	for (unsigned i = 0; i < e->attempts && i < EF_ATTEMPTS_MAX; i++)
		tell("attempt '%s': %u syncs %llu bytes %d\n", e->attempt[i].strategy,
		     e->attempt[i].syncs, (unsigned long long)e->attempt[i].bytes,
		     (int)e->attempt[i].seen);
}

/* ---- what the session remembers ---- */

static inline void tell_recovery(const struct ef_flasher *f)
{
	const struct ef_recovery *r = &f->recovery;
	const struct ef_climb *c = &r->climb;

	tell("%u damages (%u before) %u faults, %u since, rate %u, piece %u, part %u, patience %u, "
	     "%d%d%d\n",
	     r->damages, r->damages_before, r->faults, r->since_fault, r->rate_hz, r->piece,
	     r->part, r->patience_ms, r->is_connecting, r->is_bad_line, r->is_other_board);
	tell("climb %u %u %u %d%d\n", c->top_hz, c->quiet, c->failures, c->is_trial,
	     c->was_lowered);
	for (unsigned i = 0; i < EF_WORKS; i++)
		tell("%u ", r->failures[i]);
	tell("failures\n");
}

static inline void tell_device(const struct ef_device *d)
{
	tell("%s v%d.%u mac %d %02x%02x, crystal %u, sec %d%d%d, %d%d%d, flash %06x %d %u\n",
	     d->chip ? d->chip->name : "-", d->has_revision, d->revision, d->has_mac, d->mac[0],
	     d->mac[5], d->xtal_mhz, d->has_security, d->is_secure_boot, d->is_secure_download,
	     d->is_stub, d->is_usb_jtag, d->is_usb_otg, d->flash_id, d->no_flash, d->flash_size);
}

static inline void tell_session(const struct ef_flasher *f)
{
	const struct ef_auto_rate a = ef_flasher_auto_rate(f);

	tell_device(&f->dev);
	tell_recovery(f);
	tell("rate %u of %u, plan %u %u %d%d%d%d %u, auto %u %d%d\n", f->rate_hz, f->rom_rate_hz,
	     f->plan.early_hz, f->plan.wanted_hz, f->plan.is_auto, f->plan.is_lowered,
	     f->plan.is_stuck, f->plan.is_falling, f->plan.damages_before, a.rate_hz, a.is_lowered,
	     a.is_stuck);
	tell("loader %d, form %u %u %d, stub %x %x %x %x, %d%d%d%d%d, %u words %u %d\n",
	     (int)f->rom.loader, f->form.flash_block, f->form.ram_block, f->form.has_encrypt_word,
	     f->stub.text.start, f->stub.text.len, f->stub.data.start, f->stub.data.len,
	     f->is_stub_reused, f->was_met, f->resets_quickly, f->must_reset, f->is_listened_to,
	     (unsigned)f->record.words.count, f->record.words.confirmations,
	     f->record.words.is_confirmed);
	tell_boots("lost", &f->record.lost_boots);
	tell_boots("at work", &f->record.work_boots);
}

/* ---- one session ---- */

struct session {
	const char *what;
	bool (*work)(struct rig *r); /* after connecting; NULL: nothing */
	struct sim_opts board;
	struct ef_connect_opts opts;
	unsigned caps_less;    /* of the port */
	bool is_remote;        /* the port is behind a network */
	bool faults_connect;   /* requests are counted from power-up; else from the work on */
	uint32_t flash_filled; /* so many bytes of flash hold 0x5a; 0: flash is erased */
};

struct session_fault {
	const char *what;
	struct sim_faults faults; /* at request 1 */
	enum host_fault host;
};

static const struct session_fault session_faults[] = {
	{ "a reply lost", .faults = { .drop_reply = 1 } },
	{ "a reply damaged", .faults = { .flip_reply = 1 } },
	{ "a reply late", .faults = { .delay_reply = 1, .delay_ms = 1200 } },
	{ "a reset", .faults = { .reset_at_request = 1 } },
	{ "a chip that hangs", .faults = { .hang_at_request = 1 } },
	{ "unplugged", .faults = { .unplug_at_request = 1, .unplug_ms = 1000 } },
	{ "a cut link",
	  .faults = { .unplug_at_request = 1, .unplug_ms = 900, .unplug_keeps_power = true } },
	{ "silence", .faults = { .stall_reply = 1 } },
	{ "refusals", .faults = { .lies.refuse_from = 1 } },
	{ "wrong values", .faults = { .lies.values_from = 1 } },
	{ "wrong digests", .faults = { .lies.digest_from = 1 } },
	{ "another chip", .faults = { .reset_at_request = 1, .lies.other_from = 1 } },
	{ "a stalled write", .host = HOST_STALLS },
	{ "a lost request", .host = HOST_LOSES },
	{ "a damaged request", .host = HOST_DAMAGES },
};
#define SESSION_FAULTS EF_ARRAY_LEN(session_faults)

/* The same fault after so many requests. */
static inline struct sim_faults session_fault_at(const struct sim_faults *faults, unsigned from)
{
	struct sim_faults ret = *faults;
	unsigned *const at[] = { &ret.drop_reply,       &ret.flip_reply,
				 &ret.delay_reply,      &ret.reset_at_request,
				 &ret.hang_at_request,  &ret.unplug_at_request,
				 &ret.stall_reply,      &ret.lies.refuse_from,
				 &ret.lies.values_from, &ret.lies.digest_from,
				 &ret.lies.other_from };

	for (size_t i = 0; i < EF_ARRAY_LEN(at); i++)
		*at[i] += *at[i] ? from : 0;
	/* the reply to the request that resets the chip never comes */
	ret.lies.other_from -= ret.lies.other_from > 1 && faults->lies.other_from == 1;
	return ret;
}

static inline void session_power(struct rig *r, const struct session *s,
				 const struct sim_faults *faults)
{
	struct sim_opts board = s->board;

	if (faults && s->faults_connect)
		board.faults = *faults;
	board.is_paced = true;
	if (!board.flash_size)
		board.flash_size = 1u << 20;
	rig_power(r, &board);
	r->opts = s->opts;
	r->opts.event = told_event;
	r->port->caps &= ~s->caps_less;
	r->port->caps |= s->is_remote ? EF_PORT_REMOTE : 0;
	if (s->flash_filled)
		memset(sim_flash_mut(r->sim), 0x5a, s->flash_filled);
}

/* *faults may be NULL; at: the request that the host's fault hits, 0: none. See faults_connect. */
static inline bool session_run(struct rig *r, const struct session *s,
			       const struct sim_faults *faults, unsigned at)
{
	bool ok;

	host.left = s->faults_connect ? at : 0;
	ok = rig_connect(r);

	tell("connected %d\n", ok);
	if (!ok || !s->work)
		return ok;
	if (faults && !s->faults_connect) {
		const struct sim_faults shifted = session_fault_at(faults, sim_requests(r->sim, 0));

		sim_set_faults(r->sim, &shifted);
		host.left = at;
	}
	return s->work(r);
}

static inline void tell_board(const struct rig *r)
{
	uint32_t size;
	const uint8_t *flash = sim_flash(r->sim, &size);

	tell("board: %d%d%d at %u, port at %u, flash %08x\n", sim_is_download(r->sim),
	     sim_is_stub(r->sim), sim_is_running(r->sim), sim_rate_hz(r->sim), r->port->rate_hz,
	     flash ? ef_crc32(flash, size) : 0);
}

struct session_line {
	char name[96], end[EF_ERR_MSG_SIZE + 2];
	unsigned sessions, good, requests, resets, ms;
	uint32_t crc; /* of all stories */
};

static inline void session_tell(const struct session *s, const struct sim_faults *faults,
				unsigned at, struct session_line *sum)
{
	static struct ef_connect_report report;
	struct rig r;
	bool ok;

	story.len = 0;
	report = (struct ef_connect_report){ 0 };
	session_power(&r, s, faults);
	r.opts.report = &report;
	tell_port(r.port);
	ok = session_run(&r, s, faults, at);
	ck_assert_int_eq(ok, r.err.code == EF_OK);
	tell_err(&r.err);
	tell_report(&report);
	if (r.f)
		tell_session(r.f);
	tell_board(&r);
	if (!ok)
		(void)snprintf(sum->end, sizeof(sum->end), "; %s", r.err.msg);
	sum->sessions++;
	sum->good += ok;
	sum->requests += sim_requests(r.sim, 0);
	sum->resets += sim_resets(r.sim);
	sum->ms += (unsigned)(sim_now_us(r.sim) / 1000);
	tap_close(r.port);
	rig_done(&r);
}

/* ---- the lines ---- */

static inline char *session_read(const char *file)
{
	static char text[1u << 18];
	char path[512];
	size_t len;
	FILE *in;

	(void)snprintf(path, sizeof(path), SESSION_GOLDEN "%s.txt", file);
	in = fopen(path, "r");
	ck_assert_msg(in != NULL, "cannot open %s", path);
	len = fread(text, 1, sizeof(text) - 1, in);
	(void)fclose(in);
	text[len] = '\0';
	return text;
}

/* The line that begins with this name, and its length; NULL: there is none. */
static inline const char *session_find(const char *text, const char *name, size_t *ret_len)
{
	size_t len = strlen(name);

	while (*text && (strncmp(text, name, len) != 0 || text[len] != ':')) {
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	*ret_len = strcspn(text, "\n");
	return *text ? text : NULL;
}

static inline const char *session_text(const struct session_line *l, int late_ms)
{
	static char text[EF_ERR_MSG_SIZE + 256];

	(void)snprintf(text, sizeof(text), "%s: %u of %u, %u requests, %u resets, %d ms, %08x%s",
		       l->name, l->good, l->sessions, l->requests, l->resets, (int)l->ms + late_ms,
		       l->crc, l->end);
	return text;
}

/* Count the story that was told, and write it if that is asked for. */
static inline void session_keep(struct session_line *sum, unsigned at)
{
	const char *folder = getenv("SESSION_STORIES");
	char path[512];
	FILE *out;

	tell("before: %08x\n", sum->crc);
	sum->crc = ef_crc32(story.text, story.len);
	if (!folder)
		return;
	(void)snprintf(path, sizeof(path), "%s/%s %u", folder, sum->name, at);
	out = fopen(path, "w");
	ck_assert_ptr_nonnull(out);
	(void)fwrite(story.text, 1, story.len, out);
	(void)fclose(out);
}

static inline void session_compare(const char *file, const struct session_line *got)
{
	int slack = (int)got->sessions * SESSION_SLACK_MS;
	const char *want;
	size_t len;

	if (getenv("SESSION_LINES")) {
		(void)printf("%s\n", session_text(got, 0));
		return;
	}
	want = session_find(session_read(file), got->name, &len);
	ck_assert_msg(want != NULL, "no line for '%s'", got->name);
	for (int late = -slack; late <= slack; late++) {
		const char *text = session_text(got, late);

		if (strlen(text) == len && strncmp(text, want, len) == 0)
			return;
	}
	ck_abort_msg("expected: %.*s\n but got: %s\n(SESSION_STORIES=FOLDER writes the story)",
		     (int)len, want, session_text(got, 0));
}

static inline void session_check(const char *file, const struct session *s)
{
	struct session_line got = { .sessions = 0 };

	(void)snprintf(got.name, sizeof(got.name), "%s", s->what);
	session_tell(s, NULL, 0, &got);
	session_keep(&got, 0);
	session_compare(file, &got);
}

/* The fault comes at this request, and in further sessions at each step-th one behind it. */
static inline void session_check_fault(const char *file, const struct session *s, unsigned fault,
				       unsigned first, unsigned step, unsigned times)
{
	const struct session_fault *kind = &session_faults[fault];
	struct session_line got = { .sessions = 0 };

	(void)snprintf(got.name, sizeof(got.name), "%s, %s", s->what, kind->what);
	host.fault = kind->host;
	for (unsigned i = 0; i < times; i++) {
		const struct sim_faults faults = session_fault_at(&kind->faults,
								  first + i * step - 1);

		session_tell(s, &faults, kind->host ? first + i * step : 0, &got);
		session_keep(&got, first + i * step);
	}
	session_compare(file, &got);
}

/* Over lines that damage one byte of these, on average. */
static inline void session_check_noise(const char *file, const struct session *s,
				       const unsigned *every, unsigned count)
{
	struct session_line got = { .sessions = 0 };

	(void)snprintf(got.name, sizeof(got.name), "%s, noise", s->what);
	for (unsigned i = 0; i < count; i++) {
		const struct sim_faults faults = { .noise_every = every[i], .noise_seed = i };

		session_tell(s, &faults, 0, &got);
		session_keep(&got, i);
	}
	session_compare(file, &got);
}

#endif
