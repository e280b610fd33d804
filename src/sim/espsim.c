/* SPDX-License-Identifier: MIT */
/*
 * Runs the virtual board behind a socket, in real time. Any client that speaks RFC 2217 or raw TCP
 * can use it as a chip.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/util.h"
#include "sim/espsim_args.h"
#include "sim/parts.h"
#include "sim/server.h"
#include "sim/sim.h"

static volatile sig_atomic_t is_stopped;

static void on_signal(int number)
{
	(void)number;
	is_stopped = 1;
}

/*
 * A page of the flash file is gone: another program cut the file short, or a file with holes needs
 * room on a full disk. The flash's content is no longer known, so no chip can go on.
 */
static void on_bus_error(int number)
{
	static const char words[] = "espsim: error: the flash file was cut short, or has no room\n";

	(void)number;
	_exit(write(STDERR_FILENO, words, sizeof(words) - 1) > 0 ? ef_code_exit_status(EF_E_IO)
								 : EXIT_FAILURE);
}

/* ---- the flash file; it is mapped, hence always up to date ---- */

static bool fill_new(int fd, uint64_t from, uint64_t to)
{
	uint8_t ff[4096];

	memset(ff, 0xff, sizeof(ff));
	if (lseek(fd, (off_t)from, SEEK_SET) < 0)
		return false;
	while (from < to) {
		size_t n = to - from < sizeof(ff) ? (size_t)(to - from) : sizeof(ff);
		ssize_t w = write(fd, ff, n);

		if (w <= 0)
			return false;
		from += (uint64_t)w;
	}
	return true;
}

/* Sizes that flash chips have: powers of two from 256 KiB to 256 MiB. */
static bool is_flash_size(off_t size)
{
	return size >= (off_t)256 << 10 && size <= (off_t)256 << 20 && (size & (size - 1)) == 0;
}

/*
 * The file is the flash, so the board changes it from now on. It must have been made for that, or
 * be new or empty. Any other file is a mistake that would cost the user its content.
 */
static bool check_flash(const struct settings *set, const struct stat *st, struct ef_err *err)
{
	const char *path = set->flash_path;
	unsigned long long size = (unsigned long long)st->st_size;

	if (!S_ISREG(st->st_mode))
		return ef_fail(err, EF_E_INPUT, "'%s' is not a regular file", path);
	if (st->st_size == 0)
		return true;
	if (set->board.flash_size && size != set->board.flash_size)
		return ef_fail(err, EF_E_INPUT,
			       "'%s' has %llu bytes, and a flash of that size has %lu: it is left "
			       "as it is",
			       path, size, (unsigned long)set->board.flash_size);
	if (!set->board.flash_size && !is_flash_size(st->st_size))
		return ef_fail(
			err, EF_E_INPUT,
			"'%s' has %llu bytes, which is the size of no flash: it is left as it "
			"is",
			path, size);
	return true;
}

static bool map_flash(struct settings *set, struct ef_err *err)
{
	const char *path = set->flash_path;
	struct stat st;
	void *map;
	int fd;

	if (!path || set->board.flash_size == SIM_NO_FLASH)
		return true;
	fd = ef_file_open_out(path, O_RDWR | O_CREAT);
	if (fd < 0 || fstat(fd, &st) != 0) {
		if (fd >= 0)
			(void)close(fd);
		return ef_fail(err, EF_E_IO, "cannot open '%s': %s", path, ef_file_words(errno));
	}
	if (!check_flash(set, &st, err)) {
		(void)close(fd);
		return false;
	}
	if (!set->board.flash_size)
		set->board.flash_size = (uint32_t)st.st_size;
	if (!set->board.flash_size)
		set->board.flash_size = 4u << 20;
	if (st.st_size < (off_t)set->board.flash_size &&
	    !fill_new(fd, (uint64_t)st.st_size, set->board.flash_size)) {
		(void)close(fd);
		return ef_fail(err, EF_E_IO, "cannot write '%s': %s", path, strerror(errno));
	}
	map = mmap(NULL, set->board.flash_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	(void)close(fd);
	if (map == MAP_FAILED)
		return ef_fail(err, EF_E_IO, "cannot map '%s': %s", path, strerror(errno));
	set->board.flash = map;
	return true;
}

static bool read_boot_text(struct settings *set, struct ef_buf *text, struct ef_err *err)
{
	if (!set->text_path)
		return true;
	if (!ef_file_read(set->text_path, text, err) || !ef_buf_add(text, "", 1, err))
		return false;
	set->board.boot.text = (const char *)text->data;
	return true;
}

/* ---- the loop ---- */

static uint64_t clock_us(void)
{
	struct timespec ts;

	if (clock_gettime(CLOCK_MONOTONIC, &ts) != 0)
		return 0;
	return (uint64_t)ts.tv_sec * 1000000u + (uint64_t)ts.tv_nsec / 1000u;
}

/* How many bytes to take from the client ahead of the paced line. */
#define AHEAD 4096u

static int wait_ms(const struct server *s)
{
	uint64_t next = sim_next_effect(s->sim, AHEAD / 2);

	if (s->client.is_pending && s->client.pending_until < next)
		next = s->client.pending_until;
	if (next <= s->sim->now)
		return 0;
	next = (next - s->sim->now + 999) / 1000;
	return next > 1000 ? 1000 : (int)next;
}

static size_t fill_poll(struct server *s, struct pollfd *p)
{
	size_t n = 0;

	for (; n < s->listener_count; n++)
		p[n] = (struct pollfd){ .fd = s->listeners[n].fd, .events = POLLIN };
	if (s->client.fd >= 0) {
		/* a paced line fills up, and then the host must wait, as with a real driver */
		p[n].fd = s->client.fd;
		p[n].events = s->sim->uart.to_chip.len < AHEAD ? POLLIN : 0;
		p[n].events = (short)(p[n].events | (s->client.out_len ? POLLOUT : 0));
		p[n++].revents = 0;
	}
	return n;
}

static void say(const struct server *s, unsigned *resets, enum sim_mode *mode)
{
	static const char *const names[] = {
		"held in reset", "ROM loader",       "stub loader",
		"booting",       "application runs", "left the loader"
	};

	if (s->sim->reset.count == *resets && s->sim->mode == *mode)
		return;
	*resets = s->sim->reset.count;
	*mode = s->sim->mode;
	if (!s->is_quiet && s->sim->mode != SIM_MODE_BOOT)
		(void)fprintf(stderr, "espsim: %s (reset %u)\n", names[*mode], *resets);
}

static void serve(struct server *s, bool is_once)
{
	uint64_t start = clock_us();
	unsigned resets = 0;
	enum sim_mode mode = SIM_MODE_OFF;

	while (!is_stopped && !s->sim->is_failed) {
		struct pollfd p[LISTENERS_MAX + 1];
		size_t n = fill_poll(s, p);
		bool had_client = s->client.fd >= 0;

		if (poll(p, (nfds_t)n, wait_ms(s)) < 0 && errno != EINTR)
			return;
		sim_advance(s->sim, clock_us() - start);
		for (size_t i = 0; i < s->listener_count; i++)
			if (p[i].revents & POLLIN)
				net_accept(s, &s->listeners[i]);
		if (had_client && !s->client.is_lost &&
		    p[s->listener_count].revents & (POLLIN | POLLHUP | POLLERR))
			net_receive(s);
		net_settle(s);
		sim_advance(s->sim, clock_us() - start);
		net_forward(s);
		say(s, &resets, &mode);
		if (s->client.is_lost) {
			net_hang_up(s);
			s->client.is_lost = false;
			if (is_once)
				return;
		}
	}
}

static bool run(struct settings *set, struct ef_buf *text, struct server *s, struct ef_err *err)
{
	if (!map_flash(set, err) || !read_boot_text(set, text, err))
		return false;
	s->sim = sim_new(&set->board);
	if (!s->sim)
		return ef_fail(err, EF_E_USAGE, "'%s' doesn't support these options",
			       set->board.chip);
	s->client.fd = -1;
	s->is_quiet = set->is_quiet;
	s->line_gap_us = set->line_gap_ms * 1000u;
	s->press_reset_us = set->press_reset_ms * UINT64_C(1000);
	for (size_t i = 0; i < set->url_count; i++) {
		if (!net_listen(&s->listeners[i], set->urls[i], err))
			return false;
		s->listener_count++;
	}
	for (size_t i = 0; i < s->listener_count; i++)
		(void)printf("%s\n", s->listeners[i].url);
	(void)fflush(stdout);
	serve(s, set->is_once);
	return s->sim->is_failed ? ef_fail(err, EF_E_IO, "out of memory") : true;
}

static void release(struct settings *set, struct server *s)
{
	for (size_t i = 0; i < s->listener_count; i++)
		(void)close(s->listeners[i].fd);
	net_hang_up(s);
	sim_free(s->sim);
	if (set->board.flash) {
		(void)msync(set->board.flash, set->board.flash_size, MS_SYNC);
		(void)munmap(set->board.flash, set->board.flash_size);
	}
}

int main(int argc, char **argv)
{
	static struct server server;
	struct ef_buf text = EF_BUF_INIT(EF_MIB);
	struct settings set = { .board = { .revision = SIM_DEFAULT_REV }, .line_gap_ms = 200 };
	struct sigaction sa = { .sa_handler = on_signal };
	struct ef_err err = { 0 };
	bool ok;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			espsim_help(stdout);
			return EXIT_SUCCESS;
		}
		if (strcmp(argv[i], "--markdown-options") == 0 ||
		    strcmp(argv[i], "--markdown-faults") == 0) {
			/* for docs/espsim.md; tests/cli/meta/docs-drift.sh compares */
			if (strcmp(argv[i], "--markdown-faults") == 0)
				espsim_markdown_faults(stdout);
			else
				espsim_markdown_options(stdout);
			return EXIT_SUCCESS;
		}
	}
	(void)sigaction(SIGTERM, &sa, NULL);
	(void)sigaction(SIGINT, &sa, NULL);
	sa.sa_handler = on_bus_error;
	(void)sigaction(SIGBUS, &sa, NULL);
	sa.sa_handler = SIG_IGN;
	(void)sigaction(SIGPIPE, &sa, NULL);
	server.client.fd = -1;
	ok = espsim_args(argc, argv, &set, &err) && run(&set, &text, &server, &err);
	release(&set, &server);
	ef_buf_release(&text);
	if (!ok)
		(void)fprintf(stderr, "espsim: error: %s\n", err.msg);
	return ok ? EXIT_SUCCESS : ef_code_exit_status(err.code);
}
