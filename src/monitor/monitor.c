/* SPDX-License-Identifier: MIT */
/*
 * Knows the user's end of the wire: terminals and pipes, raw mode and its way
 * back, and that neither a stalled reader nor a mute chip may take the
 * keyboard away.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include "base/util.h"
#include "monitor/filter.h"
#include <espflash/monitor.h>
#include <espflash/reset.h>

#define READ_MS      20u  /* how long the keyboard waits for the chip at most */
#define KEY_WRITE_MS 200u /* a chip that reads nothing: typed text is dropped after this */
#define STALL_MS     50
#define CHUNK        1024u
#define WRITE_MAX    512u /* a pipe that polls writable takes this much without blocking */

#define CTRL_C 0x03
#define CTRL_R 0x12

struct monitor {
	struct ef_port *port;
	const struct ef_monitor_opts *opts;
	struct text_filter filter;
	int in_fd; /* -1: none, or at its end */
	bool is_raw;
	bool is_done;     /* end with success */
	bool is_out_gone; /* nobody reads any more */
	struct termios saved;
};

static bool is_interrupted(const struct monitor *m)
{
	return m->opts->interrupt && *m->opts->interrupt;
}

/* ---- the terminal ---- */

/* False in the background: touching the terminal would stop the process. */
static bool is_foreground(int fd)
{
	pid_t group = tcgetpgrp(fd);

	return group < 0 || group == getpgrp();
}

static void enter_raw(struct monitor *m)
{
	struct termios t;

	if (m->in_fd < 0 || !isatty(m->in_fd))
		return;
	if (!is_foreground(m->in_fd)) {
		m->in_fd = -1;
		return;
	}
	if (tcgetattr(m->in_fd, &m->saved) != 0)
		return;
	t = m->saved;
	t.c_iflag &= ~(tcflag_t)(BRKINT | ICRNL | IGNCR | INLCR | INPCK | ISTRIP | IXON);
	t.c_oflag &= ~(tcflag_t)OPOST;
	t.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | IEXTEN | ISIG);
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	m->is_raw = tcsetattr(m->in_fd, TCSANOW, &t) == 0;
	m->filter.is_crlf = m->is_raw && isatty(m->opts->out_fd);
}

static void leave_raw(struct monitor *m)
{
	/* NOW: to wait for a stalled terminal to take its output would be for ever */
	if (m->is_raw)
		(void)tcsetattr(m->in_fd >= 0 ? m->in_fd : m->opts->in_fd, TCSANOW, &m->saved);
	m->is_raw = false;
}

/* ---- keys ---- */

static bool send_keys(struct monitor *m, const uint8_t *keys, size_t len, struct ef_err *err)
{
	if (ef_port_write(m->port, keys, len, ef_port_deadline(m->port, KEY_WRITE_MS), err))
		return true;
	if (err->code != EF_E_TIMEOUT)
		return false;
	ef_err_clear(err); /* nobody listens; what was typed is lost, the monitor goes on */
	return true;
}

/* Terminal keys: commands are taken out, the rest goes to the chip. */
static bool handle_keys(struct monitor *m, const uint8_t *keys, size_t len, struct ef_err *err)
{
	size_t start = 0;

	for (size_t i = 0; i < len && m->is_raw; i++) {
		if (keys[i] != CTRL_C && keys[i] != CTRL_R)
			continue;
		if (!send_keys(m, keys + start, i - start, err))
			return false;
		start = i + 1;
		if (keys[i] == CTRL_C) {
			m->is_done = true;
			return true;
		}
		if (!ef_reset_run(ef_reset_hard(m->port), m->port, err))
			return false;
	}
	return send_keys(m, keys + start, len - start, err);
}

/* What was typed until now. The end of a pipe or of the terminal ends only the input. */
static bool read_keys(struct monitor *m, struct ef_err *err)
{
	struct pollfd p = { .fd = m->in_fd, .events = POLLIN };
	uint8_t keys[256];
	ssize_t len;

	if (m->in_fd < 0 || poll(&p, 1, 0) <= 0)
		return true;
	len = read(m->in_fd, keys, sizeof(keys));
	if (len > 0)
		return handle_keys(m, keys, (size_t)len, err);
	if (len < 0 && (errno == EINTR || errno == EAGAIN))
		return true;
	m->in_fd = -1;
	return true;
}

/* ---- output ---- */

/* Wait for the reader, but not past Ctrl-C, typed or as a signal. */
static bool wait_out(struct monitor *m, struct ef_err *err)
{
	for (;;) {
		struct pollfd p = { .fd = m->opts->out_fd, .events = POLLOUT };
		int n = poll(&p, 1, STALL_MS);

		if (n > 0)
			return true;
		if (n < 0 && errno != EINTR)
			return ef_fail(err, EF_E_IO, "cannot wait for the output: %s",
				       strerror(errno));
		m->is_done |= is_interrupted(m);
		if (!m->is_done && !read_keys(m, err))
			return false;
		if (m->is_done)
			return true;
	}
}

static bool put_out(struct monitor *m, const uint8_t *data, size_t len, struct ef_err *err)
{
	while (len > 0) {
		ssize_t n;

		if (!wait_out(m, err))
			return false;
		if (m->is_done)
			return true;
		n = write(m->opts->out_fd, data, len < WRITE_MAX ? len : WRITE_MAX);
		if (n >= 0) {
			data += n;
			len -= (size_t)n;
		} else if (errno == EPIPE || errno == EIO) { /* EIO: a terminal hung up */
			m->is_done = m->is_out_gone = true;
			return true;
		} else if (errno != EINTR && errno != EAGAIN) {
			return ef_fail(err, EF_E_IO, "cannot write the monitor's output: %s",
				       strerror(errno));
		}
	}
	return true;
}

static bool show(struct monitor *m, const uint8_t *data, size_t len, struct ef_err *err)
{
	uint8_t room[FILTER_ROOM(CHUNK)];
	struct ef_wr out = ef_wr_init(room, sizeof(room));

	filter_feed(&m->filter, data, len, &out);
	return put_out(m, room, out.len, err);
}

static bool show_help(struct monitor *m, struct ef_err *err)
{
	static const char help[] = "Commands:\n"
				   "    CTRL+R    Reset chip\n"
				   "    CTRL+C    Exit\n"
				   "\n";
	static const char no_reset[] = "(no reset is possible: this port has no DTR and RTS)\n\n";

	if (!m->is_raw || m->opts->is_quiet)
		return true;
	if (!show(m, (const uint8_t *)help, sizeof(help) - 1, err))
		return false;
	return (m->port->caps & EF_PORT_HAS_LINES) ||
	       show(m, (const uint8_t *)no_reset, sizeof(no_reset) - 1, err);
}

/* ---- the loop ---- */

static bool pump(struct monitor *m, struct ef_err *err)
{
	uint8_t buf[CHUNK];
	size_t len = 0;

	while (!m->is_done && !is_interrupted(m)) {
		if (!ef_port_read(m->port, buf, sizeof(buf), ef_port_deadline(m->port, READ_MS),
				  &len, err))
			return false;
		if (!show(m, buf, len, err))
			return false;
		if (!m->is_done && !read_keys(m, err))
			return false;
	}
	return true;
}

/* The last half character, and a terminal's cursor in column one. */
static void finish_output(struct monitor *m)
{
	uint8_t room[FILTER_ROOM(2)];
	struct ef_wr out = ef_wr_init(room, sizeof(room));
	struct ef_err ignored = EF_ERR_INIT;
	struct pollfd p = { .fd = m->opts->out_fd, .events = POLLOUT };

	/* never wait for a stalled reader here: this is the way out */
	if (m->is_out_gone || poll(&p, 1, STALL_MS) <= 0)
		return;
	filter_flush(&m->filter, &out);
	if (m->filter.is_crlf)
		ef_wr_bytes(&out, "\r\n", 2);
	m->is_done = false;
	m->in_fd = -1;
	(void)put_out(m, room, out.len, &ignored);
}

/* A reader that went away is the end of the monitor, not of the program. */
static bool block_sigpipe(sigset_t *saved)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	return sigprocmask(SIG_BLOCK, &set, saved) == 0 && !sigismember(saved, SIGPIPE);
}

static void unblock_sigpipe(const sigset_t *saved)
{
	sigset_t set, pending;
	int number = 0;

	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	if (sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE))
		(void)sigwait(&set, &number);
	(void)sigprocmask(SIG_SETMASK, saved, NULL);
}

bool ef_monitor_run(struct ef_port *port, const struct ef_monitor_opts *opts, struct ef_err *err)
{
	struct monitor m = { .port = port, .opts = opts, .in_fd = opts->in_fd };
	sigset_t saved_mask;
	bool is_blocked = block_sigpipe(&saved_mask);
	bool ok;

	enter_raw(&m);
	ok = show_help(&m, err) && pump(&m, err);
	if (!ok && err->code == EF_E_INTR) {
		ef_err_clear(err); /* to be interrupted is how a monitor ends */
		ok = true;
	}
	finish_output(&m);
	leave_raw(&m);
	if (is_blocked)
		unblock_sigpipe(&saved_mask);
	return ok;
}
