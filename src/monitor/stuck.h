/* SPDX-License-Identifier: MIT */
/* Notices that a chip has given up booting, or waits for a download: no app will speak. */
#ifndef EF_MONITOR_STUCK_H
#define EF_MONITOR_STUCK_H

#include <espflash/console.h>

enum stuck_how {
	STUCK_NOT,
	STUCK_NO_BOOT,  /* its ROM or bootloader said that this boot ends here */
	STUCK_DOWNLOAD, /* its ROM waits for a host */
};

/* Initialise with zeros. */
struct stuck {
	struct ef_console console;
	enum stuck_how how;
	char line[EF_CONSOLE_LINE_MAX]; /* what it said; "" if NOT */
};

/* A complete line without escape sequences, and what ef_console_classify made of it. */
void stuck_line(struct stuck *s, const char *plain, const struct ef_console_event *event);
/* Text was lost, or the chip was reset: what it said before proves nothing now. */
void stuck_forget(struct stuck *s);
/* What the chip does, in words: "the chip does not boot". NOT: "". */
const char *stuck_text(const struct stuck *s);

#endif
