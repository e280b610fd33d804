/* SPDX-License-Identifier: MIT */
/* Notices that a chip has given up booting, or waits for a download: no app will print. */
#ifndef EF_MONITOR_STUCK_H
#define EF_MONITOR_STUCK_H

#include <espflash/console.h>

enum stuck_how {
	STUCK_NOT,
	STUCK_NO_BOOT,  /* its ROM or bootloader reported that this boot ends here */
	STUCK_DOWNLOAD, /* its ROM waits for a host */
};

/* Initialise with zeros. */
struct stuck {
	struct ef_console console;
	enum stuck_how how;
	char line[EF_CONSOLE_LINE_MAX]; /* the line that proves it; "" if NOT */
};

/* Take a complete line without escape sequences, and its event from ef_console_classify. */
void stuck_line(struct stuck *s, const char *plain, const struct ef_console_event *event);
/* Forget the earlier lines: text was lost, or the chip was reset, so they prove nothing now. */
void stuck_forget(struct stuck *s);
/* Return the chip's state in words: "the chip does not boot". NOT: "". */
const char *stuck_text(const struct stuck *s);

#endif
