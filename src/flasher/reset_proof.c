/* SPDX-License-Identifier: MIT */
/*
 * Proves that a reset by DTR and RTS had an effect, for a caller that doesn't know what the chip
 * did before. Knows which words could also come from a chip that starts by itself at that moment:
 * one that was just plugged in, or one that restarts again and again.
 */
#include "flasher/connect_priv.h"
#include "flasher/reset_check.h"

#include <espflash/console.h>

#include "base/util.h"

/*
 * A board with a large capacitor at EN starts 300 ms after the pulse. A busy host or a network is
 * slower still.
 */
#define LISTEN_MS        1000u
#define LISTEN_REMOTE_MS 1500u
/* All ROMs: the number of the reset by power or EN (esp_rom/include/<chip>/rom/rtc.h). */
#define RESET_BY_EN 1u

struct words {
	struct ef_console console;
	struct ef_reset_proof *ret;
	/* a line of a start, or of a bootloader, came without a banner before it */
	bool has_start, has_loader;
	bool is_over; /* the first boot's words proved or refuted the reset */
};

static void quote(struct words *w, const char *line, size_t len)
{
	if (w->ret->line[0])
		return;
	(void)ef_strip_escapes(w->ret->line, sizeof(w->ret->line), line, len);
	ef_clean_text(w->ret->line);
}

/* A banner names the cause of its reset. With any cause but EN, the chip reset itself. */
static void take_banner(struct words *w, const char *line, size_t len,
			const struct ef_console_event *e)
{
	w->ret->line[0] = '\0';
	quote(w, line, len);
	w->is_over = true;
	w->ret->is_download = e->mode == EF_CONSOLE_MODE_DOWNLOAD;
	w->ret->is_by_itself = w->has_start || (e->has_reset && e->reset != RESET_BY_EN);
	w->ret->is_proved = !w->ret->is_by_itself;
}

/* A line that a ROM or bootloader prints only while it starts something. */
static bool is_of_start(const struct ef_console_event *e)
{
	switch (e->kind) {
	case EF_CONSOLE_LOAD:
	case EF_CONSOLE_ENTRY:
	case EF_CONSOLE_WAITS:
	case EF_CONSOLE_LOADER_ON:
	case EF_CONSOLE_LOADER_LINE:
	case EF_CONSOLE_PARTITION:
	case EF_CONSOLE_LOADED:
		return true;
	default:
		return false;
	}
}

/*
 * The ROM's banner was lost: it talks at another rate, or an eFuse silences it. One start is proof
 * enough, but the next shows a chip that starts again and again.
 */
static void take_start(struct words *w, const char *line, size_t len,
		       const struct ef_console_event *e)
{
	bool is_again = w->has_start && e->kind == EF_CONSOLE_LOADER_ON && w->has_loader;

	w->has_loader |= e->kind == EF_CONSOLE_LOADER_ON;
	w->has_start = true;
	w->ret->is_proved = !is_again;
	w->ret->is_by_itself = is_again;
	w->ret->is_download = e->kind == EF_CONSOLE_WAITS;
	w->is_over = is_again || w->ret->is_download;
	quote(w, line, len);
}

static void on_line(void *user, const char *line, size_t len, const struct ef_console_event *e)
{
	struct words *w = user;

	if (w->is_over)
		return;
	if (e->kind == EF_CONSOLE_RESET)
		take_banner(w, line, len, e);
	else if (is_of_start(e))
		take_start(w, line, len, e);
	else if (e->kind == EF_CONSOLE_TEXT || e->kind == EF_CONSOLE_APP_LINE)
		quote(w, line, len);
}

/*
 * A chip in reset is silent. Bytes may be under way when the pulse begins, but not in its second
 * half. ctx: a bool, whether the chip spoke then. Words from before the release are dropped.
 */
static bool hear_pulse(void *ctx, struct ef_port *port, uint64_t end_us, struct ef_err *err)
{
	bool *ret = ctx;
	uint64_t now_us = ef_port_now_us(port);
	uint64_t half_us = end_us > now_us ? (end_us - now_us) / 2 : 0;
	size_t heard;

	if (!ef_port_sleep_us(port, half_us, err) || !ef_port_discard(port, err) ||
	    !ef_port_sleep_us(port, half_us, err) ||
	    !ef_port_hear(port, 1, ef_port_now_us(port), &heard, err))
		return false;
	*ret = heard > 0;
	return ef_port_discard(port, err);
}

/* Garbage may be the words of a ROM with another crystal; its bootloader's follow. */
static bool listen_slower(struct ef_port *port, const uint8_t *data, size_t len, struct ef_err *err)
{
	if (port->rate_hz == CONNECT_OTHER_RATE || !ef_console_is_garbage(data, len))
		return true;
	return ef_port_set_baud(port, CONNECT_OTHER_RATE, err);
}

static bool listen(struct ef_port *port, struct ef_reset_proof *ret, struct ef_err *err)
{
	struct words w = { .ret = ret };
	uint32_t ms = port->caps & EF_PORT_REMOTE ? LISTEN_REMOTE_MS : LISTEN_MS;
	uint64_t deadline_us = ef_port_deadline(port, ms);
	uint8_t data[256];
	size_t len = 0, got;

	do {
		len = len < sizeof(data) ? len : 0;
		if (!ef_port_read(port, data + len, sizeof(data) - len, deadline_us, &got, err))
			return false;
		ef_console_feed(&w.console, data + len, got, on_line, &w);
		len += got;
		if (!listen_slower(port, data, len, err))
			return false;
		ret->has_words |= got > 0;
	} while (!w.is_over && ef_port_now_us(port) < deadline_us);
	return true;
}

/* Return whether the words show how the chip started. */
static bool is_conclusive(const struct ef_reset_proof *p)
{
	return p->is_proved || p->is_download || p->is_by_itself;
}

/*
 * A chip that prints no line, or that waits for a host, may run a loader that was not reset: a few
 * bytes are noise. If it answered before, its words may be late answers.
 */
static bool prove_once(const struct ef_reset_try *how, struct ef_rom *rom, bool is_again, void *ret,
		       enum ef_reset_effect *ret_effect, struct ef_err *err)
{
	struct ef_port *port = rom->port;
	struct ef_reset_proof *proof = ret;

	*proof = (struct ef_reset_proof){ .is_proved = false };
	if (!ef_port_set_baud(port, how->hear_hz, err) || !ef_rom_discard(rom, err) ||
	    !reset_with_pulse(how->reset, port, hear_pulse, &proof->is_talking, err) ||
	    !listen(port, proof, err))
		return false;
	proof->is_proved &= !proof->is_talking;
	*ret_effect = EF_RESET_HEARD;
	if (is_conclusive(proof) || (!is_again && proof->line[0]))
		return true;
	if (!reset_check_loader(rom, how->loader_hz, is_again, &proof->is_in_vain, err))
		return false;
	*ret_effect = proof->is_in_vain ? EF_RESET_IN_VAIN : EF_RESET_QUIET;
	return true;
}

bool ef_reset_prove(const struct ef_reset_try *how, struct ef_rom *rom, struct ef_reset_proof *ret,
		    struct ef_err *err)
{
	struct ef_port *port = rom->port;
	enum ef_reset_effect effect;

	if (how->reset->needs || !(port->caps & EF_PORT_HAS_LINES) || how->reset->step_count < 2) {
		*ret = (struct ef_reset_proof){ .has_no_wires = true };
		return ef_reset_run(how->reset, port, err);
	}
	return reset_either_way(how, rom, prove_once, ret, &effect, err);
}
