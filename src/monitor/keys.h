/* SPDX-License-Identifier: MIT */
/* Decides whether a typed character is a command or goes to the chip. Pure functions. */
#ifndef EF_MONITOR_KEYS_H
#define EF_MONITOR_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <espflash/monitor.h>

enum key_action { KEY_SEND, KEY_EXIT, KEY_RESET, KEY_LOADER, KEY_HELP, KEY_NOTHING };

struct keys {
	struct ef_monitor_keys set;
	bool in_menu; /* the menu key was the last one */
};

extern const struct ef_monitor_keys keys_default;

enum key_action keys_feed(struct keys *k, uint8_t c);
/* Write the help that the user sees, as lines. Returns the length, at most cap - 1. */
size_t keys_help(const struct ef_monitor_keys *set, bool has_lines, char *ret, size_t cap);
/* Write the names of keys: "Ctrl-C or Ctrl-]"; "" if there are none. */
void keys_name(const char set[EF_MONITOR_KEYS_MAX], char *ret, size_t cap);

#endif
