/* SPDX-License-Identifier: MIT */
/* Knows which lines mean that the chip starts nothing, and which ones that it goes on. */
#include "monitor/stuck.h"

#include <string.h>

#include "base/util.h"

static void set(struct stuck *s, enum stuck_how how, const char *plain)
{
	/* The first failure is the cause; the ROM's later messages are its consequences. */
	if (how != STUCK_NOT && s->how == how)
		return;
	s->how = how;
	(void)ef_strlcpy(s->line, sizeof(s->line), how == STUCK_NOT ? "" : plain);
}

void stuck_line(struct stuck *s, const char *plain, const struct ef_console_event *event)
{
	/* Only after a banner: an app that is running may print such words, too. */
	bool is_boot = s->console.stage == EF_CONSOLE_ROM || s->console.stage == EF_CONSOLE_LOADER;
	struct ef_console_event e = *event;

	ef_console_place(&s->console, plain, strlen(plain), &e);
	switch (e.kind) {
	case EF_CONSOLE_FAILURE:
		if (is_boot && e.is_final)
			set(s, STUCK_NO_BOOT, plain);
		break;
	case EF_CONSOLE_WAITS:
		if (is_boot)
			set(s, STUCK_DOWNLOAD, plain);
		break;
	case EF_CONSOLE_GREETING:
	case EF_CONSOLE_RESET:
	case EF_CONSOLE_GOES_ON:
	case EF_CONSOLE_ENTRY:
	case EF_CONSOLE_LOADER_ON:
	case EF_CONSOLE_LOADED:
	case EF_CONSOLE_APP_LINE:
	case EF_CONSOLE_CRASH:
		set(s, STUCK_NOT, plain);
		break;
	case EF_CONSOLE_TEXT:
		if (e.stage == EF_CONSOLE_APP)
			set(s, STUCK_NOT, plain);
		break;
	default:
		break;
	}
}

void stuck_forget(struct stuck *s)
{
	*s = (struct stuck){ .how = STUCK_NOT };
}

const char *stuck_text(const struct stuck *s)
{
	static const char *const text[] = {
		[STUCK_NOT] = "",
		[STUCK_NO_BOOT] = "the chip does not boot",
		[STUCK_DOWNLOAD] = "the chip waits for a download",
	};

	return text[s->how];
}
