/* SPDX-License-Identifier: MIT */
/* Knows the names of control characters, and the commands behind the menu key. */
#include "monitor/keys.h"

#include <string.h>

#include "base/util.h"

#define CTRL(c) ((char)((c)&0x1f))
#define DEL     0x7f

const struct ef_monitor_keys keys_default = {
	.exit = { CTRL('C'), CTRL(']') },
	.reset = { CTRL('R') },
	.menu = { CTRL('T') },
};

/* Return the control character that a word names; 0 if it names none. NUL cannot be a key. */
static char key_of(const char *word, size_t len)
{
	char c;

	if (len == 2 && word[0] == '^')
		c = word[1];
	else if (len == 6 && (word[0] == 'c' || word[0] == 'C') &&
		 memcmp(word + 1, "trl", 3) == 0 && (word[4] == '-' || word[4] == '+'))
		c = word[5];
	else
		return '\0';
	if (c >= 'a' && c <= 'z')
		c = (char)(c - 'a' + 'A');
	if (c == '?')
		return DEL;
	/* Ctrl-M is Enter, and arrow keys send sequences that begin with Ctrl-[ */
	if (c < 'A' || c > '_' || c == 'M' || c == '[')
		return '\0';
	return CTRL(c);
}

bool ef_monitor_keys_parse(const char *text, char ret[EF_MONITOR_KEYS_MAX], struct ef_err *err)
{
	char set[EF_MONITOR_KEYS_MAX] = { 0 };
	size_t count = 0;

	while (*text && strcmp(text, "none") != 0) {
		size_t len = strcspn(text, ", ");
		char key = key_of(text, len);

		if (len > 0 && (!key || count == EF_MONITOR_KEYS_MAX)) {
			ef_fail(err, EF_E_USAGE, key ? "too many keys: '%.40s'" : "no key: '%.40s'",
				text);
			return ef_hint_set(err, EF_HINT_KEY_NAMES);
		}
		if (len > 0)
			set[count++] = key;
		text += len + (text[len] != '\0');
	}
	memcpy(ret, set, sizeof(set));
	return true;
}

static bool has(const char set[EF_MONITOR_KEYS_MAX], uint8_t c)
{
	return c != 0 && memchr(set, c, EF_MONITOR_KEYS_MAX);
}

static enum key_action menu_action(uint8_t c)
{
	switch (c | 0x20) {
	case 'x':
	case 'q':
		return KEY_EXIT;
	case 'r':
		return KEY_RESET;
	case 'p':
		return KEY_LOADER;
	case 'h':
		return KEY_HELP;
	default:
		return KEY_SEND;
	}
}

enum key_action keys_feed(struct keys *k, uint8_t c)
{
	if (k->in_menu) {
		k->in_menu = false;
		if (c == '?')
			return KEY_HELP;
		return c < 0x40 ? KEY_SEND : menu_action(c);
	}
	if (has(k->set.menu, c)) {
		k->in_menu = true;
		return KEY_NOTHING;
	}
	if (has(k->set.exit, c))
		return KEY_EXIT;
	if (has(k->set.reset, c))
		return KEY_RESET;
	return has(k->set.loader, c) ? KEY_LOADER : KEY_SEND;
}

void keys_name(const char set[EF_MONITOR_KEYS_MAX], char *ret, size_t cap)
{
	size_t len = 0;

	ret[0] = '\0';
	for (size_t i = 0; i < EF_MONITOR_KEYS_MAX && set[i]; i++) {
		char c = set[i] == DEL ? '?' : (char)(set[i] | 0x40);

		if (!ef_snprintf(ret + len, cap - len, "%sCtrl-%c", i ? " or " : "", c))
			return;
		len += strlen(ret + len);
	}
}

static size_t add_help(const char set[EF_MONITOR_KEYS_MAX], const char *what, char *ret, size_t len,
		       size_t cap)
{
	char name[64];

	keys_name(set, name, sizeof(name));
	if (name[0])
		(void)ef_snprintf(ret + len, cap - len, "    %-20s %s\n", name, what);
	return len + strlen(ret + len);
}

size_t keys_help(const struct ef_monitor_keys *set, bool has_lines, char *ret, size_t cap)
{
	size_t len;

	(void)ef_strlcpy(ret, cap, "Commands:\n");
	len = strlen(ret);
	len = add_help(set->reset, "Reset chip", ret, len, cap);
	len = add_help(set->loader, "Reset chip into download mode", ret, len, cap);
	len = add_help(set->exit, "Exit", ret, len, cap);
	len = add_help(set->menu,
		       "then h: this help, r: reset, p: download mode, x: exit,\n"
		       "                         any other key: send it as it is",
		       ret, len, cap);
	(void)ef_snprintf(ret + len, cap - len, "%s\n",
			  has_lines ? ""
				    : "(no reset is possible: this port has no DTR and RTS)\n");
	return len + strlen(ret + len);
}
