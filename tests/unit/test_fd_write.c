/* SPDX-License-Identifier: MIT */
/* Writing into a pipe that is full, by a process that gets signals meanwhile. */
#define _GNU_SOURCE
#include "ck_ef.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/util.h"

enum { WRITTEN, INTERRUPTED, LATE, OTHER };

static void on_signal(int number)
{
	(void)number;
}

/* The writer: handles SIGCONT, as a program does that restores the terminal's mode. */
static void write_and_exit(int fd)
{
	struct sigaction action;
	const char line[] = "a line\n";

	memset(&action, 0, sizeof(action));
	sigemptyset(&action.sa_mask);
	action.sa_handler = on_signal;
	ck_assert_int_eq(sigaction(SIGCONT, &action, NULL), 0);
	if (ef_fd_write(fd, line, sizeof(line) - 1))
		_exit(WRITTEN);
	_exit(errno == EINTR ? INTERRUPTED : errno == ETIMEDOUT ? LATE : OTHER);
}

/* Whether the process sleeps in a system call. */
static bool is_waiting(pid_t pid)
{
	char path[64], line[256] = "";
	const char *state;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
	f = fopen(path, "r");
	if (!f)
		return true; /* no such folder on this system */
	if (!fgets(line, sizeof(line), f))
		line[0] = '\0';
	fclose(f);
	state = strrchr(line, ')');
	return !state || state[2] == 'S' || state[2] == 'Z';
}

/* False: it has ended, and *status says how. */
static bool stop_and_go_on(pid_t pid, int *status)
{
	while (!is_waiting(pid))
		;
	ck_assert_int_eq(kill(pid, SIGSTOP), 0);
	ck_assert_int_eq(waitpid(pid, status, WUNTRACED), pid);
	if (!WIFSTOPPED(*status))
		return false;
	ck_assert_int_eq(kill(pid, SIGCONT), 0);
	ck_assert_int_eq(waitpid(pid, status, WCONTINUED), pid);
	return WIFCONTINUED(*status);
}

static void fill(int fd)
{
	static const char zeros[4096];

	ck_assert(ef_fd_set_nonblocking(fd));
	while (write(fd, zeros, sizeof(zeros)) > 0)
		;
}

static int write_while_stopped(void)
{
	char drain[65536];
	int pipes[2], status = 0;
	bool is_there = true;
	pid_t pid;

	ck_assert_int_eq(pipe2(pipes, O_CLOEXEC), 0);
	fill(pipes[1]);
	pid = fork();
	if (pid == 0)
		write_and_exit(pipes[1]);
	ck_assert_int_gt(pid, 0);
	close(pipes[1]);
	for (int i = 0; i < 3 && is_there; i++)
		is_there = stop_and_go_on(pid, &status);
	while (is_there && read(pipes[0], drain, sizeof(drain)) > 0)
		;
	close(pipes[0]);
	if (is_there)
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* On a busy machine the writer's patience may end first: then the test says nothing. */
START_TEST(a_writer_that_was_stopped_goes_on)
{
	int result = LATE;

	for (int i = 0; i < 50 && result == LATE; i++)
		result = write_while_stopped();
	ck_assert_int_eq(result, WRITTEN);
}
END_TEST

Suite *suite_fd_write(void);
Suite *suite_fd_write(void)
{
	Suite *s = suite_create("fd_write");
	TCase *t = tcase_create("fd_write");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, a_writer_that_was_stopped_goes_on);
	suite_add_tcase(s, t);
	return s;
}
