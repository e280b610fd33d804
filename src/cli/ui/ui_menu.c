/* SPDX-License-Identifier: MIT */
/*
 * Knows how a list of things to choose from looks and behaves on a terminal:
 * single keys, a bar that moves, rows that scroll; and that the terminal is
 * as it was before, whichever way the choice ends. Sequences are those of
 * ECMA-48, which every terminal but TERM=dumb understands.
 */
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "cli/ui/ui_menu.h"
#include "base/bytes.h"

#define SLICE_MS  100 /* how often signals and the terminal's size are looked at */
#define ESCAPE_MS 100 /* the rest of a key's sequence comes at once; of Esc there is none */
#define ROW_SIZE  512

enum key {
	KEY_NONE,
	KEY_UP,
	KEY_DOWN,
	KEY_PAGE_UP,
	KEY_PAGE_DOWN,
	KEY_FIRST,
	KEY_LAST,
	KEY_ENTER,
	KEY_CANCEL,
	KEY_DIGIT, /* + 0 ... + 9 */
};

struct menu {
	struct cli *cli;
	const char *title;
	const struct ui_menu_item *items;
	size_t count, chosen, first; /* first: the item in the top row */
	size_t number;               /* digits typed so far */
	unsigned rows, columns;      /* of the terminal, when it was drawn last */
	bool is_raw;
	struct termios saved;
	sigset_t held, old_mask;
};

/* ---- the terminal ---- */

static void terminal_size(const struct menu *m, unsigned *ret_rows, unsigned *ret_columns)
{
	struct winsize size;
	bool is_known = ioctl(fileno(m->cli->err), TIOCGWINSZ, &size) == 0;

	*ret_rows = is_known && size.ws_row ? size.ws_row : 24;
	*ret_columns = is_known && size.ws_col ? size.ws_col : 80;
}

bool ui_menu_possible(const struct cli *cli)
{
	const char *term = getenv("TERM");

	return ui_can_ask(cli) && term && *term && strcmp(term, "dumb") != 0;
}

/*
 * Single keys without echo. Ctrl-C stays a signal, which the program catches
 * anyway; the signals that would stop or end the program with the terminal
 * like this are held back and let go when it is restored (release).
 */
static bool seize(struct menu *m)
{
	struct termios t;

	if (tcgetattr(STDIN_FILENO, &m->saved) != 0)
		return false;
	t = m->saved;
	t.c_lflag &= ~(tcflag_t)(ICANON | ECHO | IEXTEN);
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	sigemptyset(&m->held);
	sigaddset(&m->held, SIGQUIT);
	sigaddset(&m->held, SIGTSTP);
	if (sigprocmask(SIG_BLOCK, &m->held, &m->old_mask) != 0)
		return false;
	m->is_raw = tcsetattr(STDIN_FILENO, TCSANOW, &t) == 0;
	if (!m->is_raw)
		(void)sigprocmask(SIG_SETMASK, &m->old_mask, NULL);
	return m->is_raw;
}

/* The menu disappears, and the terminal is what it was. */
static void release(struct menu *m)
{
	if (!m->is_raw)
		return;
	m->is_raw = false;
	fputs("\r\x1b[J\x1b[?25h", m->cli->err);
	fflush(m->cli->err);
	(void)tcsetattr(STDIN_FILENO, TCSANOW, &m->saved);
	(void)sigprocmask(SIG_SETMASK, &m->old_mask, NULL);
}

/* ---- drawing ---- */

/* Bytes of the UTF-8 text that take at most this many columns. */
static size_t cut_at(const char *text, size_t columns)
{
	size_t i = 0;

	for (; text[i]; i++)
		/* a character begins: everything but 10xxxxxx */
		if (((unsigned char)text[i] & 0xc0) != 0x80 && columns-- == 0)
			break;
	return i;
}

static void print_row(const struct menu *m, const char *text, const char *color)
{
	/* The last column stays free: some terminals go to the next line there. */
	int len = (int)cut_at(text, m->columns - 1);

	fprintf(m->cli->err, "\r\x1b[K%s%.*s%s\n", m->cli->is_err_color ? color : "", len, text,
		m->cli->is_err_color && *color ? "\x1b[0m" : "");
}

static void print_item(const struct menu *m, size_t i, bool has_above, bool has_below)
{
	const struct ui_menu_item *item = &m->items[i];
	bool is_chosen = i == m->chosen;
	char row[ROW_SIZE];

	(void)snprintf(row, sizeof(row), "%c%c%3zu  %s%s", is_chosen ? '>' : ' ',
		       has_above   ? '^'
		       : has_below ? 'v'
				   : ' ',
		       i + 1, item->text, item->is_marked ? item->mark : "");
	print_row(m, row, is_chosen ? "\x1b[1;36m" : item->is_marked ? "\x1b[1m" : "");
}

/* Leaves the cursor where it began: at the left of the first row. */
static void draw(struct menu *m)
{
	size_t visible;

	terminal_size(m, &m->rows, &m->columns);
	if (m->columns < 2)
		m->columns = 2;
	/* One row is the title's, and the cursor needs one below. */
	visible = m->rows > 3 ? m->rows - 2 : 1;
	if (visible > m->count)
		visible = m->count;
	if (m->chosen < m->first)
		m->first = m->chosen;
	if (m->chosen >= m->first + visible)
		m->first = m->chosen - visible + 1;
	if (m->first > m->count - visible)
		m->first = m->count - visible;
	fputs("\r\x1b[J\x1b[?25l", m->cli->err);
	print_row(m, m->title, "");
	for (size_t i = 0; i < visible; i++)
		print_item(m, m->first + i, i == 0 && m->first > 0,
			   i + 1 == visible && m->first + visible < m->count);
	fprintf(m->cli->err, "\x1b[%zuA\r", visible + 1);
	fflush(m->cli->err);
}

/* ---- keys ---- */

/* What there is to read within the time; false: nothing, or a signal came. */
static bool wait_key(int timeout_ms)
{
	struct pollfd keyboard = { .fd = STDIN_FILENO, .events = POLLIN };

	return poll(&keyboard, 1, timeout_ms) == 1;
}

/* The end of the input is a choice, too: none. */
static bool read_byte(char *ret)
{
	return read(STDIN_FILENO, ret, 1) == 1;
}

/* After Esc: "[A", "OA", "[1~"; with nothing behind it the key itself. */
static enum key escape_key(void)
{
	char c = 0, first = 0;

	if (!wait_key(ESCAPE_MS) || !read_byte(&c))
		return KEY_CANCEL;
	if (c != '[' && c != 'O')
		return KEY_NONE;
	do {
		if (!wait_key(ESCAPE_MS) || !read_byte(&c))
			return KEY_NONE;
		first = first ? first : c;
	} while (c < '@' || c > '~');
	switch (c) {
	case 'A':
		return KEY_UP;
	case 'B':
		return KEY_DOWN;
	case 'H':
		return KEY_FIRST;
	case 'F':
		return KEY_LAST;
	case '~':
		return first == '1' || first == '7'   ? KEY_FIRST
		       : first == '4' || first == '8' ? KEY_LAST
		       : first == '5'                 ? KEY_PAGE_UP
		       : first == '6'                 ? KEY_PAGE_DOWN
						      : KEY_NONE;
	default:
		return KEY_NONE;
	}
}

static enum key read_key(void)
{
	char c;

	if (!read_byte(&c))
		return KEY_CANCEL;
	switch (c) {
	case '\r':
	case '\n':
	case ' ':
		return KEY_ENTER;
	case 'k':
	case 'K':
	case 'P' & 0x1f:
		return KEY_UP;
	case 'j':
	case 'J':
	case 'N' & 0x1f:
		return KEY_DOWN;
	case 'g':
		return KEY_FIRST;
	case 'G':
		return KEY_LAST;
	case 'q':
	case 'Q':
	case 'D' & 0x1f: /* the end of the input, as a line would have it */
		return KEY_CANCEL;
	case 0x1b:
		return escape_key();
	default:
		return c >= '0' && c <= '9' ? (enum key)(KEY_DIGIT + c - '0') : KEY_NONE;
	}
}

/* "1" is the first; "12" the twelfth, if there are so many, else the second. */
static void type_digit(struct menu *m, size_t digit)
{
	m->number = m->number * 10 + digit;
	if (m->number > m->count)
		m->number = digit;
	if (m->number > m->count)
		m->number = 0;
	if (m->number)
		m->chosen = m->number - 1;
}

static void move(struct menu *m, enum key key)
{
	size_t page = m->rows > 3 ? m->rows - 2 : 1, last = m->count - 1;

	if (key >= KEY_DIGIT) {
		type_digit(m, (size_t)(key - KEY_DIGIT));
		return;
	}
	m->number = 0;
	/* The arrows go round, as espflash's do. */
	if (key == KEY_UP)
		m->chosen = m->chosen ? m->chosen - 1 : last;
	else if (key == KEY_DOWN)
		m->chosen = m->chosen < last ? m->chosen + 1 : 0;
	else if (key == KEY_PAGE_UP)
		m->chosen = m->chosen > page ? m->chosen - page : 0;
	else if (key == KEY_PAGE_DOWN)
		m->chosen = last - m->chosen > page ? m->chosen + page : last;
	else if (key == KEY_FIRST || key == KEY_LAST)
		m->chosen = key == KEY_FIRST ? 0 : last;
}

/* A signal that was held back: as the program would have got it, then go on. */
static bool let_signals_in(struct menu *m)
{
	sigset_t pending;

	if (sigpending(&pending) != 0 ||
	    (sigismember(&pending, SIGQUIT) != 1 && sigismember(&pending, SIGTSTP) != 1))
		return true;
	release(m); /* stopped here, or ended */
	if (!seize(m))
		return false;
	draw(m);
	return true;
}

/* Whether the terminal has another size than when it was drawn on. */
static bool is_resized(const struct menu *m)
{
	unsigned rows, columns;

	terminal_size(m, &rows, &columns);
	return rows != m->rows || columns != m->columns;
}

bool ui_menu(struct cli *cli, const char *title, const struct ui_menu_item *items, size_t count,
	     size_t *ret)
{
	struct menu m = { .cli = cli, .title = title, .items = items, .count = count };
	enum key key = KEY_NONE;

	ui_progress_close(cli);
	if (count == 0 || !seize(&m))
		return false;
	draw(&m);
	while (key != KEY_ENTER && key != KEY_CANCEL && !*cli->interrupt) {
		if (wait_key(SLICE_MS)) {
			key = read_key();
			move(&m, key);
			draw(&m);
		} else if (is_resized(&m)) {
			draw(&m);
		}
		if (!let_signals_in(&m))
			key = KEY_CANCEL;
	}
	release(&m);
	if (key != KEY_ENTER || *cli->interrupt)
		return false;
	*ret = m.chosen;
	return true;
}
