/* SPDX-License-Identifier: MIT */
/*
 * Turns bytes into lines, and knows in which order a ROM, a bootloader and an application can
 * print, so that words count only from a program that can be running.
 */
#include <string.h>

#include "base/text.h"
#include "console/words.h"

/* ---- one boot ---- */

static void begin_boot(struct ef_console *c, enum ef_console_stage stage)
{
	c->stage = stage;
	c->has_load = c->has_entry = c->names_offset = c->is_loaded = c->is_ended = c->is_mcuboot =
		false;
}

static void be_text(struct ef_console_event *e, enum ef_console_stage stage)
{
	*e = (struct ef_console_event){ .kind = EF_CONSOLE_TEXT, .stage = stage, .source = "" };
}

/* Recognize Zephyr's short log format, "I: text", which MCUboot uses. */
static bool is_short_log(const char *line, size_t len)
{
	return len > 3 && strchr("EWID", line[0]) && line[0] && line[1] == ':' && line[2] == ' ';
}

/*
 * Decides which program printed a line that is in no table. After a bootloader that names the app
 * it starts, and before it has done so, only the bootloader can. The ROM announces that it starts
 * what it loaded ("entry 0x..."), so what comes before is the ROM's.
 */
static void judge_text(struct ef_console *c, const char *line, size_t len,
		       struct ef_console_event *e)
{
	if (c->is_ended) {
		e->stage = EF_CONSOLE_UNKNOWN;
	} else if (c->stage == EF_CONSOLE_LOADER && c->is_mcuboot && is_short_log(line, len)) {
		e->kind = line[0] == 'E' ? EF_CONSOLE_FAILURE : EF_CONSOLE_LOADER_LINE;
		e->stage = EF_CONSOLE_LOADER;
	} else if ((c->stage == EF_CONSOLE_ROM && !c->has_entry) ||
		   (c->stage == EF_CONSOLE_LOADER && c->names_offset && !c->is_loaded)) {
		e->stage = c->stage;
	} else if (c->stage != EF_CONSOLE_UNKNOWN) {
		c->stage = e->stage = EF_CONSOLE_APP;
	}
}

/*
 * After "entry 0x..." the ROM has handed over: it no longer waits for a host or loads anything.
 * After the bootloader's first words the ROM prints only if the bootloader returns to it.
 */
static bool can_be_rom(const struct ef_console *c, const struct ef_console_event *e)
{
	switch (c->stage) {
	case EF_CONSOLE_APP:
		return false;
	case EF_CONSOLE_LOADER:
		return e->is_final;
	default:
		return !c->has_entry || e->kind == EF_CONSOLE_FAILURE;
	}
}

static void judge_rom(struct ef_console *c, const char *line, size_t len,
		      struct ef_console_event *e)
{
	if (!can_be_rom(c, e)) {
		be_text(e, c->stage);
		if (c->stage != EF_CONSOLE_APP)
			judge_text(c, line, len, e);
		return;
	}
	if (c->stage == EF_CONSOLE_UNKNOWN)
		c->stage = EF_CONSOLE_ROM;
	c->has_load |= e->kind == EF_CONSOLE_LOAD;
	c->has_entry |= e->kind == EF_CONSOLE_ENTRY;
}

static void judge_loader(struct ef_console *c, struct ef_console_event *e)
{
	/* where an eFuse mutes the ROM, this is the first sign of a restart */
	if (e->kind == EF_CONSOLE_LOADER_ON && c->stage == EF_CONSOLE_APP)
		begin_boot(c, EF_CONSOLE_LOADER);
	if (c->stage == EF_CONSOLE_APP) {
		be_text(e, EF_CONSOLE_APP);
		return;
	}
	c->stage = EF_CONSOLE_LOADER;
	c->is_loaded |= e->kind == EF_CONSOLE_LOADED;
	if (e->kind != EF_CONSOLE_LOADER_ON)
		return;
	c->names_offset = strcmp(e->source, "ESP-IDF") == 0;
	c->is_mcuboot = strcmp(e->source, "MCUboot") == 0;
}

void ef_console_place(struct ef_console *c, const char *line, size_t len,
		      struct ef_console_event *event)
{
	switch (event->kind) {
	case EF_CONSOLE_GREETING:
	case EF_CONSOLE_RESET:
		begin_boot(c, EF_CONSOLE_ROM);
		break;
	case EF_CONSOLE_TEXT:
		judge_text(c, line, len, event);
		break;
	case EF_CONSOLE_CRASH:
		event->stage = c->stage;
		c->is_ended = true;
		break;
	case EF_CONSOLE_CRASH_PART:
	case EF_CONSOLE_CRASH_END:
		/* without a crash before it, an application prints such a line */
		if (!c->is_ended && c->stage == EF_CONSOLE_APP)
			be_text(event, EF_CONSOLE_APP);
		break;
	default:
		if (event->stage == EF_CONSOLE_ROM)
			judge_rom(c, line, len, event);
		else if (event->stage == EF_CONSOLE_LOADER)
			judge_loader(c, event);
		else if (event->stage == EF_CONSOLE_APP && !c->is_ended)
			c->stage = EF_CONSOLE_APP;
		break;
	}
	c->is_ended |= event->kind == EF_CONSOLE_FAILURE && event->is_final;
}

void ef_console_line(struct ef_console *c, const char *line, size_t len,
		     struct ef_console_event *ret)
{
	ef_console_classify(line, len, ret);
	ef_console_place(c, line, len, ret);
}

/* ---- bytes ---- */

static void end_line(struct ef_console *c, ef_console_sink *sink, void *user)
{
	struct ef_console_event event;
	size_t len;

	if (c->len == 0)
		return;
	len = ef_strip_escapes(c->line, sizeof(c->line), c->line, c->len);
	c->len = 0;
	ef_console_line(c, c->line, len, &event);
	sink(user, c->line, len, &event);
}

void ef_console_feed(struct ef_console *c, const void *data, size_t len, ef_console_sink *sink,
		     void *user)
{
	const char *p = data;

	for (size_t i = 0; i < len; i++) {
		/* a serial line that idles low reads as NUL */
		if (p[i] == '\r' || p[i] == '\n')
			end_line(c, sink, user);
		else if (p[i] && c->len < sizeof(c->line) - 1)
			c->line[c->len++] = p[i];
	}
}
