/* SPDX-License-Identifier: MIT */
/* From the connection options to a flasher's, and back: what connect.c asks for. */
#ifndef EF_CLI_CONNECT_SETUP_H
#define EF_CLI_CONNECT_SETUP_H

#include "cli/cli.h"
#include <espflash/reset.h>

/* What the options point to; lives as long as the connection is being made. */
struct connect_plan {
	struct ef_reset reset;
	char first[24];
};

/*
 * Fill in how to connect: sequences, bounds, what worked last time. Lines are
 * inverted on the port where that was asked for. cli->connected is the report.
 */
bool connect_setup(struct cli *cli, const struct connect_args *args, struct ef_port *port,
		   struct connect_plan *plan, struct ef_connect_opts *opts,
		   struct ef_err *err) EF_MUST_CHECK;
/* Remember what worked; nothing that goes wrong here matters. */
void connect_learn(struct cli *cli, const struct connect_args *args, const struct ef_port *port);

/* After opening failed: whether --wait says to try again now (some time has passed then). */
struct connect_waiting {
	uint64_t until_us; /* 0: not begun */
};
bool connect_may_wait(struct cli *cli, const struct connect_args *args, struct connect_waiting *w,
		      struct ef_err *err);

/* The verdict, its evidence and the attempts, into the object of an error. */
void diagnosis_json(const struct cli *cli, struct json_out *j);
/* The array "attempts". */
void attempts_json(struct json_out *j, const struct ef_evidence *ev);

/* ---- remember.c ---- */

/* The user's own folder for state, made if need be; false: there is none. */
bool remember_path(char *ret, size_t cap, const char *xdg_state_home, const char *home);
/* The strategy that worked for this device; "" when nothing is known. */
void remember_get(const char *path, const struct ef_port_info *port, char ret[24]);
bool remember_put(const char *path, const struct ef_port_info *port, const char *strategy,
		  struct ef_err *err) EF_MUST_CHECK;

/* ---- esptool_cfg.c ---- */

/*
 * esptool's own configuration: "custom_reset_sequence" from the file that it
 * would take. Empty when there is none. ret_path: which file it was.
 */
struct esptool_cfg_query {
	const char *cfgfile, *xdg_config_home, *home;
};
void esptool_cfg_sequence(const struct esptool_cfg_query *query, char *ret, size_t cap,
			  char *ret_path, size_t path_cap);

#endif
