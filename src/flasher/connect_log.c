/* SPDX-License-Identifier: MIT */
/*
 * Records the evidence while connecting: what each attempt received and when, the
 * most informative log, and the reset reasons in the ROMs' banners. If everything
 * was garbage, listens at other rates for text.
 */
#include "flasher/boot_log.h"
#include "flasher/connect_priv.h"

#define LISTEN_MS  300u
#define LISTEN_MIN 16u /* fewer bytes don't tell text from garbage */
#define REPEAT_MORE                                                                                \
	8u /* bytes of the second line that must repeat, since one line may repeat by chance */

void connect_log_clear(struct ef_rx_log *rx)
{
	rx->len = 0;
	rx->total = 0;
	rx->marks = 0;
	rx->keeps_first = false;
}

/* Return whether the banner names the boot mode; without the name, the banner may have been cut. */
static bool has_mode_name(const struct ef_rx_log *rx)
{
	struct boot_log log;

	boot_log_read(rx, &log);
	return log.verdict == EF_VERDICT_BOOT_MODE && log.has_mode;
}

int connect_log_rank(const struct ef_rx_log *rx)
{
	switch (ef_diagnose_log(rx)) {
	case EF_VERDICT_NO_SYNC_REPLY:
		return 3;
	case EF_VERDICT_BOOT_MODE:
		return has_mode_name(rx) ? 2 : 1;
	case EF_VERDICT_FLASH_BOOT:
	case EF_VERDICT_ESP8266:
		return 1;
	default:
		return 0;
	}
}

/*
 * Return whether the log names a cause that a later log may lack: a brown-out, a watchdog in
 * download mode.
 */
static bool names_cause(const struct ef_rx_log *rx)
{
	struct ef_boot_counts counts = { 0 };

	ef_boot_count(rx->data, rx->len, &counts);
	return counts.power > 0 || counts.download_restarts > 0;
}

/* ---- the ROM's greeting ---- */

/* A ROM's greeting has more bytes than the noise of a reset. */
#define GREETING_MIN 16u
/* After this much silence the greeting is over: a byte takes 87 us, a bridge some ms more. */
#define GREETING_GAP_MS 4u

/* ret_sync: for the answers to a SYNC; NULL: pass over frames. */
static bool listen_once(struct ef_flasher *f, uint64_t until_us, enum ef_sync_result *ret_sync,
			struct ef_err *err)
{
	uint8_t frame[16];
	size_t len;

	if (ret_sync)
		return ef_rom_hear_sync(&f->rom, until_us, ret_sync, err);
	return ef_rom_read_frame(&f->rom, frame, sizeof(frame), until_us, &len, err);
}

static bool listen_for(struct ef_flasher *f, uint32_t ms, enum ef_sync_result *ret_sync,
		       struct ef_err *err)
{
	uint64_t end_us = ef_port_deadline(f->port, ms), from = f->record.rx.total, seen = from;

	while (ef_port_now_us(f->port) < end_us) {
		uint64_t until_us = ef_port_deadline(f->port, GREETING_GAP_MS);

		if (!listen_once(f, until_us < end_us ? until_us : end_us, ret_sync, err))
			return false;
		if (ret_sync && *ret_sync != EF_SYNC_NONE)
			return true;
		if (f->record.rx.total == seen && seen - from >= GREETING_MIN)
			return true;
		seen = f->record.rx.total;
	}
	return true;
}

bool connect_hear(struct ef_flasher *f, uint32_t ms, struct ef_err *err)
{
	return listen_for(f, ms, NULL, err);
}

bool connect_hear_anything(struct ef_flasher *f, uint32_t ms, enum ef_sync_result *ret,
			   struct ef_err *err)
{
	*ret = EF_SYNC_NONE;
	return listen_for(f, ms, ret, err);
}

bool connect_log_strays(struct ef_flasher *f, struct ef_err *err)
{
	struct ef_rx_log *rx = &f->record.rx;
	struct ef_evidence *ev = &f->record.evidence;
	uint8_t none[1];
	size_t len;

	connect_log_clear(rx);
	/* no frame fits, so the log gets everything that arrived */
	if (!ef_rom_read_frame(&f->rom, none, 0, ef_port_now_us(f->port), &len, err) ||
	    !ef_rom_discard(&f->rom, err))
		return false;
	ev->reactions.stray_bytes += rx->total;
	if (rx->total >= GREETING_MIN && !ev->rx.len) {
		ev->rx = *rx;
		f->record.is_kept_stray = true;
	}
	connect_log_clear(rx);
	f->record.counted = f->record.echoed = 0;
	return true;
}

/*
 * A chip can't print while EN is low. So what came before EN rose is older than this reset, or the
 * lines have another polarity than we think. On a local port that is everything until the lines
 * have their new levels; it includes noise of the pulse. A server confirms each change of the
 * lines, and the ROM speaks before its confirmation is here. So there it is what came before we
 * asked.
 */
bool connect_hear_release(void *ctx, struct ef_err *err)
{
	struct ef_flasher *f = ctx;

	return !(f->port->caps & EF_PORT_REMOTE) || connect_log_strays(f, err);
}

bool connect_hear_reset(void *ctx, uint32_t ms, struct ef_err *err)
{
	struct ef_flasher *f = ctx;

	if (!(f->port->caps & EF_PORT_REMOTE) && !connect_log_strays(f, err))
		return false;
	return connect_hear(f, ms, err);
}

/* ---- attempts ---- */

/* When the array is full, its last element is reused: the first attempts and the last survive. */
static unsigned present_index(const struct ef_evidence *ev)
{
	return ev->attempts ? ev->attempts - 1 : 0;
}

static struct ef_attempt *present(struct ef_flasher *f)
{
	return &f->record.evidence.attempt[present_index(&f->record.evidence)];
}

void connect_log_begin(struct ef_flasher *f, const char *strategy, bool is_inverted)
{
	struct ef_evidence *ev = &f->record.evidence;
	struct ef_attempt *a;

	if (ev->attempts < EF_ATTEMPTS_MAX)
		ev->attempts++;
	a = present(f);
	*a = (struct ef_attempt){ .rate_hz = f->port->rate_hz };
	(void)ef_snprintf(a->strategy, sizeof(a->strategy), "%s%s",
			  is_inverted ? CONNECT_INVERTED : "", strategy);
	a->start_us = ef_port_now_us(f->port) - f->record.start_us;
	f->record.attempt_syncs = ev->syncs;
	f->record.was_reset = false;
	/* only a reset clears rx: without one, this attempt's bytes begin at the present total */
	f->record.attempt_from = strategy[0] ? 0 : f->record.rx.total;
	if (strategy[0])
		f->record.counted = 0;
}

void connect_log_reset(struct ef_flasher *f)
{
	struct ef_evidence *ev = &f->record.evidence;

	connect_log_clear(&f->record.rx);
	f->record.counted = f->record.echoed = 0;
	f->record.deaf = 0;
	if (ev->resets == 0) {
		ev->reactions.stray_bytes += ev->rx.total;
		connect_log_clear(&ev->rx);
		ev->boots = (struct ef_boot_counts){ 0 };
	}
	f->record.starts_before = ev->boots.starts;
	f->record.was_reset = true;
}

/* Note whether the chip started after the attempt's reset. */
static void note_start(struct ef_flasher *f)
{
	const struct ef_rx_log *rx = &f->record.rx;
	struct ef_evidence *ev = &f->record.evidence;

	if (!f->record.was_reset)
		return;
	if (ev->boots.starts > f->record.starts_before) {
		ev->reactions.restarts++;
	} else if (rx->len && ef_diagnose_log(rx) == EF_VERDICT_GARBAGE) {
		ev->reactions.garbled++;
	} else if (ef_diagnose_log(rx) == EF_VERDICT_FLASH_BOOT &&
		   !boot_find_last(rx, boot_is_banner)) {
		ev->reactions.restarts++;
		ev->reactions.unnamed++;
	}
}

void connect_log_end(struct ef_flasher *f)
{
	struct ef_attempt *a = present(f);

	a->took_us = ef_port_now_us(f->port) - f->record.start_us - a->start_us;
	a->syncs = f->record.evidence.syncs - f->record.attempt_syncs;
	a->bytes = f->record.rx.total - f->record.attempt_from;
	a->seen = a->bytes ? ef_diagnose_log(&f->record.rx) : EF_VERDICT_SILENT;
	note_start(f);
}

/* Count the lines that were completed since the last call. */
static void count_lines(struct ef_flasher *f)
{
	const struct ef_rx_log *rx = &f->record.rx;
	uint64_t oldest = rx->total - rx->len;
	size_t from = f->record.counted > oldest ? (size_t)(f->record.counted - oldest) : 0,
	       end = rx->len;

	while (end > from && rx->data[end - 1] != '\n')
		end--;
	if (end <= from)
		return;
	ef_boot_count(rx->data + from, end - from, &f->record.evidence.boots);
	f->record.counted = oldest + end;
}

/* Count the SYNCs that came back since the last call. */
static void count_echoes(struct ef_flasher *f)
{
	const struct ef_rx_log *rx = &f->record.rx;
	uint64_t oldest = rx->total - rx->len;
	size_t from = f->record.echoed > oldest ? (size_t)(f->record.echoed - oldest) : 0, end = 0;

	if (from > rx->len) /* the log was cleared */
		from = 0;
	f->record.evidence.reactions.echoes += diagnose_echoes(rx->data + from, rx->len - from,
							       &end);
	f->record.echoed = oldest + from + end;
}

static void take_head(const struct ef_rx_log *rx, uint64_t from, struct ef_attempt *a)
{
	uint64_t oldest = rx->total - rx->len, want = from + a->head_len;

	while (a->head_len < sizeof(a->head) && want >= oldest && want < rx->total)
		a->head[a->head_len++] = rx->data[want++ - oldest];
}

/*
 * Return whether the attempt's first line and the start of its second came again later in the
 * attempt.
 */
static bool is_repeated(const struct ef_rx_log *rx, uint64_t from, const struct ef_attempt *a)
{
	uint64_t oldest = rx->total - rx->len;
	size_t skip = from >= oldest ? (size_t)(from - oldest) + 1 : 0;
	const uint8_t *eol = ef_find_text(a->head, a->head_len, "\n");
	size_t n = eol ? (size_t)(eol - a->head) + 1 + REPEAT_MORE : sizeof(a->head) + 1;

	return n <= a->head_len && skip < rx->len &&
	       ef_find_bytes(rx->data + skip, rx->len - skip, a->head, n) != NULL;
}

void connect_log_bytes(struct ef_flasher *f)
{
	const struct ef_rx_log *rx = &f->record.rx;
	struct ef_attempt *a = present(f);

	if (rx->total == f->record.attempt_from)
		return;
	for (unsigned i = 0; i < rx->marks && !a->first_us; i++) {
		uint64_t begun_us = f->record.start_us + a->start_us;

		/* a mark of the same millisecond may be older than the attempt */
		if (rx->mark[i].from >= f->record.attempt_from)
			a->first_us = rx->mark[i].at_us > begun_us ? rx->mark[i].at_us - begun_us
								   : 1;
	}
	take_head(rx, f->record.attempt_from, a);
	a->has_repeated |= is_repeated(rx, f->record.attempt_from, a);
	count_lines(f);
	count_echoes(f);
}

/* A start counts as late from this time of an attempt on. The reset pulse takes 100 ms at most. */
#define LATE_US 200000u

bool connect_log_starts_late(const struct ef_flasher *f)
{
	const struct ef_evidence *ev = &f->record.evidence;

	return f->record.was_reset && ev->boots.starts > f->record.starts_before &&
	       ev->attempt[present_index(ev)].first_us > LATE_US;
}

bool connect_log_has_reset(const struct ef_flasher *f)
{
	const struct ef_evidence *ev = &f->record.evidence;

	return ev->resets && ev->reactions.restarts == ev->resets;
}

/* Count the attempts in which a chip in download mode did not answer. */
static void count_deaf(struct ef_flasher *f)
{
	struct ef_reactions *r = &f->record.evidence.reactions;

	f->record.deaf = connect_log_rank(&f->record.rx) == 3 ? f->record.deaf + 1 : 0;
	r->deaf_attempts += f->record.deaf == DIAGNOSE_DEAF_MIN;
}

static void keep(struct ef_flasher *f)
{
	f->record.evidence.rx = f->record.rx;
	f->record.is_kept_stray = false;
}

void connect_log_keep(struct ef_flasher *f)
{
	int now = connect_log_rank(&f->record.rx), kept = connect_log_rank(&f->record.evidence.rx);

	count_deaf(f);
	/* rx is small and an application soon overwrites it, so keep a copy of the best log. */
	if (!f->record.rx.len || (now < kept && !f->record.is_kept_stray))
		return;
	/* if two logs rank equally, prefer the one that names such a cause */
	if (now > kept || f->record.is_kept_stray || names_cause(&f->record.rx) ||
	    !names_cause(&f->record.evidence.rx))
		keep(f);
}

/* ---- other rates ---- */

static bool is_readable(const struct ef_rx_log *rx)
{
	enum ef_verdict v = ef_diagnose_log(rx);

	return rx->len >= LISTEN_MIN && v != EF_VERDICT_GARBAGE && v != EF_VERDICT_ECHO &&
	       v != EF_VERDICT_SILENT;
}

/* Try the usual rate this often first: a board may need two resets to enter download mode. */
#define OTHER_RATE_FROM 2u

static bool begins_with_garbage(const struct ef_attempt *a)
{
	unsigned bad = 0;

	for (unsigned i = 0; i < a->head_len; i++)
		bad += a->head[i] >= 0x7f || (a->head[i] < 0x20 && a->head[i] != '\r' &&
					      a->head[i] != '\n' && a->head[i] != 0x1b);
	return a->head_len >= 8 && bad >= a->head_len / 4u;
}

bool connect_log_wants_other_rate(const struct ef_flasher *f, unsigned attempt_no)
{
	const struct ef_evidence *ev = &f->record.evidence;

	if (ev->text_rate_hz)
		return ev->text_rate_hz == CONNECT_OTHER_RATE && ev->has_lines;
	return attempt_no == OTHER_RATE_FROM && ev->resets >= OTHER_RATE_FROM && ev->has_lines &&
	       !ev->is_native_usb && (f->port->caps & EF_PORT_HAS_BAUD) &&
	       connect_log_rank(&ev->rx) == 0 &&
	       (ef_diagnose(ev) == EF_VERDICT_GARBAGE ||
		begins_with_garbage(&ev->attempt[present_index(ev)]));
}

void connect_log_note_rate(struct ef_flasher *f)
{
	struct ef_evidence *ev = &f->record.evidence;

	if (f->port->rate_hz != CONNECT_OTHER_RATE || f->rom_rate_hz == CONNECT_OTHER_RATE ||
	    ev->text_rate_hz || !is_readable(&f->record.rx))
		return;
	ev->text_rate_hz = CONNECT_OTHER_RATE;
	keep(f);
}

/* Record incoming bytes in the log. The frame reader does that with all bytes outside frames. */
static bool hear_until(struct ef_flasher *f, uint64_t until_us, struct ef_err *err)
{
	while (ef_port_now_us(f->port) < until_us) {
		uint8_t frame[16];
		size_t len;

		if (!ef_rom_read_frame(&f->rom, frame, sizeof(frame), until_us, &len, err))
			return false;
	}
	return true;
}

/* Make one attempt at this rate, and record it. */
static bool hear(struct ef_flasher *f, uint32_t rate_hz, const struct ef_reset *reset,
		 struct ef_err *err)
{
	bool ok;

	if (!ef_port_set_baud(f->port, rate_hz, err) || !ef_rom_discard(&f->rom, err))
		return false;
	connect_log_clear(&f->record.rx);
	f->record.counted = f->record.echoed = 0;
	connect_log_begin(f, "", false);
	ok = !reset || ef_reset_run(reset, f->port, err);
	f->record.evidence.resets += ok && reset;
	ok = ok && hear_until(f, ef_port_deadline(f->port, LISTEN_MS), err);
	connect_log_bytes(f);
	connect_log_end(f);
	return ok;
}

bool connect_listen(struct ef_flasher *f, const struct ef_reset *reset, uint64_t deadline_us,
		    struct ef_err *err)
{
	struct ef_evidence *ev = &f->record.evidence;
	bool ok = true;

	if (!(f->port->caps & EF_PORT_HAS_BAUD) || ev->is_native_usb)
		return true;
	for (const uint32_t *rate = ef_console_rates; ok && *rate && !ev->text_rate_hz; rate++) {
		if (*rate == f->rom_rate_hz)
			continue;
		if (ef_port_now_us(f->port) >= deadline_us)
			break;
		ok = hear(f, *rate, reset, err);
		if (!ok || !is_readable(&f->record.rx))
			continue;
		keep(f);
		ev->text_rate_hz = *rate;
	}
	return ok && ef_port_set_baud(f->port, f->rom_rate_hz, err);
}

/* ---- held in reset ---- */

/* Bytes in the adapter's buffer still arrive this long after EN fell. */
#define IN_FLIGHT_MS  50u
#define HOLD_EXTRA_US 100000u

static uint64_t longest_attempt_us(const struct ef_evidence *ev)
{
	uint64_t longest = 0;

	for (unsigned i = 0; i < ev->attempts; i++)
		if (ev->attempt[i].took_us > longest)
			longest = ev->attempt[i].took_us;
	return longest;
}

bool connect_hold(struct ef_flasher *f, uint64_t deadline_us, struct ef_err *err)
{
	struct ef_evidence *ev = &f->record.evidence;
	uint64_t hold_us = longest_attempt_us(ev) + HOLD_EXTRA_US;
	bool ok;

	if (!diagnose_wants_hold(ev) || ef_port_now_us(f->port) + hold_us > deadline_us)
		return true;
	ok = ef_port_set_lines(f->port, EF_DTR, 0, err) &&
	     ef_port_set_lines(f->port, EF_RTS, EF_RTS, err) &&
	     hear_until(f, ef_port_deadline(f->port, IN_FLIGHT_MS), err);
	connect_log_clear(&f->record.rx);
	ok = ok && hear_until(f, ef_port_now_us(f->port) + hold_us, err);
	ev->was_held = ok;
	ev->held_bytes = f->record.rx.total;
	return ok && ef_port_set_lines(f->port, EF_RTS, 0, err);
}
