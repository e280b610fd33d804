/* SPDX-License-Identifier: MIT */
/* One of several things, chosen with the arrow keys on a terminal. */
#ifndef EF_CLI_UI_MENU_H
#define EF_CLI_UI_MENU_H

#include "cli/ui/ui.h"

struct ui_menu_item {
	const char *text; /* cleaned; what doesn't fit in the line is cut off */
	bool is_marked;   /* bold, with the mark behind it */
	const char *mark; /* "  (known board)" */
};

/* Whether the terminal can show one: TERM=dumb and none at all can't. */
bool ui_menu_possible(const struct cli *cli);

/*
 * Arrows, j and k, Home, End, pages and numbers move; Enter takes; Esc and q
 * leave, and so does a signal. false: nothing was chosen.
 */
bool ui_menu(struct cli *cli, const char *title, const struct ui_menu_item *items, size_t count,
	     size_t *ret);

#endif
