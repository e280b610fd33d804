/* SPDX-License-Identifier: MIT */
/*
 * Finds the words of the tables in a line, and tells a line that a ROM, a bootloader
 * or a crash handler printed from one that only mentions such a line.
 */
#include <string.h>

#include "base/text.h"
#include "console/words.h"

/* Fewer characters than this before a ROM's words are noise, not an application's text. */
#define FOREIGN_MIN 4u
/* A banner's ":0x" lies within this many bytes, even if some noise precedes "rst:0x". */
#define RST_REACH 9u
/* Fewer visible characters than this may be noise. */
#define TEXT_MIN 4u

struct text {
	const char *p;
	size_t len;
	struct ef_console_log log;
	struct console_set words; /* those that it may have */
};

/* ---- whose words they are ---- */

static const char *find(const struct text *t, size_t from, const char *word)
{
	return ef_find_text(t->p + from, t->len - from, word);
}

/*
 * Return whether readable text precedes the hit. A ROM prints its words at the start of a line or
 * after "rst:0x". Unreadable bytes before them are noise and don't count.
 */
static bool is_foreign(const struct text *t, const char *hit)
{
	size_t len = (size_t)(hit - t->p), shown = 0;

	for (const char *p = t->p; p < hit; p++)
		shown += *p >= 0x20 && *p < 0x7f;
	if (len < FOREIGN_MIN || shown < len - len / 4)
		return false;
	/* a ROM's banner whose start is missing or damaged */
	if ((hit[-2] == ')' && hit[-1] == ',') || ef_find_text(t->p, len, "),boot:0x"))
		return false;
	return !ef_find_text(t->p, len < RST_REACH ? len : RST_REACH, ":0x");
}

/*
 * Return whether the line only mentions the words: it quotes them, or reports what happened
 * earlier. A crash can interrupt any line in the middle of a word, so text before the hit proves
 * nothing by itself.
 */
static bool is_mention(const struct text *t, const char *hit)
{
	const char *before = hit;

	if (hit == t->p)
		return false;
	/* a log line: the words are its whole message, stand behind the tag, or interrupt it */
	if (t->log.level) {
		bool is_whole = t->log.level == 'E' &&
				(hit == t->p + t->log.at || hit == t->log.tag);

		return !is_whole && strchr(" \"'(:", hit[-1]) != NULL;
	}
	/* Zephyr's logs: "[00:00:00.010,000] <err> os: ", and the short "E: " */
	if (ef_find_text(t->p, (size_t)(hit - t->p), "<err>") ||
	    (hit - t->p == 3 && memcmp(t->p, "E: ", 3) == 0))
		return false;
	while (before > t->p && before[-1] == ' ')
		before--;
	return before > t->p && strchr("\"'`(:=", before[-1]) != NULL;
}

/* Return whether more follows the words than a few bytes of noise. */
static bool goes_on(const struct text *t, const char *end)
{
	return t->p + t->len - end >= (ptrdiff_t)TEXT_MIN;
}

static bool has_tag(const struct words *w, const struct ef_console_log *log)
{
	if (w->stage == EF_CONSOLE_LOADER)
		return console_is_loader_tag(log->tag, log->tag_len);
	for (size_t i = 0; w->tags[i]; i++)
		if (strlen(w->tags[i]) == log->tag_len &&
		    memcmp(w->tags[i], log->tag, log->tag_len) == 0)
			return true;
	return false;
}

/* Return the start of the words; NULL: the line does not have them, or only mentions them. */
static const char *match(const struct words *w, const struct word *word, const struct text *t)
{
	bool in_log = word->place == WORD_IN_LOG;
	const char *hit;

	if (in_log && (!t->log.level || !t->log.tag_len || !has_tag(w, &t->log)))
		return NULL;
	hit = find(t, in_log ? t->log.at : 0, word->text);
	if (!hit)
		return NULL;
	if (word->then && !find(t, (size_t)(hit - t->p) + strlen(word->text), word->then))
		return NULL;
	if (word->place == WORD_AT_START && is_foreign(t, hit))
		return NULL;
	/* an application can wait for a download, too, and then names it */
	if (word->kind == EF_CONSOLE_WAITS && goes_on(t, hit + strlen(word->text)))
		return NULL;
	return word->place == WORD_ANYWHERE && is_mention(t, hit) ? NULL : hit;
}

/* ---- further facts in the line ---- */

static size_t hex_at(const struct text *t, const char *p, uint32_t *ret)
{
	size_t n = 0;
	uint32_t v = 0;

	for (; p + n < t->p + t->len && n < 8; n++) {
		int digit = ef_digit_value(p[n]);

		if (digit < 0 || digit > 15)
			break;
		v = v << 4 | (uint32_t)digit;
	}
	*ret = v;
	return n;
}

/* Read the number behind word, as in "rst:0x10". */
static bool hex_after(const struct text *t, const char *word, uint32_t *ret)
{
	const char *p = find(t, 0, word);

	return p && hex_at(t, p + strlen(word), ret) > 0;
}

/* Copy the rest of the line, or up to stop, without blanks around it. */
static void take_text(const struct text *t, const char *p, const char *stop,
		      struct ef_console_event *ret)
{
	const char *end = t->p + t->len;
	size_t n;

	while (p < end && *p == ' ')
		p++;
	n = (size_t)(end - p);
	for (size_t i = 0; stop && i < n; i++)
		if (strchr(stop, p[i]))
			n = i;
	while (n > 0 && p[n - 1] == ' ')
		n--;
	if (n >= sizeof(ret->text))
		n = sizeof(ret->text) - 1;
	memcpy(ret->text, p, n);
	ret->text[n] = '\0';
	ef_clean_text(ret->text);
}

static void take_facts(const struct text *t, const char *hit, const struct word *word,
		       struct ef_console_event *ret)
{
	const char *p = hit + strlen(word->text);
	uint32_t value;
	bool is_ets;

	switch (ret->kind) {
	case EF_CONSOLE_GREETING:
		is_ets = word->text[0] == 'e';
		take_text(t, is_ets ? hit : p, is_ets ? NULL : " \r", ret);
		break;
	case EF_CONSOLE_LOADER_ON:
		take_text(t, p, " \r", ret);
		break;
	case EF_CONSOLE_PROJECT:
	case EF_CONSOLE_VERSION:
		take_text(t, p, NULL, ret);
		break;
	case EF_CONSOLE_ELF_HASH: /* "0123abcd..." */
		take_text(t, p, ".", ret);
		break;
	case EF_CONSOLE_FAILURE: /* "invalid header: 0xffffffff" */
		ret->is_erased = strcmp(word->text, "invalid header: 0x") == 0 &&
				 hex_at(t, p, &value) == 8 && value == UINT32_MAX;
		break;
	case EF_CONSOLE_LOADED:
		p += t->p + t->len - p >= 2 && memcmp(p, "0x", 2) == 0 ? 2 : 0;
		/* a number that is cut or damaged names nothing */
		if (hex_at(t, p, &ret->offset) == 0)
			ret->kind = EF_CONSOLE_LOADER_LINE;
		break;
	default:
		break;
	}
}

/* ---- lines with a grammar of their own ---- */

/* "(DOWNLOAD(USB/UART0))"; straps can also select one interface: "UART0_BOOT", "USB_BOOT" */
static enum ef_console_mode mode_of(const struct text *t, const char *boot)
{
	size_t left = t->len - (size_t)(boot - t->p);

	if (ef_find_text(boot, left, "(DOWNLOAD") || ef_find_text(boot, left, "(UART") ||
	    ef_find_text(boot, left, "(USB"))
		return EF_CONSOLE_MODE_DOWNLOAD;
	if (ef_find_text(boot, left, "SPI_FAST_FLASH"))
		return EF_CONSOLE_MODE_FLASH;
	return ef_find_text(boot, left, "_BOOT)") ? EF_CONSOLE_MODE_OTHER : EF_CONSOLE_MODE_UNKNOWN;
}

/*
 * Look for the names of resets that all ROMs use (the strings in their ELFs). The first match
 * counts.
 */
static enum ef_console_cause cause_of(const char *reason)
{
	static const struct {
		const char *word;
		enum ef_console_cause cause;
	} words[] = {
		/* "RTCWDT_BROWN_OUT_RESET", "BROWNOUT_RST", "LP_BOD_SYS" */
		{ "BROWN", EF_CONSOLE_CAUSE_BROWNOUT },
		{ "_BOD_", EF_CONSOLE_CAUSE_BROWNOUT },
		{ "LOCKUP", EF_CONSOLE_CAUSE_LOCKUP },
		/* tools use an RTC watchdog to start the app of chips without a reset line */
		{ "RTCWDT", EF_CONSOLE_CAUSE_NONE },
		{ "RTC_WDT", EF_CONSOLE_CAUSE_NONE },
		{ "LP_WDT", EF_CONSOLE_CAUSE_NONE },
		{ "WDT", EF_CONSOLE_CAUSE_WATCHDOG },
		/* "DEEPSLEEP_RESET", "DSLEEP", "SLEEP_WAKEUP"; P4, S31: "PMU_SYS_PWR_DOWN_RESET" */
		{ "SLEEP", EF_CONSOLE_CAUSE_WAKE_UP },
		{ "PWR_DOWN", EF_CONSOLE_CAUSE_WAKE_UP },
	};

	for (size_t i = 0; i < EF_ARRAY_LEN(words); i++)
		if (strstr(reason, words[i].word))
			return words[i].cause;
	return EF_CONSOLE_CAUSE_NONE;
}

/* "rst:0x1 (POWERON": another reset cut the line off in the name of the first. */
static bool is_cut_banner(const struct text *t, const char *rst, const char *open,
			  const char *close)
{
	const char *end = t->p + t->len;

	if (rst != t->p || !open || close || end - open < 4)
		return false;
	for (const char *p = open + 1; p < end; p++)
		if (*p != '_' && (*p < 'A' || *p > 'Z') && (*p < '0' || *p > '9'))
			return false;
	return true;
}

/* "rst:0x1 (POWERON),boot:0x8 (SPI_FAST_FLASH_BOOT)"; text becomes the reason's name. */
static bool is_banner(const struct text *t, struct ef_console_event *ret)
{
	const char *rst = find(t, 0, "rst:0x"), *boot = find(t, 0, "boot:0x");
	const char *hit = rst ? rst : boot, *end = t->p + t->len, *open, *close;

	/* the name of the mode alone: the start of the banner is damaged */
	if (!hit)
		hit = boot = find(t, 0, " (DOWNLOAD");
	if (!hit)
		hit = boot = find(t, 0, "SPI_FAST_FLASH_BOOT");
	if (!hit || is_foreign(t, hit))
		return false;
	*ret = (struct ef_console_event){ .kind = EF_CONSOLE_RESET,
					  .stage = EF_CONSOLE_ROM,
					  .source = "ROM" };
	ret->has_reset = rst && hex_after(t, "rst:0x", &ret->reset);
	ret->has_straps = boot && hex_after(t, "boot:0x", &ret->straps);
	if (boot)
		ret->mode = mode_of(t, boot);
	open = rst ? memchr(rst, '(', (size_t)(end - rst)) : NULL;
	close = open ? memchr(open, ')', (size_t)(end - open)) : NULL;
	if (close && end - close > 2 && memcmp(close, "),b", 3) == 0 && close > open + 1) {
		const struct text name = { .p = open + 1, .len = (size_t)(close - open) - 1 };

		take_text(&name, name.p, NULL, ret);
		ret->cause = cause_of(ret->text);
	}
	/* only one of both: the other is damaged, or this is not a banner */
	return (ret->has_reset && (ret->text[0] || boot || is_cut_banner(t, rst, open, close))) ||
	       (!rst && ret->mode);
}

/* Recognize the ROM of the ESP8266: "ets Jan 8 2013,rst cause:2, boot mode:(3,6)". */
static bool is_esp8266(const struct text *t, struct ef_console_event *ret)
{
	if (!find(t, 0, "rst cause:") || !find(t, 0, "boot mode:("))
		return false;
	*ret = (struct ef_console_event){ .kind = EF_CONSOLE_GREETING,
					  .stage = EF_CONSOLE_ROM,
					  .is_unsupported = true,
					  .source = "ROM" };
	(void)ef_strlcpy(ret->text, sizeof(ret->text), "esp8266");
	return true;
}

/* core's messages: "panicked at src/main.rs:1:2:", "thread 'main' panicked at 'text', ..." */
static bool is_rust_panic(const struct text *t)
{
	static const char words[] = "panicked at ";
	const char *at = find(t, 0, words), *end = t->p + t->len;

	if (!at)
		return false;
	if (at != t->p && t->log.level != 'E' && !find(t, 0, "ERROR") &&
	    !(t->len > 7 && memcmp(t->p, "thread ", 7) == 0 && at[-1] == ' '))
		return false;
	if (t->log.level == 'E' && at != t->p + t->log.at)
		return false;
	at += sizeof(words) - 1;
	return at < end &&
	       (*at == '\'' || *at == '"' || ef_find_text(at, (size_t)(end - at), ".rs:"));
}

/* "I (62) boot:  0 nvs              WiFi data        01 02 00009000 00006000" */
static bool is_partition(const struct text *t, struct ef_console_event *ret)
{
	const char *p = t->p + t->log.at, *end = t->p + t->len, *digits;
	uint32_t off, size;

	while (p < end && *p == ' ')
		p++;
	digits = p;
	while (p < end && *p >= '0' && *p <= '9')
		p++;
	if (p == digits || p >= end || *p != ' ' || end - p < 20 ||
	    hex_at(t, end - 8, &size) != 8 || end[-9] != ' ' || hex_at(t, end - 17, &off) != 8)
		return false;
	ret->kind = EF_CONSOLE_PARTITION;
	ret->offset = off;
	take_text(t, p + 1, " ", ret);
	return true;
}

/* ---- all together ---- */

static void tell(const struct console_entry *e, struct ef_console_event *ret)
{
	bool is_crash = e->word->kind == EF_CONSOLE_CRASH;

	*ret = (struct ef_console_event){ .kind = e->word->kind,
					  .stage = e->of->stage,
					  .is_final = e->word->is_final && !is_crash,
					  .is_heading = e->word->is_final && is_crash,
					  .what = e->word->what,
					  .source = e->of->source };
}

static bool look_up(enum console_table table, const struct text *t, struct ef_console_event *ret)
{
	const struct console_entry *e;
	unsigned n = 0;

	while ((e = console_next_word(&t->words, table, &n)) != NULL) {
		const char *hit = match(e->of, e->word, t);

		if (!hit)
			continue;
		tell(e, ret);
		take_facts(t, hit, e->word, ret);
		return true;
	}
	return false;
}

static bool is_loader_log(const struct text *t, struct ef_console_event *ret)
{
	if (!t->log.level || !console_is_loader_tag(t->log.tag, t->log.tag_len))
		return false;
	*ret = (struct ef_console_event){ .kind = t->log.level == 'E' ? EF_CONSOLE_FAILURE
								      : EF_CONSOLE_LOADER_LINE,
					  .stage = EF_CONSOLE_LOADER,
					  .source = "ESP-IDF" };
	(void)is_partition(t, ret);
	return true;
}

/* A line is text if it is readable, and long enough not to be noise. */
static enum ef_console_kind kind_of_rest(const struct text *t)
{
	size_t shown = 0;

	for (size_t i = 0; i < t->len; i++) {
		unsigned char c = (unsigned char)t->p[i];

		if ((c < ' ' && c != '\t' && c != '\b' && c != 27) || c == 127)
			return EF_CONSOLE_NOISE;
		shown += c > ' ';
	}
	if (shown == 0)
		return EF_CONSOLE_EMPTY;
	return shown >= TEXT_MIN && ef_utf8_is_valid(t->p, t->len) ? EF_CONSOLE_TEXT
								   : EF_CONSOLE_NOISE;
}

void ef_console_classify(const char *line, size_t len, struct ef_console_event *ret)
{
	struct text t = { .p = line, .len = len };

	while (t.len > 0 && (t.p[0] == ' ' || t.p[0] == '\t' || t.p[0] == '\r')) {
		t.p++;
		t.len--;
	}
	while (t.len > 0 && (t.p[t.len - 1] == '\r' || t.p[t.len - 1] == ' '))
		t.len--;
	console_words_of(t.p, t.len, &t.words);
	ef_console_log_line(t.p, t.len, &t.log);
	if (is_banner(&t, ret) || is_esp8266(&t, ret) || look_up(CONSOLE_CRASH_WORDS, &t, ret))
		return;
	if (is_rust_panic(&t)) {
		*ret = (struct ef_console_event){ .kind = EF_CONSOLE_CRASH, .source = "Rust" };
		return;
	}
	if (look_up(CONSOLE_ROM_WORDS, &t, ret) || look_up(CONSOLE_LOADER_WORDS, &t, ret) ||
	    is_loader_log(&t, ret) || look_up(CONSOLE_APP_WORDS, &t, ret))
		return;
	*ret = (struct ef_console_event){ .kind = kind_of_rest(&t), .source = "" };
}
