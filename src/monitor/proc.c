/* SPDX-License-Identifier: MIT */
/* Knows how to run other programs, and how to end them. */
#include "monitor/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/util.h"

/* POSIX: the program declares it itself */
extern char **environ;

#define FINISH_MS  500
#define KILL_TRIES 50u

static bool set_flags(int fd, bool is_nonblocking)
{
	return fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 &&
	       (!is_nonblocking || fcntl(fd, F_SETFL, O_NONBLOCK) == 0);
}

/*
 * A command gets its own process group: Ctrl-C reaches the monitor only, and
 * ending the group ends all that its shell started. It must not inherit our
 * blocked and ignored signals.
 */
static bool set_up(posix_spawnattr_t *attr, posix_spawn_file_actions_t *files, int in, int out)
{
	sigset_t none, reset;

	sigemptyset(&none);
	sigemptyset(&reset);
	sigaddset(&reset, SIGPIPE);
	return posix_spawnattr_setflags(attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
						      POSIX_SPAWN_SETSIGDEF) == 0 &&
	       posix_spawnattr_setpgroup(attr, 0) == 0 &&
	       posix_spawnattr_setsigmask(attr, &none) == 0 &&
	       posix_spawnattr_setsigdefault(attr, &reset) == 0 &&
	       posix_spawn_file_actions_adddup2(files, in, STDIN_FILENO) == 0 &&
	       posix_spawn_file_actions_adddup2(files, out, STDOUT_FILENO) == 0;
}

static bool spawn(const char *command, const char *arg, int in, int out, pid_t *ret)
{
	char line[2048], shell[] = "sh", flag[] = "-c", last[2048] = "";
	char *argv[] = { shell, flag, line, shell, arg ? last : NULL, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	bool ok;

	if (!ef_snprintf(line, sizeof(line), "%s%s", command, arg ? " \"$@\"" : "") ||
	    (arg && !ef_strlcpy(last, sizeof(last), arg)) ||
	    posix_spawn_file_actions_init(&files) != 0)
		return false;
	if (posix_spawnattr_init(&attr) != 0) {
		(void)posix_spawn_file_actions_destroy(&files);
		return false;
	}
	ok = set_up(&attr, &files, in, out) &&
	     posix_spawn(ret, "/bin/sh", &files, &attr, argv, environ) == 0;
	(void)posix_spawnattr_destroy(&attr);
	(void)posix_spawn_file_actions_destroy(&files);
	return ok;
}

/* Start one command that reads from in; *ret_out: where its output can be read. */
static bool start_one(struct procs *p, const char *command, const char *arg, int in, int *ret_out,
		      struct ef_err *err)
{
	int ends[2];
	pid_t pid = -1;
	bool is_started;

	if (pipe(ends) != 0)
		return ef_fail(err, EF_E_IO, "cannot make a pipe for the log processor '%s': %s",
			       command, strerror(errno));
	(void)set_flags(ends[0], false);
	(void)set_flags(ends[1], false);
	is_started = spawn(command, arg, in, ends[1], &pid);
	close(ends[1]);
	if (!is_started) {
		close(ends[0]);
		return ef_fail(err, EF_E_IO, "cannot start the log processor '%s'", command);
	}
	p->pid[p->count++] = pid;
	*ret_out = ends[0];
	return true;
}

bool procs_start(struct procs *p, const char *const *commands, size_t count, const char *arg,
		 struct ef_err *err)
{
	int ends[2], in;

	*p = (struct procs){ .in = -1, .out = -1 };
	if (count == 0)
		return true;
	if (count > PROCS_MAX)
		return ef_fail(err, EF_E_USAGE, "at most %u log processors", PROCS_MAX);
	p->queue = malloc(PROC_QUEUE);
	if (!p->queue)
		return ef_fail(err, EF_E_IO, "out of memory");
	if (pipe(ends) != 0)
		return ef_fail(err, EF_E_IO, "cannot make a pipe for the log processors: %s",
			       strerror(errno));
	in = ends[0];
	p->in = ends[1];
	(void)set_flags(in, false);
	if (!set_flags(p->in, true)) {
		close(in);
		return ef_fail(err, EF_E_IO, "cannot make a pipe for the log processors: %s",
			       strerror(errno));
	}
	for (size_t i = 0; i < count; i++) {
		bool ok = start_one(p, commands[i], arg, in, &p->out, err);

		close(in);
		if (!ok) {
			p->out = -1;
			procs_stop(p);
			return false;
		}
		in = p->out;
	}
	(void)set_flags(p->out, true);
	return true;
}

size_t procs_room(const struct procs *p)
{
	return p->count ? PROC_QUEUE - p->len : PROC_QUEUE;
}

void procs_feed(struct procs *p, const uint8_t *data, size_t len)
{
	if (len > PROC_QUEUE - p->len)
		len = PROC_QUEUE - p->len;
	memcpy(p->queue + p->len, data, len);
	p->len += len;
}

static void push(struct procs *p)
{
	ssize_t n;

	if (p->len == 0 || p->in < 0)
		return;
	n = write(p->in, p->queue, p->len);
	if (n <= 0)
		return; /* full, or the command ended: procs_pump sees the end of its output */
	memmove(p->queue, p->queue + n, p->len - (size_t)n);
	p->len -= (size_t)n;
}

bool procs_pump(struct procs *p, uint8_t *ret, size_t cap, size_t *ret_len, struct ef_err *err)
{
	ssize_t n;

	*ret_len = 0;
	push(p);
	n = read(p->out, ret, cap);
	if (n > 0)
		*ret_len = (size_t)n;
	else if (n == 0)
		return ef_fail(err, EF_E_IO, "a log processor ended");
	return true;
}

void procs_finish(struct procs *p, uint8_t *ret, size_t cap, size_t *ret_len)
{
	struct pollfd fd = { .fd = p->out, .events = POLLIN };
	ssize_t n;

	*ret_len = 0;
	push(p);
	if (p->in >= 0 && p->len == 0) {
		close(p->in);
		p->in = -1;
	}
	if (poll(&fd, 1, FINISH_MS) <= 0)
		return;
	n = read(p->out, ret, cap);
	if (n > 0)
		*ret_len = (size_t)n;
}

/* Give it a quarter of a second to end by itself, as long after SIGTERM, then kill it. */
static void reap(pid_t pid)
{
	const struct timespec moment = { 0, 10000000 };

	for (unsigned i = 0; i < 2 * KILL_TRIES; i++) {
		if (waitpid(pid, NULL, WNOHANG) != 0)
			return;
		if (i == KILL_TRIES / 2)
			(void)kill(-pid, SIGTERM);
		(void)nanosleep(&moment, NULL);
	}
	(void)kill(-pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
}

void procs_stop(struct procs *p)
{
	if (p->queue && p->in >= 0)
		close(p->in);
	if (p->queue && p->out >= 0)
		close(p->out);
	for (size_t i = 0; i < p->count; i++)
		reap(p->pid[i]);
	free(p->queue);
	*p = (struct procs){ .in = -1, .out = -1 };
}
