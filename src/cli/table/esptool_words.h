/* SPDX-License-Identifier: MIT */
/* esptool's commands and options, and their names here. */
#ifndef EF_CLI_ESPTOOL_WORDS_H
#define EF_CLI_ESPTOOL_WORDS_H

#include <stdbool.h>

/* The value of an option of esptool's, and its translation. */
enum esptool_value {
	ESPTOOL_NONE,   /* nothing follows */
	ESPTOOL_AS_IS,  /* the same here */
	ESPTOOL_WORD,   /* "default_reset" is "default-reset" here */
	ESPTOOL_AFTER,  /* a word; "no_reset_stub" has another name here */
	ESPTOOL_CHIP,   /* "auto" is the default here */
	ESPTOOL_MHZ,    /* "40m" is "40mhz"; "keep" is the default */
	ESPTOOL_SIZE,   /* "4MB" is "4mb"; "keep" is the default */
	ESPTOOL_REV,    /* 301 is "3.1" */
	ESPTOOL_FILTER, /* "serial=X" is a port here */
	ESPTOOL_TRIES,  /* 0 means no limit */
	ESPTOOL_YES_NO, /* esptool 4: "yes" or "no" may follow */
	ESPTOOL_MANY,   /* all words up to the next option */
};

struct esptool_option {
	const char *name;    /* with dashes; esptool 4 wrote underscores */
	const char *letters; /* "fm" for -fm; NULL */
	const char *ours;    /* "baud"; "": we always do this; NULL: there is no counterpart */
	enum esptool_value value;
};

struct esptool_command {
	const char *name;                     /* with dashes; NULL ends the array */
	const char *ours;                     /* "write-bin"; NULL: there is no counterpart */
	const struct esptool_option *options; /* may be NULL; one without a name ends it */
	/* for a command without a counterpart: the nearest one; NULL */
	const char *near;
	bool names_output; /* without --output the file is named after the first word */
	int size_at;       /* which positional argument is a size; 0: none */
};

extern const struct esptool_option esptool_globals[];
extern const struct esptool_command esptool_commands[];

#endif
