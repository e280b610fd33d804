/* SPDX-License-Identifier: MIT */
/*
 * Restores the terminal if the program crashes while the terminal is in raw mode.
 * The monitor blocks other signals, but faults can't be blocked, and their handler
 * can only reach globals.
 */
#include "cli/ui/term_guard.h"

#include <signal.h>
#include <stddef.h>
#include <termios.h>
#include <unistd.h>

static struct {
	struct termios saved;
	int fd;
	volatile sig_atomic_t is_set;
} guard;

void term_guard_restore(void)
{
	if (guard.is_set)
		(void)tcsetattr(guard.fd, TCSANOW, &guard.saved);
}

/*
 * SA_RESETHAND restored the default action and SA_NODEFER left the signal
 * unblocked, so raise() kills.
 */
static void on_fault(int number)
{
	term_guard_restore();
	(void)raise(number);
}

void term_guard(int fd)
{
	static const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL };
	struct sigaction action = { .sa_handler = on_fault }, old;

	if (!isatty(fd) || tcgetattr(fd, &guard.saved) != 0)
		return;
	guard.fd = fd;
	guard.is_set = 1;
	sigemptyset(&action.sa_mask);
	action.sa_flags = (int)(SA_RESETHAND | SA_NODEFER);
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		if (sigaction(faults[i], NULL, &old) == 0 && old.sa_handler == SIG_DFL)
			(void)sigaction(faults[i], &action, NULL);
}
