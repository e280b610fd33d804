/* SPDX-License-Identifier: MIT */
/*
 * Plays a chip that talks without a pause, on a pseudo terminal, to a monitor:
 *
 *     flood log|noise BYTES_PER_SECOND BYTES COPY COMMAND [ARGUMENT...]
 *
 * In the command {} stands for the terminal's name; it has to keep what it
 * reads in the file COPY. A rate of 0 is as fast as it goes. At the end the
 * command gets SIGINT, and what came is told: whether COPY is what was sent, how
 * long the command made us wait at most (a UART would have lost bytes once the
 * kernel's 64 KiB are full), its CPU time, and its memory early and late.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define BLOCK 4096u

struct flood {
	bool is_noise;
	uint64_t rate, total;
	const char *copy;
	int master, holder;
	pid_t pid;
	/* what is sent next */
	uint8_t block[BLOCK + 256];
	size_t pos, len;
	uint64_t line, seed;
	/* what was */
	uint64_t sent, sum, longest_us;
	long early_kib;
};

static void die(const char *what)
{
	perror(what);
	exit(2);
}

static uint64_t now_us(void)
{
	struct timespec ts;

	if (clock_gettime(CLOCK_MONOTONIC, &ts) != 0)
		die("clock");
	return (uint64_t)ts.tv_sec * 1000000u + (uint64_t)ts.tv_nsec / 1000u;
}

static void nap(long us)
{
	const struct timespec ts = { us / 1000000, us % 1000000 * 1000 };

	(void)nanosleep(&ts, NULL);
}

/* FNV-1a: the copy can be long, and is compared by this. */
static uint64_t digest(uint64_t sum, const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		sum = (sum ^ data[i]) * 0x100000001b3u;
	return sum;
}

/* ---- what is said ---- */

static uint32_t dice(struct flood *f)
{
	f->seed ^= f->seed << 13;
	f->seed ^= f->seed >> 7;
	f->seed ^= f->seed << 17;
	return (uint32_t)(f->seed >> 20);
}

static void add(struct flood *f, const void *data, size_t len)
{
	memcpy(f->block + f->len, data, len);
	f->len += len;
}

static void add_log(struct flood *f)
{
	char text[128];
	unsigned i = (unsigned)f->line++;

	snprintf(text, sizeof(text),
		 "I (%u) tag%u: line number %u of a dense log, with 0x4200%04x in it\r\n", i, i % 7,
		 i, i & 0xffff);
	add(f, text, strlen(text));
}

static void add_random(struct flood *f, size_t len, uint32_t mask, uint8_t base)
{
	for (size_t i = 0; i < len; i++)
		f->block[f->len++] = (uint8_t)(base + (dice(f) & mask));
}

static void add_noise(struct flood *f)
{
	static const char *const pieces[] = {
		"\x1b[",
		"\x1b]0;title\a",
		"\x1bP+q\x1b\\",
		"\x1b[?1049h",
		"\x1b[2J",
		"\033c",
		"\x1b(0",
		"\x0e",
		"\xe2\x82",
		"\xf0\x9f\x98",
		"\xc3",
		"\xff\x00",
		"\r\n",
		"\n",
		"Guru Meditation Error: Core  0 panic'ed (",
		"Backtrace: 0x400d1234:0x3ffb0000 ",
		"Stack memory:\n",
		"Core  0 register dump:\n",
		"STACKDUMP: 42001234 ",
		"rst:0x1 (POWERON),boot:0x8\n",
		"ELF file SHA256: 0123456789abcdef\n",
		"0x42001234",
		"E (12) x: ",
		"panicked at src/main.rs:1:2:",
	};
	const char *piece = pieces[dice(f) % (sizeof(pieces) / sizeof(pieces[0]))];

	switch (dice(f) % 6) {
	case 0:
	case 1:
		add_random(f, dice(f) % 200, 0xff, 0);
		break;
	case 2: /* no line end for long */
		add_random(f, dice(f) % 200, 0x3f, 0x30);
		break;
	case 3: /* framed as defmt is */
		add(f, "\xff\x00", 2);
		add_random(f, dice(f) % 40, 0x7f, 0x80);
		add(f, "", 1);
		break;
	case 4:
		add_log(f);
		break;
	default: /* with a NUL, where it has one */
		add(f, piece, piece[0] == '\xff' ? 2 : strlen(piece));
		break;
	}
}

/* ---- the command ---- */

static void open_terminal(struct flood *f)
{
	struct termios t;

	f->master = posix_openpt(O_RDWR | O_NOCTTY);
	if (f->master < 0 || grantpt(f->master) != 0 || unlockpt(f->master) != 0)
		die("pseudo terminal");
	f->holder = open(ptsname(f->master), O_RDWR | O_NOCTTY);
	if (f->holder < 0 || tcgetattr(f->holder, &t) != 0)
		die("pseudo terminal");
	t.c_iflag = t.c_oflag = t.c_lflag = 0;
	if (tcsetattr(f->holder, TCSANOW, &t) != 0 || fcntl(f->master, F_SETFL, O_NONBLOCK) != 0)
		die("pseudo terminal");
}

static void start(struct flood *f, char **argv)
{
	for (char **arg = argv; *arg; arg++)
		if (strcmp(*arg, "{}") == 0)
			*arg = ptsname(f->master);
	f->pid = fork();
	if (f->pid < 0)
		die("fork");
	if (f->pid > 0)
		return;
	close(f->master);
	close(f->holder);
	close(STDIN_FILENO);
	if (open("/dev/null", O_RDONLY) != STDIN_FILENO)
		_exit(127);
	execvp(argv[0], argv);
	die(argv[0]);
}

static bool is_gone(const struct flood *f)
{
	siginfo_t info;

	info.si_pid = 0;
	return waitid(P_PID, (id_t)f->pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
	       info.si_pid != 0;
}

/* The resident set; 0 where there is no /proc. */
static long memory_kib(const struct flood *f)
{
	char path[64], text[256];
	FILE *file;
	long kib = 0;

	snprintf(path, sizeof(path), "/proc/%ld/status", (long)f->pid);
	file = fopen(path, "r");
	while (file && fgets(text, sizeof(text), file))
		if (strncmp(text, "VmRSS:", 6) == 0)
			kib = strtol(text + 6, NULL, 10);
	if (file)
		fclose(file);
	return kib;
}

static uint64_t copy_size(const struct flood *f)
{
	struct stat st;

	return stat(f->copy, &st) == 0 ? (uint64_t)st.st_size : 0;
}

/* ---- sending ---- */

static void fill(struct flood *f)
{
	f->pos = f->len = 0;
	while (f->len < BLOCK)
		f->is_noise ? add_noise(f) : add_log(f);
	if (f->len > f->total - f->sent)
		f->len = (size_t)(f->total - f->sent);
}

/* What the wire would have carried by now, of the current block. */
static size_t due(const struct flood *f, uint64_t since_us)
{
	size_t len = f->len - f->pos;
	uint64_t all = f->rate ? (now_us() - since_us) * f->rate / 1000000u : f->total;
	uint64_t ahead = all > f->sent ? all - f->sent : 0;

	return ahead < len ? (size_t)ahead : len;
}

static void send_all(struct flood *f)
{
	uint64_t since_us = now_us(), refused_us = 0;

	while (f->sent < f->total && !is_gone(f)) {
		size_t len;
		ssize_t n;

		if (f->pos == f->len)
			fill(f);
		len = due(f, since_us);
		n = len ? write(f->master, f->block + f->pos, len) : 0;
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			die("write");
		if (n > 0) {
			f->sum = digest(f->sum, f->block + f->pos, (size_t)n);
			f->pos += (size_t)n;
			f->sent += (uint64_t)n;
			if (refused_us && now_us() - refused_us > f->longest_us)
				f->longest_us = now_us() - refused_us;
			refused_us = 0;
			if (!f->early_kib && f->sent > f->total / 10)
				f->early_kib = memory_kib(f);
		} else {
			if (len > 0 && !refused_us)
				refused_us = now_us();
			nap(1000);
		}
	}
}

static bool is_same(const struct flood *f)
{
	static uint8_t room[65536];
	FILE *file = fopen(f->copy, "rb");
	uint64_t sum = 0xcbf29ce484222325u;
	size_t n;

	while (file && (n = fread(room, 1, sizeof(room), file)) > 0)
		sum = digest(sum, room, n);
	if (file)
		fclose(file);
	return file && sum == f->sum;
}

int main(int argc, char **argv)
{
	struct flood f = { .seed = 88172645463325252u, .sum = 0xcbf29ce484222325u };
	struct rusage used;
	uint64_t began, sending, late_kib;
	double cpu;
	int status;

	if (argc < 6) {
		fputs("flood log|noise BYTES_PER_SECOND BYTES COPY COMMAND...\n", stderr);
		return 2;
	}
	f.is_noise = strcmp(argv[1], "noise") == 0;
	f.rate = strtoull(argv[2], NULL, 10);
	f.total = strtoull(argv[3], NULL, 10);
	f.copy = argv[4];
	open_terminal(&f);
	start(&f, argv + 5);
	nap(1000000); /* it opens the port, and forgets what was there before */
	began = now_us();
	send_all(&f);
	sending = now_us() - began;
	for (unsigned i = 0; i < 500 && copy_size(&f) < f.sent && !is_gone(&f); i++)
		nap(10000);
	late_kib = (uint64_t)memory_kib(&f);
	kill(f.pid, SIGINT);
	if (waitpid(f.pid, &status, 0) != f.pid || getrusage(RUSAGE_CHILDREN, &used) != 0)
		die("wait");
	cpu = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
	      (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
	fprintf(stderr,
		"%llu of %llu bytes in %.1f s, %s; waited %.0f ms at most; CPU %.2f s (%.1f %%); "
		"memory %ld, then %ld KiB\n",
		(unsigned long long)copy_size(&f), (unsigned long long)f.sent,
		(double)sending / 1e6, is_same(&f) ? "the same" : "NOT WHAT WAS SENT",
		(double)f.longest_us / 1e3, cpu, cpu * 1e8 / (double)sending, f.early_kib,
		(long)late_kib);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		fprintf(stderr, "the command ended with status 0x%x\n", (unsigned)status);
		return 1;
	}
	return is_same(&f) && f.sent == f.total ? 0 : 1;
}
