/* SPDX-License-Identifier: MIT */
/*
 * Decides why a connection failed: a pure function from the recorded evidence to
 * one verdict, and the line that proves it. Knows which evidence outweighs
 * which. verdicts.c has the words, boot_log.c parses the boot logs.
 */
#include "flasher/boot_log.h"
#include "flasher/connect_priv.h"

/* Bytes of a SYNC on the wire, with both delimiters */
#define SYNC_FRAME 46u
/* A port that vanishes this often without our reset has more than a loose plug. */
#define FLAPS_MIN 2u
/* If the output of this many attempts starts alike, the resets caused it. */
#define RESTARTS_MIN 3u
/* Fewer bytes than that, before or during a reset, may be the noise of an edge. */
#define STRAYS_MIN 16u
/* If no banner shows after this many resets, none of them reached EN. */
#define RESETS_MIN 3u

/*
 * Only this host sends SYNC requests, so one that comes back is an echo. A console
 * that echoes its input would print other text as well and drop zero bytes.
 */
unsigned diagnose_echoes(const uint8_t *data, size_t len, size_t *ret_end)
{
	static const uint8_t sync_start[] = { 0x00, 0x08, 0x24, 0x00, 0x00, 0x00, 0x00,
					      0x00, 0x07, 0x07, 0x12, 0x20, 'U',  'U' };
	const uint8_t *p = data, *end = data + len, *hit;
	unsigned count = 0;

	while ((hit = ef_find_bytes(p, (size_t)(end - p), sync_start, sizeof(sync_start)))) {
		p = hit + sizeof(sync_start);
		count++;
	}
	/* what is shorter than the pattern may be its beginning */
	if ((size_t)(end - p) >= sizeof(sync_start))
		p = end - sizeof(sync_start) + 1;
	*ret_end = (size_t)(p - data);
	return count;
}

static bool has_echo(const struct ef_rx_log *rx)
{
	size_t end, ours = SYNC_FRAME * (size_t)diagnose_echoes(rx->data, rx->len, &end);

	return ours > 0 && ours >= rx->len - rx->len / 4;
}

/* Length of the character at p if a terminal shows or obeys it, else 0. */
static size_t character(const uint8_t *p, size_t left)
{
	uint32_t c;
	size_t n = ef_utf8_get(p, left, &c);

	if (n != 1 || (c >= 0x20 && c != 0x7f))
		return n;
	return c == '\n' || c == '\r' || c == '\t' || c == 0x1b;
}

/* Return whether four of five bytes belong to text: characters, line ends, tabs, escapes. */
static bool is_text(const struct ef_rx_log *rx)
{
	size_t good = 0, n;

	for (size_t i = 0; i < rx->len; i += n ? n : 1) {
		n = character(rx->data + i, rx->len - i);
		good += n;
	}
	return rx->len >= 4 && good >= rx->len - rx->len / 5;
}

/*
 * A console that echoes what is typed drops the zero bytes of a SYNC, and sends the rest back:
 * the ESP32's mask ROM does so when it has found no program ("Falling back to built-in command
 * interpreter"). So a program runs, and the wires are right.
 */
static bool is_console(const struct ef_rx_log *rx)
{
	/* the text behind the zeros of the header */
	static const uint8_t typed[] = { 0x24, 0x07, 0x07, 0x12, 0x20, 0x55,
					 0x55, 0x55, 0x55, 0x55, 0x55, 0x55 };

	return ef_find_bytes(rx->data, rx->len, typed, sizeof(typed)) != NULL;
}

enum ef_verdict ef_diagnose_log(const struct ef_rx_log *rx)
{
	struct boot_log log;

	if (rx->len == 0)
		return EF_VERDICT_SILENT;
	boot_log_read(rx, &log);
	if (log.verdict)
		return log.verdict; /* the ROM's own words are the best evidence */
	if (has_echo(rx))
		return EF_VERDICT_ECHO;
	return is_text(rx) || is_console(rx) ? EF_VERDICT_APP_UNAFFECTED : EF_VERDICT_GARBAGE;
}

/* ---- evidence beyond the log ---- */

/* Length of the first line with its line end; 0: the line end is missing. */
static size_t first_line(const struct ef_attempt *a)
{
	for (size_t i = 0; i < a->head_len; i++)
		if (a->head[i] == '\n')
			return i + 1;
	return 0;
}

static bool is_special(const char *strategy)
{
	/* these need not reset a board that the other strategies can reset */
	return strcmp(strategy, "usb-jtag-serial") == 0 ||
	       strncmp(strategy, CONNECT_INVERTED, sizeof(CONNECT_INVERTED) - 1) == 0;
}

/*
 * Return whether the same lines followed each reset, as if the application restarted every time.
 * If the boot log is muted, only an application's output can show that. Two kinds of applications
 * look like that without being reset, and must not fool us:
 *
 * - One that prints the same line forever: so the second line must differ from the
 *   first.
 * - One that prints the same block again and again with pauses: so every reset must
 *   be followed by output, and the block must not come twice in an attempt.
 *
 * A pause as long as an attempt still defeats this test. Therefore ef_diagnose also
 * wants the chip to be mute while connect_hold keeps it in reset for longer.
 */
static bool seems_restarted(const struct ef_evidence *ev)
{
	const struct ef_attempt *first = NULL;
	unsigned alike = 0;

	for (unsigned i = 0; i < ev->attempts; i++) {
		const struct ef_attempt *a = &ev->attempt[i];
		size_t n = first_line(a);

		if (!a->strategy[0] || is_special(a->strategy) ||
		    (ev->text_rate_hz && a->rate_hz != ev->text_rate_hz))
			continue;
		if (a->seen != EF_VERDICT_APP_UNAFFECTED || a->has_repeated)
			return false;
		/* the head must hold 8 bytes of a second line that differs from the first */
		if (n < 8 || a->head_len < n + 8 || memcmp(a->head, a->head + n, 8) == 0)
			return false;
		if (first && memcmp(first->head, a->head, n + 8) != 0)
			return false;
		first = a;
		alike++;
	}
	return alike >= RESTARTS_MIN;
}

static struct ef_boot_counts counts_of(const struct ef_evidence *ev)
{
	struct ef_boot_counts now = { 0 };
	const struct ef_boot_counts *b = &ev->boots;

	/* prefer the running counts, which cover all output; a test may supply a log only */
	if (b->starts || b->software || b->watchdog || b->power || b->empty || b->downloads)
		return *b;
	ef_boot_count(ev->rx.data, ev->rx.len, &now);
	return now;
}

static bool has_boot_line(const struct ef_rx_log *rx)
{
	return boot_find_last(rx, boot_is_start) != NULL;
}

/* Most ESP32-C2 boards have a 26 MHz crystal, so their ROM prints at this rate by design. */
static bool is_usual_rate(const struct ef_evidence *ev)
{
	const struct ef_chip *chip = boot_chip(&ev->rx);

	return chip && (chip->flags & EF_CHIP_ROM_BAUD_ASSUMES_40M);
}

/* ---- whose starts ---- */

/* Count the resets after which we could have read a start, because the rate was right. */
static unsigned legible_resets(const struct ef_evidence *ev)
{
	unsigned garbled = ev->reactions.garbled;

	return ev->resets > garbled ? ev->resets - garbled : 0;
}

/*
 * Return whether our resets started the chip. A user at RESET, a watchdog on the board or a loose
 * wire start it as well, so nearly all resets must have been followed by a start: one start may get
 * lost in noise, and the sequences for other boards need not reset this one.
 */
static bool resets_match(const struct ef_evidence *ev)
{
	unsigned resets = legible_resets(ev);

	return resets >= 2 && ev->reactions.restarts + resets / 4 >= resets;
}

static bool resets_work(const struct ef_evidence *ev, const struct ef_boot_counts *b)
{
	const struct ef_reactions *r = &ev->reactions;

	if (!resets_match(ev) || b->starts > 2 * ev->resets)
		return false;
	/* a crash may be the reason of a start without a banner; connect_hold finds out */
	return r->unnamed == 0 || (ev->was_held && !ev->held_bytes);
}

/* Too few of the resets were followed by a start, so other causes started the chip. */
static bool resets_fail(const struct ef_evidence *ev)
{
	unsigned resets = legible_resets(ev);

	return resets >= RESETS_MIN && ev->reactions.restarts * 3 <= resets;
}

/* Count the attempts in which an application went on printing, with no start after the reset. */
static unsigned unaffected(const struct ef_evidence *ev)
{
	unsigned count = 0;

	for (unsigned i = 0; i < ev->attempts; i++)
		count += ev->attempt[i].strategy[0] &&
			 ev->attempt[i].seen == EF_VERDICT_APP_UNAFFECTED;
	return count;
}

bool diagnose_wants_hold(const struct ef_evidence *ev)
{
	const struct ef_reactions *r = &ev->reactions;
	enum ef_verdict verdict = ef_diagnose(ev);

	if (ev->was_held)
		return false;
	return (verdict == EF_VERDICT_APP_UNAFFECTED && seems_restarted(ev)) ||
	       (verdict == EF_VERDICT_OTHER_STARTS && r->unnamed && resets_match(ev));
}

/* Judge a chip that boots from flash although the lines were used. */
static enum ef_verdict of_flash_boot(const struct ef_evidence *ev, const struct ef_boot_counts *b)
{
	unsigned by_itself = b->watchdog + b->software;

	if (resets_fail(ev)) {
		if (by_itself >= 2)
			return EF_VERDICT_WATCHDOG;
		/* a ROM that reports bad flash is not muted: EN would have left a banner */
		if (b->empty && !has_boot_line(&ev->rx))
			return EF_VERDICT_WATCHDOG;
		if (unaffected(ev) >= RESETS_MIN)
			return EF_VERDICT_APP_UNAFFECTED;
	}
	if (!resets_work(ev, b))
		return EF_VERDICT_OTHER_STARTS;
	return b->empty ? EF_VERDICT_EMPTY_FLASH : EF_VERDICT_FLASH_BOOT;
}

bool diagnose_is_deaf(const struct ef_evidence *ev)
{
	/* one may be chance: our sequence's next step, or a user at RESET, ended download mode */
	unsigned wanted = ev->resets > 1 ? 2 : 1;

	return ef_diagnose_log(&ev->rx) == EF_VERDICT_NO_SYNC_REPLY &&
	       ev->reactions.deaf_attempts >= wanted;
}

static enum ef_verdict of_boot_log(const struct ef_evidence *ev, enum ef_verdict log)
{
	const struct ef_boot_counts b = counts_of(ev);
	bool is_download = log == EF_VERDICT_NO_SYNC_REPLY;

	if (log == EF_VERDICT_ESP8266)
		return log;
	if (b.power >= (is_download ? 2u : 1u))
		return EF_VERDICT_BROWNOUT;
	/* the rate is no obstacle in download mode, where the ROM measures the host's rate */
	if (ev->text_rate_hz && log == EF_VERDICT_FLASH_BOOT && !is_usual_rate(ev) &&
	    boot_find_last(&ev->rx, boot_is_banner))
		return EF_VERDICT_OTHER_RATE;
	/* in download mode, only a watchdog that the application left running causes resets */
	if (b.download_restarts >= 2)
		return EF_VERDICT_DOWNLOAD_RESTARTS;
	if (is_download) /* too few SYNCs were sent to know whether it hears us */
		return diagnose_is_deaf(ev) ? log : EF_VERDICT_NONE;
	/* a greeting that is cut off before its straps does not show the boot mode */
	if (log == EF_VERDICT_BOOT_MODE && !has_boot_line(&ev->rx))
		return EF_VERDICT_NONE;
	if (log != EF_VERDICT_FLASH_BOOT)
		return log;
	if (ev->has_lines)
		return of_flash_boot(ev, &b);
	return b.empty ? EF_VERDICT_EMPTY_FLASH : log;
}

/* A loader answered, then fell silent: the reset reason in a boot log may say why. */
static enum ef_verdict of_lost(const struct ef_boot_counts *boots)
{
	if (boots->power)
		return EF_VERDICT_BROWNOUT;
	return boots->watchdog ? EF_VERDICT_DOWNLOAD_RESTARTS : EF_VERDICT_NONE;
}

/*
 * A chip's output among our own bytes doesn't change the fault in the wires. An application may
 * return a SYNC as well, so while the chip boots from flash one alone means little.
 */
static bool is_echoed(const struct ef_evidence *ev, enum ef_verdict log)
{
	const struct ef_reactions *r = &ev->reactions;

	return r->is_joined ||
	       (r->echoes && (r->echoes * 2 >= ev->syncs || log == EF_VERDICT_NO_SYNC_REPLY ||
			      log == EF_VERDICT_GARBAGE));
}

enum ef_verdict ef_diagnose(const struct ef_evidence *ev)
{
	enum ef_verdict log = ef_diagnose_log(&ev->rx);

	if (ev->was_answered)
		return of_lost(&ev->boots);
	if (ev->syncs == 0 && ev->rx.len == 0)
		return EF_VERDICT_NONE;
	/* a reset explains one loss; a port that leaves during our sequence was not reset by it */
	if (ev->port_flaps >= FLAPS_MIN || ev->port_losses >= ev->resets + 2 * FLAPS_MIN)
		return EF_VERDICT_PORT_FLAPS;
	if (is_echoed(ev, log))
		return EF_VERDICT_ECHO;
	switch (log) {
	case EF_VERDICT_SILENT:
	case EF_VERDICT_APP_UNAFFECTED:
		if (ev->is_native_usb)
			return EF_VERDICT_USB_BUSY;
		if (log == EF_VERDICT_SILENT && ev->reactions.stray_bytes >= STRAYS_MIN)
			return EF_VERDICT_NONE;
		if (log == EF_VERDICT_APP_UNAFFECTED && ev->was_held && !ev->held_bytes &&
		    seems_restarted(ev))
			return EF_VERDICT_FLASH_BOOT;
		/* a piece of a line, heard once, may be the beginning of a boot log */
		if (log == EF_VERDICT_APP_UNAFFECTED && unaffected(ev) < 2 &&
		    !is_console(&ev->rx) && !ef_find_bytes(ev->rx.data, ev->rx.len, "\n", 1))
			return EF_VERDICT_NONE;
		return log;
	case EF_VERDICT_ECHO:
	case EF_VERDICT_GARBAGE:
		return log;
	default:
		return of_boot_log(ev, log);
	}
}

/* ---- the message ---- */

/* Quote the last line: it shows what the application is doing now. */
static void quote_text(const struct ef_rx_log *rx, char ret[EF_QUOTE_SIZE])
{
	const uint8_t *p = rx->data + rx->len;

	while (p > rx->data && (p[-1] == '\r' || p[-1] == '\n'))
		p--;
	while (p > rx->data && p[-1] != '\r' && p[-1] != '\n')
		p--;
	if (rx->len)
		boot_quote_line(rx, p, ret);
}

/* The log shows a start that was not ours: quote what the application printed elsewhere. */
static void quote_head(const struct ef_evidence *ev, char ret[EF_QUOTE_SIZE])
{
	struct ef_rx_log head = { .len = 0 };

	for (unsigned i = 0; i < ev->attempts; i++) {
		const struct ef_attempt *a = &ev->attempt[i];

		if (a->seen != EF_VERDICT_APP_UNAFFECTED || first_line(a) < 2)
			continue;
		head.len = first_line(a);
		memcpy(head.data, a->head, head.len);
	}
	quote_text(&head, ret);
}

/* Find the line to quote: the one that led to the verdict, or else the parser's line. */
static const uint8_t *telling_line(const struct ef_rx_log *rx, enum ef_verdict verdict,
				   const uint8_t *line)
{
	const uint8_t *banner = NULL;

	/* the first banner shows our reset; later resets may be the application's */
	if (verdict == EF_VERDICT_FLASH_BOOT || verdict == EF_VERDICT_EMPTY_FLASH ||
	    verdict == EF_VERDICT_OTHER_STARTS)
		banner = boot_find_first(rx, boot_is_flash_mode);
	if (verdict == EF_VERDICT_BROWNOUT)
		banner = boot_find_last(rx, boot_is_power);
	if (verdict == EF_VERDICT_DOWNLOAD_RESTARTS)
		banner = boot_find_last(rx, boot_is_download_mode);
	if (verdict == EF_VERDICT_WATCHDOG || (verdict == EF_VERDICT_DOWNLOAD_RESTARTS && !banner))
		banner = boot_find_last(rx, boot_is_banner);
	return banner ? banner : line;
}

void ef_diagnose_quote(const struct ef_evidence *ev, char ret[EF_QUOTE_SIZE],
		       char ret_meaning[EF_MEANING_SIZE])
{
	enum ef_verdict verdict = ef_diagnose(ev);
	const struct ef_rx_log *rx = &ev->rx;
	struct boot_log log;

	ret[0] = '\0';
	ret_meaning[0] = '\0';
	boot_log_read(rx, &log);
	if (verdict == EF_VERDICT_APP_UNAFFECTED && log.verdict) {
		quote_head(ev, ret);
	} else if (log.verdict) {
		log.line = telling_line(rx, verdict, log.line);
		boot_quote_line(rx, log.line, ret);
		boot_meaning(rx, log.line, verdict == EF_VERDICT_BOOT_MODE, ret_meaning);
		if (verdict == EF_VERDICT_WATCHDOG && counts_of(ev).empty) {
			size_t len = strlen(ret_meaning);

			(void)ef_snprintf(ret_meaning + len, EF_MEANING_SIZE - len,
					  "%sits flash is empty, so that is normal",
					  len ? "; " : "");
		}
	} else if (is_text(rx)) {
		quote_text(rx, ret);
	} else if (rx->len) {
		ef_hex(ret, rx->data, rx->len < 16 ? rx->len : 16);
	}
}
