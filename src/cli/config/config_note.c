/* SPDX-License-Identifier: MIT */
/* Messages about configuration files. They are kept, because the log may not be open yet. */
#include <stdarg.h>
#include <stdio.h>

#include "cli/config/config_priv.h"
#include "base/util.h"

void config_note(struct config *c, enum ef_log_level level, const char *fmt, ...)
{
	struct config_note *note = &c->note[c->note_count];
	va_list args;

	if (c->note_count == CONFIG_NOTES_MAX)
		return;
	c->note_count++;
	note->level = level;
	va_start(args, fmt);
	(void)vsnprintf(note->text, sizeof(note->text), fmt, args);
	va_end(args);
	ef_clean_text(note->text);
}
