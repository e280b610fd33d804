/* SPDX-License-Identifier: MIT */
/* A connection to a board: the port, the chip, and what must be freed with them. */
#ifndef EF_CLI_SESSION_H
#define EF_CLI_SESSION_H

#include "cli/board/auto_rate.h"
#include "cli/cli.h"
#include <espflash/flasher.h>
#include <espflash/port.h>

struct session {
	struct ef_port *port;
	struct ef_flasher *flasher;
	uint8_t *stub;     /* the file of --stub; NULL */
	unsigned inverted; /* enum ef_line: see --invert-dtr */
	struct auto_rate rate;
	uint64_t begin_us; /* when its opening began: see connect_clock_us */
	int lent_fd;       /* the monitor that lent the port gets it back when this is closed; -1 */
};
#define SESSION_INIT                                                                               \
	{                                                                                          \
		.lent_fd = -1                                                                      \
	}

/* Choose and open the port, connect and identify the chip: ef_flasher_device() has the facts. */
bool session_open(struct cli *cli, const struct connect_args *args, struct session *ret,
		  struct ef_err *err) EF_MUST_CHECK;
/*
 * Do the same, while the content that will probably be written is compressed: the longest region.
 */
bool session_open_to_write(struct cli *cli, const struct connect_args *args,
			   const struct ef_region *likely, struct session *ret,
			   struct ef_err *err) EF_MUST_CHECK;
/* Set *longest to this content if it is longer. The caller finds the longest region by this. */
void session_prefer_longer(struct ef_region *longest, const uint8_t *data, size_t len,
			   const char *label);
/* Do the same without touching the flash, for work on memory. */
bool session_open_chip(struct cli *cli, const struct connect_args *args, struct session *ret,
		       struct ef_err *err) EF_MUST_CHECK;
/*
 * Connect for the facts about the chip and its flash: without a stub (one that runs already is
 * used, and one that the user named is loaded).
 */
bool session_open_facts(struct cli *cli, const struct connect_args *args, struct session *ret,
			struct ef_err *err) EF_MUST_CHECK;
/*
 * Connect for a few exchanges that the ROM does as fast: without the flash, a stub (one that runs
 * already is used), another rate than the first, or facts other than the chip and its MAC.
 */
bool session_open_brief(struct cli *cli, const struct connect_args *args, struct session *ret,
			struct ef_err *err) EF_MUST_CHECK;
/* Only open the port, and send nothing. keep_lines: leave DTR and RTS as they are. */
bool session_open_port(struct cli *cli, const struct connect_args *args, uint32_t rate_hz,
		       bool keep_lines, struct session *ret, struct ef_err *err) EF_MUST_CHECK;
/*
 * Open the port of a closed session again, under the name that the device has
 * now, and leave DTR and RTS as they are. was: the facts it had. PORT, IO.
 */
bool session_reopen_port(struct cli *cli, struct session *s, const struct ef_port_info *was,
			 uint32_t rate_hz, struct ef_err *err) EF_MUST_CHECK;
/* Leaves the lines idle. Accepts an empty session, and may be called twice. */
void session_close(struct session *s);

#endif
