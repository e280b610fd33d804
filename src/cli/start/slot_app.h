/* SPDX-License-Identifier: MIT */
/* The app in a partition, as far as the bootloader would accept it. */
#ifndef EF_CLI_SLOT_APP_H
#define EF_CLI_SLOT_APP_H

#include "cli/start/flash_view.h"
#include <espflash/image.h>

enum slot_state {
	SLOT_EMPTY,   /* erased flash */
	SLOT_NO_APP,  /* something else, or an app that the bootloader refuses: see why */
	SLOT_DAMAGED, /* the whole app was read, and the bootloader refuses it: see why */
	SLOT_APP,     /* header and descriptor are good; the rest was not read */
	SLOT_VALID,   /* the whole app was read; checksum and digest are right */
};

struct slot_app {
	enum slot_state state;
	bool has_desc;
	struct ef_app_desc desc;
	char why[160];
};

/* Read the app's start. whole: read and check all of it. */
bool slot_app_read(const struct flash_view *v, const struct ef_partition *part, bool whole,
		   struct slot_app *ret, struct ef_err *err) EF_MUST_CHECK;
/* Return whether the bootloader may start it. */
bool slot_app_may_start(const struct slot_app *app);
/* "empty", "no-app", "damaged", "app", "valid" */
const char *slot_state_name(enum slot_state state);
/* "hello 1.0", "an app without a name", "nothing", "no app (why)": for the middle of a sentence. */
#define SLOT_TEXT_SIZE 240
void slot_app_text(const struct slot_app *app, char ret[SLOT_TEXT_SIZE]);

#endif
