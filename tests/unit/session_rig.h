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

#include "golden_lines.h"
#include "session_story.h"

/*
 * How far the time of a session may be off: compressed content has some bytes more with another
 * library, and a call that asks for the time takes 1 us.
 */
#define SESSION_SLACK_MS 2

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
	{ "a refusal", .host = CHIP_REFUSES },
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

	host.sim = r->sim;
	host.is_refusing = false;
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
	tell_report(&report, false);
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
	want = session_find(golden_read(file), got->name, &len);
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
