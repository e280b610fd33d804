/* SPDX-License-Identifier: MIT */
/*
 * Listens after a reset and tells from the output whether the application runs, the
 * chip stayed in download mode, or it restarts again and again. Silence proves
 * nothing, since many applications print nothing.
 */
#include "flasher/boot_log.h"
#include "flasher/flasher_priv.h"

#include <espflash/log.h>

#include <string.h>

/* A ROM prints these when it can't boot. So many of these lines, or so many resets, are a loop. */
static const char *const no_boot[] = { "invalid header: 0x", "flash read err", "ets_main.c" };
#define NO_BOOT_LINES 2u
#define LOOP_RESETS   3u
/* A USB device that enumerates again after the reset is back within this time. */
#define COME_BACK_MS 3000u
/* The device goes away for our reset, and perhaps for the application's own USB; more is a loop. */
#define RETURNS_MAX 3u

struct line {
	const char *text;
	size_t len;
};

/* Returns the next complete line, without its line end. False: there is no complete line. */
static bool next_line(const char **at, const char *end, struct line *ret)
{
	const char *stop = *at < end ? memchr(*at, '\n', (size_t)(end - *at)) : NULL;

	if (!stop)
		return false;
	ret->text = *at;
	ret->len = (size_t)(stop - *at);
	while (ret->len && ret->text[ret->len - 1] == '\r')
		ret->len--;
	*at = stop + 1;
	return true;
}

static bool has(const struct line *l, const char *word)
{
	return ef_find_text(l->text, l->len, word) != NULL;
}

static bool is_text(const struct line *l)
{
	unsigned shown = 0;

	for (size_t i = 0; i < l->len; i++) {
		unsigned char c = (unsigned char)l->text[i];

		if ((c < ' ' && c != '\t' && c != 27) || c == 127)
			return false;
		shown += c > ' ' && c < 127;
	}
	return shown >= 4;
}

/* Whether the ROM, the second-stage bootloader or a crash handler printed this line. */
static bool is_before_the_app(const struct line *l)
{
	static const char *const words[] = {
		"ESP-ROM:",      "Build:",          "rst:0x",
		"boot:0x",       "SPIWP:",          "mode:",
		"load:",         "entry 0x",        "ets ",
		"configsip:",    "clk_drv:",        "Saved PC:",
		") boot",        ") esp_image",     ") qio_mode",
		") flash_parts", ") flash_encrypt", "ho 0 tail",
		"csum err",      "Guru Meditation", "abort()",
		"Rebooting",     "Backtrace",       "Fatal exception (",
	};

	for (size_t i = 0; i < EF_ARRAY_LEN(words); i++)
		if (has(l, words[i]))
			return true;
	return false;
}

/* Matches ESP-IDF's panic handler, abort(), and the ROM's own handler for other applications. */
static bool is_crash(const struct line *l)
{
	return has(l, "Guru Meditation") || has(l, "abort() was") || has(l, "Fatal exception (");
}

static void quote(struct ef_start *ret, const struct line *l)
{
	(void)ef_strip_escapes(ret->line, sizeof(ret->line), l->text, l->len);
	ef_clean_text(ret->line);
}

/*
 * At the end of the output: an application that crashed no longer counts as running, and
 * since some ROMs wait silently, the download mode in the banner decides.
 */
static void judge_silence(const struct line *mode, bool has_crashed, struct ef_start *ret)
{
	if (has_crashed && ret->state == EF_START_RUNNING)
		*ret = (struct ef_start){ .state = EF_START_SILENT };
	if (ret->state != EF_START_SILENT || !mode->len)
		return;
	ret->state = EF_START_DOWNLOAD;
	quote(ret, mode);
}

void ef_start_judge(const char *text, size_t len, struct ef_start *ret)
{
	const char *at = text, *end = text + len;
	unsigned resets = 0, failures = 0;
	bool has_crashed = false;
	struct line l, mode = { NULL, 0 };

	*ret = (struct ef_start){ .state = EF_START_SILENT };
	while (next_line(&at, end, &l)) {
		bool is_failure = false;

		for (size_t i = 0; i < EF_ARRAY_LEN(no_boot); i++)
			is_failure = is_failure || has(&l, no_boot[i]);
		resets += has(&l, "rst:0x");
		failures += is_failure;
		has_crashed = has_crashed || is_crash(&l);
		if (has(&l, "boot:0x"))
			mode = boot_is_download((const uint8_t *)l.text, l.len)
				       ? l
				       : (struct line){ NULL, 0 };
		if (boot_waits((const uint8_t *)l.text, l.len)) {
			ret->state = EF_START_DOWNLOAD;
		} else if (is_crash(&l) && resets) {
			/* a crash before the first banner may be the old application's */
			if (ret->state == EF_START_CRASHED)
				continue;
			ret->state = EF_START_CRASHED;
		} else if (resets >= LOOP_RESETS || failures >= NO_BOOT_LINES) {
			ret->state = EF_START_LOOP;
		} else if (!is_failure && !has_crashed && !is_before_the_app(&l) && is_text(&l)) {
			ret->state = EF_START_RUNNING;
			/* quote the application's first line, not its latest */
			if (ret->line[0])
				continue;
		} else {
			continue;
		}
		quote(ret, &l);
		/* RUNNING and CRASHED may still turn into a crash or a loop */
		if (ret->state != EF_START_RUNNING && ret->state != EF_START_CRASHED)
			return;
	}
	judge_silence(&mode, has_crashed, ret);
}

/*
 * The reset made the USB device vanish: wait for it. *ret false: it did not come back in
 * time, which is no error.
 */
static bool listen_again(struct ef_flasher *f, bool *ret, struct ef_err *err)
{
	ef_log(EF_LOG_DEBUG, "listening: %s", err->msg);
	if (err->code != EF_E_PORT)
		return false;
	ef_err_clear(err);
	*ret = ef_port_reopen(f->port, ef_port_deadline(f->port, COME_BACK_MS), err);
	if (*ret || err->code == EF_E_INTR)
		return *ret;
	ef_err_clear(err); /* the flash is written, so a lost port only ends the listening */
	return true;
}

static void keeps_leaving(const struct ef_flasher *f, unsigned times, struct ef_start *ret)
{
	ret->state = EF_START_LOOP;
	(void)ef_snprintf(ret->line, sizeof(ret->line), "'%s' went away %u times",
			  f->port->info.name, times);
}

void ef_flasher_will_listen(struct ef_flasher *f)
{
	f->is_listened_to = true;
}

/* After one crash go on listening: it may be the first of a loop. */
static bool is_certain(enum ef_start_state state)
{
	return state != EF_START_SILENT && state != EF_START_CRASHED;
}

bool ef_flasher_listen(struct ef_flasher *f, uint32_t limit_ms, struct ef_start *ret,
		       struct ef_err *err)
{
	uint64_t deadline_us = ef_port_deadline(f->port, limit_ms);
	char text[EF_LISTEN_MAX];
	size_t len = 0, got;
	unsigned returns = 0;
	bool is_there = true;

	*ret = (struct ef_start){ .state = EF_START_SILENT };
	while (is_there && !is_certain(ret->state) && len < sizeof(text) &&
	       ef_port_now_us(f->port) < deadline_us) {
		if (!ef_port_read(f->port, (uint8_t *)text + len, sizeof(text) - len, deadline_us,
				  &got, err)) {
			if (!listen_again(f, &is_there, err))
				return false;
			/* the chip's output begins only now, so start the time again */
			if (is_there && ++returns > RETURNS_MAX)
				keeps_leaving(f, returns, ret);
			deadline_us = ef_port_deadline(f->port, limit_ms);
			continue;
		}
		len += got;
		ef_start_judge(text, len, ret);
	}
	return true;
}
