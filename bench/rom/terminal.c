/* SPDX-License-Identifier: MIT */
/*
 * Makes a pseudo terminal, reads the rate that its user sets, and learns from inotify when a
 * program opens and closes it. Linux only: termios2 has rates as numbers, but its header does not
 * go together with <termios.h>.
 */
#include <asm/termbits.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "terminal.h"

bool terminal_make(struct terminal *t)
{
	struct termios2 modes;
	const char *name;

	t->master = posix_openpt(O_RDWR | O_NOCTTY);
	if (t->master < 0 || grantpt(t->master) != 0 || unlockpt(t->master) != 0)
		return false;
	name = ptsname(t->master);
	/* keep one end open, or the master would hang up between two users */
	t->holder = name ? open(name, O_RDWR | O_NOCTTY) : -1;
	if (t->holder < 0 || ioctl(t->holder, TCGETS2, &modes) != 0)
		return false;
	modes.c_iflag = modes.c_oflag = modes.c_lflag = 0;
	modes.c_cflag = CS8 | CREAD | HUPCL | B115200;
	modes.c_ispeed = modes.c_ospeed = 115200;
	t->watch = inotify_init1(IN_NONBLOCK);
	if (ioctl(t->holder, TCSETS2, &modes) != 0 || fcntl(t->master, F_SETFL, O_NONBLOCK) != 0 ||
	    inotify_add_watch(t->watch, name, IN_OPEN | IN_CLOSE) < 0)
		return false;
	printf("%s\n", name);
	return fflush(stdout) == 0;
}

uint32_t terminal_rate(const struct terminal *t)
{
	struct termios2 modes;

	return ioctl(t->master, TCGETS2, &modes) == 0 ? modes.c_ospeed : 0;
}

void terminal_count_opens(struct terminal *t)
{
	_Alignas(struct inotify_event) char buf[4096];
	ssize_t n = read(t->watch, buf, sizeof(buf));

	for (char *at = buf; n > 0 && at < buf + n;) {
		const struct inotify_event *e = (const void *)at;

		at += sizeof(*e) + e->len;
		if (e->mask & IN_OPEN)
			t->opens++;
		else if (t->opens && --t->opens == 0)
			(void)ioctl(t->holder, TCFLSH, TCIFLUSH);
	}
}
