/* SPDX-License-Identifier: MIT */
/*
 * Runs a program on a pseudo terminal and types for it:
 *
 *     pty_keys ROWSxCOLUMNS LOG [WAIT DO]... -- COMMAND [ARGUMENT...]
 *
 * Everything that the program prints goes to the file LOG. When WAIT has been
 * printed (since the one before), DO happens: text is typed, where \r, \e and
 * \xHH are what they are in C; ^INT, ^TERM, ^HUP, ^QUIT, ^BUS and ^USR2 are sent
 * as signals; ^SIZE=RxC changes the terminal. At the end it says how the program
 * ended, and in which mode the terminal is.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define LIMIT_S 60 /* of each wait: what it waits for comes at once, but the machine may be busy */

/* Ends what we write behind the program's last output. */
static const char end_mark[] = "\x1f\x1e\x1f";

struct run {
	int master, slave;
	FILE *log;
	pid_t child;
	char seen[1 << 16];
	size_t len, from; /* from: end of the text that matched last */
	bool is_ended;
};

static void die(const char *what)
{
	fprintf(stderr, "pty_keys: %s\n", what);
	exit(2);
}

/* Parse digits at *text and move it past them. */
static unsigned number_at(const char **text, unsigned base)
{
	static const char digits[] = "0123456789abcdef";
	unsigned value = 0;
	const char *digit;

	for (; **text && (digit = strchr(digits, **text)) && digit < digits + base; ++*text)
		value = value * base + (unsigned)(digit - digits);
	return value;
}

static void set_size(struct run *r, const char *text)
{
	struct winsize size = { 0, 0, 0, 0 };

	size.ws_row = (unsigned short)number_at(&text, 10);
	if (*text++ != 'x')
		die("a size is ROWSxCOLUMNS");
	size.ws_col = (unsigned short)number_at(&text, 10);
	if (ioctl(r->master, TIOCSWINSZ, &size) != 0)
		die("TIOCSWINSZ");
}

static void open_terminal(struct run *r)
{
	const char *name;

	r->master = posix_openpt(O_RDWR | O_NOCTTY);
	if (r->master < 0 || grantpt(r->master) != 0 || unlockpt(r->master) != 0)
		die("posix_openpt");
	name = ptsname(r->master);
	r->slave = name ? open(name, O_RDWR | O_NOCTTY) : -1;
	if (r->slave < 0)
		die("no terminal");
}

static void start(struct run *r, char **argv)
{
	r->child = fork();
	if (r->child == 0) {
		/* shells ignore these signals for background processes */
		(void)signal(SIGINT, SIG_DFL);
		(void)signal(SIGQUIT, SIG_DFL);
		(void)setsid();
		(void)ioctl(r->slave, TIOCSCTTY, 0);
		(void)dup2(r->slave, STDIN_FILENO);
		(void)dup2(r->slave, STDOUT_FILENO);
		(void)dup2(r->slave, STDERR_FILENO);
		execvp(argv[0], argv);
		_exit(127);
	}
	if (r->child < 0)
		die("fork");
}

/* Read what the program prints within 20 ms. */
static void take(struct run *r)
{
	struct pollfd p = { .fd = r->master, .events = POLLIN };
	ssize_t n;

	if (poll(&p, 1, 20) != 1)
		return;
	n = read(r->master, r->seen + r->len, sizeof(r->seen) - 1 - r->len);
	if (n <= 0)
		return;
	r->len += (size_t)n;
	r->seen[r->len] = '\0';
}

/* The kernel carries the program's last words over in its own time. Ours come behind them. */
static void take_rest(struct run *r)
{
	const size_t mark_len = sizeof(end_mark) - 1;
	time_t end = time(NULL) + LIMIT_S;

	if (write(r->slave, end_mark, mark_len) != (ssize_t)mark_len)
		die("write");
	while (r->len < mark_len || memcmp(r->seen + r->len - mark_len, end_mark, mark_len) != 0) {
		if (time(NULL) > end)
			die("the end of the output does not come");
		take(r);
	}
	r->len -= mark_len;
}

static void wait_for(struct run *r, const char *text)
{
	time_t end = time(NULL) + LIMIT_S;

	for (;;) {
		char *found = strstr(r->seen + r->from, text);

		if (found) {
			r->from = (size_t)(found - r->seen) + strlen(text);
			return;
		}
		if (time(NULL) > end) {
			fwrite(r->seen, 1, r->len, r->log);
			fflush(r->log);
			fprintf(stderr, "pty_keys: '%s' is not printed\n", text);
			(void)kill(r->child, SIGKILL);
			exit(1);
		}
		take(r);
	}
}

static void type(struct run *r, const char *text)
{
	for (; *text; text++) {
		char c = *text;

		if (c == '\\' && text[1] == 'r')
			c = '\r', text++;
		else if (c == '\\' && text[1] == 'e')
			c = 0x1b, text++;
		else if (c == '\\' && text[1] == 'x') {
			const char hex[3] = { text[2], text[3], '\0' };
			const char *h = hex;

			c = (char)number_at(&h, 16);
			text += 3;
		}
		if (write(r->master, &c, 1) != 1)
			die("write");
	}
}

static void say_mode(struct run *r, const char *when)
{
	struct termios t;

	if (tcgetattr(r->slave, &t) != 0)
		die("tcgetattr");
	printf("%s: %s, %s\n", when, t.c_lflag & ICANON ? "lines" : "keys",
	       t.c_lflag & ECHO ? "echo" : "no echo");
}

static void act(struct run *r, const char *what)
{
	static const struct {
		const char *name;
		int number;
	} signals[] = { { "^INT", SIGINT },   { "^TERM", SIGTERM }, { "^HUP", SIGHUP },
			{ "^QUIT", SIGQUIT }, { "^BUS", SIGBUS },   { "^USR2", SIGUSR2 } };

	if (strncmp(what, "^SIZE=", 6) == 0) {
		set_size(r, what + 6);
		return;
	}
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (strcmp(what, signals[i].name) == 0) {
			(void)kill(r->child, signals[i].number);
			return;
		}
	type(r, what);
}

static void finish(struct run *r)
{
	time_t end = time(NULL) + LIMIT_S;
	int status = 0;

	while (waitpid(r->child, &status, WNOHANG) == 0) {
		if (time(NULL) > end) {
			(void)kill(r->child, SIGKILL);
			die("the program does not end");
		}
		take(r);
	}
	take_rest(r);
	fwrite(r->seen, 1, r->len, r->log);
	if (WIFSIGNALED(status))
		printf("ended by signal %d\n", WTERMSIG(status));
	else
		printf("exit status %d\n", WEXITSTATUS(status));
	say_mode(r, "terminal");
}

int main(int argc, char **argv)
{
	static struct run r;
	int at = 3;

	if (argc < 5)
		die("usage: pty_keys ROWSxCOLUMNS LOG [WAIT DO]... -- COMMAND");
	r.log = fopen(argv[2], "w");
	if (!r.log)
		die(argv[2]);
	open_terminal(&r);
	set_size(&r, argv[1]);
	while (at < argc && strcmp(argv[at], "--") != 0)
		at += 2;
	if (at + 1 >= argc)
		die("no command");
	start(&r, argv + at + 1);
	for (at = 3; strcmp(argv[at], "--") != 0; at += 2) {
		wait_for(&r, argv[at]);
		act(&r, argv[at + 1]);
	}
	finish(&r);
	fclose(r.log);
	return 0;
}
