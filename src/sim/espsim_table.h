/* SPDX-License-Identifier: MIT */
/* The options and faults of espsim: what its parser, its help and docs/espsim.md share. */
#ifndef EF_SIM_ESPSIM_TABLE_H
#define EF_SIM_ESPSIM_TABLE_H

#include <stddef.h>

#include "sim/espsim_args.h"

/* A value that an option may have. */
struct espsim_choice {
	const char *name;
	int value;
	const char *text; /* NULL: the name explains it */
};

enum espsim_kind {
	ESPSIM_FLAG,   /* sets the bool at `at` */
	ESPSIM_NUMBER, /* a number up to `max` for the uint32_t at `at` */
	ESPSIM_TEXT,   /* for the const char * at `at` */
	ESPSIM_OTHER,  /* `parse` stores it */
};

struct espsim_option {
	const char *name;
	const char *value; /* what the help calls the value; NULL: a flag */
	const char *text;  /* words in single quotes are to be typed as they are */
	const struct espsim_choice *choices; /* end with a NULL name */
	size_t at;                           /* in struct settings */
	bool (*parse)(struct settings *set, const char *value);
	enum espsim_kind kind;
	uint32_t max;
};

struct espsim_fault {
	const char *name;
	const char *text;
	size_t at; /* of an unsigned in struct sim_faults */
};

/* All end with a NULL name. */
extern const struct espsim_option espsim_options[];
extern const struct espsim_fault espsim_faults[];
extern const struct espsim_choice espsim_circuits[], espsim_troubles[], espsim_encryptions[];

#endif
