/* SPDX-License-Identifier: MIT */
/* All that the input layer makes of a thing, as one text. */
#ifndef INPUT_WORDS_H
#define INPUT_WORDS_H

#include <espflash/input.h>

#include "base/util.h"
#include "ck_ef.h"

static char got[4096];

static inline void say(const char *fmt, ...) EF_PRINTF(1, 2);

static inline void say(const char *fmt, ...)
{
	size_t len = strlen(got);
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(got + len, sizeof(got) - len, fmt, ap);
	va_end(ap);
}

static inline void say_part(const struct ef_input_part *p)
{
	static const char *const roles[] = {
		[EF_ROLE_UNKNOWN] = "",         [EF_ROLE_BOOTLOADER] = " bootloader",
		[EF_ROLE_TABLE] = " table",     [EF_ROLE_APP] = " app",
		[EF_ROLE_OTADATA] = " otadata", [EF_ROLE_DATA] = " data"
	};

	say("\n0x%x '%s' '%s'%s%s%s: ", p->addr, p->name, p->origin, roles[p->role],
	    p->is_encrypted ? " encrypted" : "", p->is_app ? " unplaced" : "");
	for (uint32_t i = 0; i < p->len && i < 12; i++)
		say(p->data[i] >= ' ' && p->data[i] < 0x7f ? "%c" : "<%02x>", p->data[i]);
	if (p->len > 12)
		say("... %u", p->len);
}

static inline void say_settings(const struct ef_input *in)
{
	if (in->settings.mode_plus)
		say(", mode %d", in->settings.mode_plus);
	if (in->settings.freq_mhz)
		say(", %u MHz", in->settings.freq_mhz);
	if (in->settings.size)
		say(", size 0x%x", in->settings.size);
	if (in->settings.finds_size)
		say(", finds size");
	say("%s%s%s%s", *in->before ? ", before " : "", in->before, *in->after ? ", after " : "",
	    in->after);
	say("%s%s%s", in->no_stub ? ", no stub" : "", *in->elf ? ", elf " : "", in->elf);
}

/* Nothing is said of what is not set. */
static inline void describe(const struct ef_input *in, const struct ef_err *err, bool ok)
{
	got[0] = '\0';
	if (!ok) {
		say("%s: %s", ef_code_name(err->code), err->msg);
		return;
	}
	say("%s", in->format);
	if (*in->name)
		say(", name %s", in->name);
	if (in->chip)
		say(", %s", in->chip->name);
	say_settings(in);
	if (in->table_offset)
		say(", table 0x%x", in->table_offset);
	for (size_t i = 0; i < in->part_count; i++)
		say_part(&in->parts[i]);
	for (size_t i = 0; i < in->gap_count; i++)
		say("\ngap 0x%x '%s' 0x%x", in->gaps[i].addr, in->gaps[i].name, in->gaps[i].len);
}

#endif
