/* SPDX-License-Identifier: MIT */
/*
 * The text of a story, and what is on record of a session in it: the error, the report, the device,
 * what the session remembers. story.h adds what happened and when, session_story.h every byte.
 */
#ifndef STORY_FACTS_H
#define STORY_FACTS_H

#include <stdarg.h>
#include <stdlib.h>

#include "flasher/flasher_priv.h"
#include "flasher_rig.h"

static struct {
	char text[1u << 20];
	size_t len;
} story;

static inline void EF_PRINTF(1, 2) tell(const char *fmt, ...)
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

static inline void tell_boots(const char *what, const struct ef_boot_counts *b)
{
	tell("%s: starts %u, software %u, watchdog %u, power %u, restarts %u, empty %u, downloads "
	     "%u\n",
	     what, b->starts, b->software, b->watchdog, b->power, b->download_restarts, b->empty,
	     b->downloads);
}

static inline void tell_err(const struct ef_err *err)
{
	static const char *const kinds[] = { "none",    "silent",  "lost", "garbled",
					     "differs", "refused", "gone" };

	if (err->code == EF_OK) {
		tell("success\n");
		return;
	}
	tell("error: %s, fault %s %02x%02x, refusal %d, hint %s %u %u '%s'\n%s\n",
	     ef_code_name(err->code), kinds[err->fault.kind], err->fault.status, err->fault.reason,
	     (int)err->fault.refusal, ef_hint_name(err->hint.id), err->hint.number[0],
	     err->hint.number[1], err->hint.text, err->msg);
}

/* ---- the report ---- */

static inline void tell_attempt(const struct ef_attempt *a)
{
	tell("'%s' at %u: %u SYNCs, %u bytes, head %u%s, %s\n", a->strategy, (unsigned)a->rate_hz,
	     a->syncs, (unsigned)a->bytes, a->head_len, a->has_repeated ? " repeated" : "",
	     ef_verdict_info(a->seen)->name);
}

static inline void tell_evidence(const struct ef_evidence *ev)
{
	const struct ef_reactions *r = &ev->reactions;

	tell("evidence: %u resets, %u SYNCs, log %zu of %u\n", ev->resets, ev->syncs, ev->rx.len,
	     (unsigned)ev->rx.total);
	tell("  lines %d, kept %d, usb %d, losses %u, flaps %u, answered %d, stalls %u\n",
	     ev->has_lines, ev->is_kept, ev->is_native_usb, ev->port_losses, ev->port_flaps,
	     ev->was_answered, ev->write_stalls);
	tell("  held %d, %u bytes; text at %u\n", ev->was_held, (unsigned)ev->held_bytes,
	     (unsigned)ev->text_rate_hz);
	tell_boots("  boots", &ev->boots);
	tell("  garbled %u, restarts %u, unnamed %u, deaf %u, echoes %u, joined %d, strays %u\n",
	     r->garbled, r->restarts, r->unnamed, r->deaf_attempts, r->echoes, r->is_joined,
	     (unsigned)r->stray_bytes);
}

/* has_times: for a story whose times don't depend on the library that compresses. */
static inline void tell_report(const struct ef_connect_report *r, bool has_times)
{
	const struct ef_evidence *ev = &r->evidence;

	tell("report: %s, '%s'%s\n", ef_verdict_info(r->verdict)->name, r->strategy,
	     r->is_inverted ? ", inverted" : "");
	tell_evidence(ev);
	if (has_times)
		tell("took %.3f\n", (double)ev->took_us / 1000.0);
	tell("attempts: %u\n", ev->attempts);
	for (unsigned i = 0; i < ev->attempts && i < EF_ATTEMPTS_MAX; i++) {
		const struct ef_attempt *a = &ev->attempt[i];

		if (has_times)
			tell("  %8.3f  took %.3f, first byte %.3f: ", (double)a->start_us / 1000.0,
			     (double)a->took_us / 1000.0, (double)a->first_us / 1000.0);
		tell_attempt(a);
	}
}

/* ---- the session ---- */

static inline void tell_device(const struct ef_device *d)
{
	tell("chip: %s, revision %d %u, MAC %d %02x%02x%02x%02x%02x%02x, crystal %u\n",
	     d->chip ? d->chip->name : "none", d->has_revision, d->revision, d->has_mac, d->mac[0],
	     d->mac[1], d->mac[2], d->mac[3], d->mac[4], d->mac[5], (unsigned)d->xtal_mhz);
	tell("  features %d, security %d, secure boot %d, download %d, stub %d, jtag %d, otg %d\n",
	     d->has_features, d->has_security, d->is_secure_boot, d->is_secure_download, d->is_stub,
	     d->is_usb_jtag, d->is_usb_otg);
	tell("  flash %06x, %u bytes, none %d\n", (unsigned)d->flash_id, (unsigned)d->flash_size,
	     d->no_flash);
}

static inline void tell_recovery(const struct ef_recovery *r)
{
	tell("  damages %u, before %u, faults %u, since %u, slowed to %u, patience %u%s%s%s\n",
	     r->damages, r->damages_before, r->faults, (unsigned)r->since_fault,
	     (unsigned)r->rate_hz, (unsigned)r->patience_ms, r->is_bad_line ? ", bad line" : "",
	     r->is_connecting ? ", connecting" : "", r->is_other_board ? ", other board" : "");
	tell("  pieces %u, packets %u, failures", (unsigned)r->piece, (unsigned)r->part);
	for (unsigned i = 0; i < EF_WORKS; i++)
		tell(" %u", r->failures[i]);
	tell("\n  climb: top %u, failures %u, quiet %u%s%s\n", (unsigned)r->climb.top_hz,
	     r->climb.failures, (unsigned)r->climb.quiet, r->climb.is_trial ? ", trial" : "",
	     r->climb.was_lowered ? ", was lowered" : "");
}

static inline void tell_rates(const struct ef_flasher *f)
{
	const struct ef_auto_rate rate = ef_flasher_auto_rate(f);
	const struct ef_rate_plan *plan = &f->plan;

	tell("session: at %u, ROM at %u; auto %u%s%s\n", (unsigned)f->rate_hz,
	     (unsigned)f->rom_rate_hz, (unsigned)rate.rate_hz, rate.is_lowered ? " lowered" : "",
	     rate.is_stuck ? " stuck" : "");
	tell("  plan: early %u, wanted %u%s%s%s%s, damages before %u\n", (unsigned)plan->early_hz,
	     (unsigned)plan->wanted_hz, plan->is_auto ? " auto" : "",
	     plan->is_lowered ? " lowered" : "", plan->is_stuck ? " stuck" : "",
	     plan->is_falling ? " falling" : "", plan->damages_before);
}

static inline void tell_loader(const struct ef_flasher *f)
{
	tell("  loader %d, blocks %u and %u%s; stub %x %x, %x %x\n", (int)f->rom.loader,
	     (unsigned)f->form.flash_block, (unsigned)f->form.ram_block,
	     f->form.has_encrypt_word ? " encrypted" : "", (unsigned)f->stub.text.start,
	     (unsigned)f->stub.text.len, (unsigned)f->stub.data.start, (unsigned)f->stub.data.len);
	tell("  quick %d, reused %d, met %d, must reset %d, listened to %d\n", f->resets_quickly,
	     f->is_stub_reused, f->was_met, f->must_reset, f->is_listened_to);
}

/* What the session knows of its board, its line and its loader. */
static inline void tell_session(const struct ef_flasher *f)
{
	tell_device(&f->dev);
	tell_rates(f);
	tell_recovery(&f->recovery);
	tell_loader(f);
	tell("  words %zu%s, %u readings\n", f->record.words.count,
	     f->record.words.is_confirmed ? " confirmed" : "", f->record.words.confirmations);
	tell_boots("  lost", &f->record.lost_boots);
	tell_boots("  at work", &f->record.work_boots);
}

#endif
