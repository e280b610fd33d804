/* SPDX-License-Identifier: MIT */
/* Asks questions on a terminal. A signal ends the wait for the answer. */
#include "cli/ui/ui.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#define ANSWER_SLICE_MS 100 /* the longest delay before a signal is noticed */

bool ui_can_ask(const struct cli *cli)
{
	return isatty(STDIN_FILENO) && isatty(fileno(cli->err));
}

/* False at the end of the input or after a signal, including a signal that came before the wait. */
static bool read_answer(const struct cli *cli, char *ret)
{
	struct pollfd keyboard = { .fd = STDIN_FILENO, .events = POLLIN };

	while (!*cli->interrupt) {
		int n = poll(&keyboard, 1, ANSWER_SLICE_MS);

		if (n > 0)
			return read(STDIN_FILENO, ret, 1) == 1;
		if (n < 0 && errno != EINTR)
			return false;
	}
	return false;
}

bool ui_ask(struct cli *cli, const char *question, char *ret, size_t cap)
{
	size_t len = 0;
	char c;

	ui_progress_close(cli);
	fprintf(cli->err, "%s", question);
	fflush(cli->err);
	for (;;) {
		if (!read_answer(cli, &c)) {
			fputc('\n', cli->err);
			return false;
		}
		if (c == '\n')
			break;
		if (len + 1 < cap)
			ret[len++] = c;
	}
	ret[len] = '\0';
	return true;
}
