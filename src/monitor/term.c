/* SPDX-License-Identifier: MIT */
/*
 * Knows raw mode and signals. A signal handler would need a global variable,
 * which a library should not have. So signals that would end or stop the
 * program are blocked, and the loop looks for pending ones every 20 ms; the
 * terminal's mode is restored before they act. Signals for which the program
 * has a handler are left alone.
 */
#include "monitor/term.h"

#include <poll.h>
#include <stddef.h>
#include <unistd.h>

/* In the background, reading from the terminal or changing its mode stops the process. */
static bool is_foreground(int fd)
{
	pid_t group = tcgetpgrp(fd);

	return group < 0 || group == getpgrp();
}

static void enter_raw(struct term *t)
{
	struct termios raw;

	if (!t->is_tty || t->is_raw || !is_foreground(t->tty) || tcgetattr(t->tty, &t->saved) != 0)
		return;
	raw = t->saved;
	raw.c_iflag &= ~(tcflag_t)(BRKINT | ICRNL | IGNCR | INLCR | INPCK | ISTRIP | IXON);
	/*
	 * keep output processing: other programs print to this terminal, too, and rely on LF -> CR
	 * LF
	 */
	raw.c_oflag |= OPOST | ONLCR;
	raw.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | IEXTEN | ISIG);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	t->is_raw = tcsetattr(t->tty, TCSANOW, &raw) == 0;
}

static void leave_raw(struct term *t)
{
	/* TCSADRAIN would wait forever for a terminal that takes no output */
	if (t->is_raw)
		(void)tcsetattr(t->tty, TCSANOW, &t->saved);
	t->is_raw = false;
}

/* Return whether to block a signal: not faults, nor signals that are ignored by default. */
static bool is_to_hold(int number)
{
	static const int others[] = {
		SIGSEGV,  SIGBUS, SIGFPE, SIGILL, SIGCHLD, SIGURG, SIGKILL, SIGSTOP,
#ifdef SIGWINCH
		SIGWINCH,
#endif
#ifdef SIGINFO
		SIGINFO,
#endif
	};
	struct sigaction action;

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (number == others[i])
			return false;
	/* SIGTTOU: a process in the background writes and restores the mode as well */
	if (number == SIGPIPE || number == SIGTTOU || number == SIGCONT)
		return true;
	return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_DFL;
}

/* The highest signal number: includes real-time signals and those of some systems only. */
static int last_signal(void)
{
#ifdef SIGRTMAX
	return SIGRTMAX;
#else
	return 31;
#endif
}

static void hold_signals(struct term *t)
{
	sigemptyset(&t->held);
	for (int number = 1; number <= last_signal(); number++)
		if (is_to_hold(number))
			(void)sigaddset(&t->held, number); /* fails for libc's internal signals */
	t->is_blocked = sigprocmask(SIG_BLOCK, &t->held, &t->before) == 0;
}

void term_open(struct term *t, int fd)
{
	t->fd = t->tty = fd;
	t->is_raw = false;
	t->is_tty = fd >= 0 && isatty(fd);
	hold_signals(t);
	enter_raw(t);
}

static bool take(int number)
{
	sigset_t set;
	int got;

	sigemptyset(&set);
	sigaddset(&set, number);
	return sigwait(&set, &got) == 0;
}

static void stop(struct term *t, int number)
{
	bool was_raw = t->is_raw;

	leave_raw(t);
	(void)take(number);
	(void)raise(SIGSTOP); /* until SIGCONT */
	if (was_raw)
		enter_raw(t);
}

int term_check(struct term *t)
{
	sigset_t pending;

	if (!t->is_blocked || sigpending(&pending) != 0)
		return 0;
	for (int number = 1; number <= last_signal(); number++) {
		if (sigismember(&t->held, number) != 1 || sigismember(&pending, number) != 1)
			continue;
		if (sigismember(&t->before, number) == 1)
			continue; /* the program itself blocked it */
		if (number == SIGTSTP || number == SIGTTIN) {
			stop(t, number);
		} else if (number == SIGCONT) {
			/* SIGSTOP cannot be caught; the shell changed the mode meanwhile */
			(void)take(number);
			leave_raw(t);
			enter_raw(t);
		} else if (number == SIGPIPE || number == SIGTTOU) {
			(void)take(number); /* the failed write shows it */
		} else {
			return number;
		}
	}
	return 0;
}

void term_close(struct term *t)
{
	leave_raw(t);
	if (!t->is_blocked)
		return;
	(void)term_check(t); /* a pending SIGPIPE would end the process when unblocked */
	leave_raw(t);
	t->is_blocked = false;
	(void)sigprocmask(SIG_SETMASK, &t->before, NULL);
}

bool term_has_key(const struct term *t)
{
	struct pollfd p = { .fd = t->fd, .events = POLLIN };

	return t->fd >= 0 && poll(&p, 1, 0) > 0 && (!t->is_tty || is_foreground(t->fd));
}
