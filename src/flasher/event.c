/* SPDX-License-Identifier: MIT */
/*
 * Sends events, this layer's only way to reach the user. The caller may have set no event function.
 * Text may quote the chip, so its control characters are replaced.
 */
#include <stdarg.h>
#include <stdio.h>

#include <espflash/log.h>

#include "flasher/flasher_priv.h"

#define TEXT_SIZE 512

static void emit(struct ef_flasher *f, const struct ef_event *event)
{
	if (f->opts.event)
		f->opts.event(f->opts.event_user, event);
}

static void emit_text(struct ef_flasher *f, enum ef_event_kind kind, enum ef_hint_id hint,
		      const char *fmt, va_list ap) EF_PRINTF(4, 0);

/* FNV-1a, 64 bits (draft-eastlake-fnv). */
static uint64_t hash_text(const char *text)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (; *text; text++)
		hash = (hash ^ (uint8_t)*text) * 0x100000001b3u;
	return hash;
}

/* Recovery may take sixteen tries, and each gives the same warnings: the first is enough. */
static bool was_said(struct ef_said *said, const char *text)
{
	uint64_t hash = hash_text(text);

	for (unsigned i = 0; i < EF_SAID_MAX; i++) /* 0, of a free place, is no text's hash */
		if (said->hash[i] == hash)
			return true;
	said->hash[said->count++ % EF_SAID_MAX] = hash;
	return false;
}

static void emit_text(struct ef_flasher *f, enum ef_event_kind kind, enum ef_hint_id hint,
		      const char *fmt, va_list ap)
{
	char text[TEXT_SIZE];
	const struct ef_event event = { .kind = kind, .label = "", .text = text, .hint = hint };

	(void)vsnprintf(text, sizeof(text), fmt, ap); /* truncation is acceptable */
	ef_clean_text(text);
	if (kind == EF_EVENT_WARN && was_said(&f->said, text))
		ef_log(EF_LOG_DEBUG, "again: %s", text);
	else
		emit(f, &event);
}

void ef_event_info(struct ef_flasher *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	emit_text(f, EF_EVENT_INFO, EF_HINT_NONE, fmt, ap);
	va_end(ap);
}

void ef_event_warn(struct ef_flasher *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	emit_text(f, EF_EVENT_WARN, EF_HINT_NONE, fmt, ap);
	va_end(ap);
}

void ef_event_advise(struct ef_flasher *f, enum ef_hint_id hint, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	emit_text(f, EF_EVENT_WARN, hint, fmt, ap);
	va_end(ap);
}

void ef_event_progress(struct ef_flasher *f, enum ef_stage stage, const char *label, uint32_t addr,
		       uint64_t done, uint64_t total)
{
	const struct ef_event event = {
		.kind = EF_EVENT_PROGRESS,
		.stage = stage,
		.label = label ? label : "",
		.addr = addr,
		.done = done,
		.total = total,
		.text = "",
	};

	emit(f, &event);
}

void ef_event_region(struct ef_flasher *f, enum ef_event_kind kind, const char *label,
		     uint32_t addr, uint32_t len)
{
	const struct ef_event event = {
		.kind = kind,
		.stage = EF_STAGE_WRITE,
		.label = label ? label : "",
		.addr = addr,
		.done = len,
		.total = len,
		.text = "",
	};
	const char *how = kind == EF_EVENT_SKIPPED    ? "is in flash already (MD5), not written"
			  : kind == EF_EVENT_VERIFIED ? "written and verified (MD5)"
			  : kind == EF_EVENT_ENCRYPTED
				  ? "written and encrypted (MD5 neither plain nor erased)"
				  : "written, not compared";

	ef_log(EF_LOG_DEBUG, "%s%s0x%08x: %u bytes: %s", event.label, *event.label ? " at " : "",
	       addr, len, how);
	emit(f, &event);
}
