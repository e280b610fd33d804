/* SPDX-License-Identifier: MIT */
/*
 * The command line as data. A program is a table of commands, a command a
 * list of groups, a group an array of const records; a record says where in
 * the command's argument struct its value goes. The parser, the help, the
 * completions and the manual all read the same records (opt.c, opt_help.c,
 * opt_complete.c, tools/docs_commands.c).
 *
 * Precedence, the same for every option: command line, environment,
 * configuration file, default.
 */
#ifndef EF_CLI_OPT_H
#define EF_CLI_OPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <espflash/chip.h>
#include <espflash/err.h>

/* ---- values: the types that a member of an argument struct may have ---- */

/* A number; is_set is false when the option was not given. */
struct opt_u32 {
	uint32_t value;
	bool is_set;
};

/*
 * Copies of repeated or comma-separated texts. The struct points into itself: do
 * not move it once filled.
 */
#define OPT_LIST_MAX  96
#define OPT_LIST_TEXT 2048
struct opt_list {
	size_t count;
	const char *item[OPT_LIST_MAX];
	size_t used;
	char text[OPT_LIST_TEXT];
};

enum opt_kind {
	OPT_KIND_FLAG,   /* bool */
	OPT_KIND_COUNT,  /* unsigned: the number of times that it was given */
	OPT_KIND_STRING, /* const char *; NULL: not given */
	OPT_KIND_U32,    /* struct opt_u32 */
	OPT_KIND_REV,    /* struct opt_u32: "major.minor" as major * 100 + minor */
	OPT_KIND_CHOICE, /* int: opt_choice.value */
	OPT_KIND_CHIP,   /* const struct ef_chip *; NULL: not given */
	OPT_KIND_LIST,   /* struct opt_list */
};

enum opt_flag {
	OPT_ARG = 1 << 0, /* positional: no name on the command line */
	OPT_REQUIRED = 1 << 1,
	OPT_STOP = 1 << 2,   /* parsing ends here with success (help) */
	OPT_EXIT = 1 << 3,   /* makes required arguments optional (version) */
	OPT_HIDDEN = 1 << 4, /* accepted, but not shown in help */
	OPT_WORDS = 1 << 5,  /* for lists: each item is a whole word, commas included, and is not
				copied */
	/* the value is an output file; in a list, one of the values is (opt_command.written) */
	OPT_WRITES = 1 << 7,
	/*
	 * behind the end of the choices come further names, which are accepted but not shown, up to
	 * a second end
	 */
	OPT_MORE = 1 << 8,
	OPT_COMMON = 1 << 6, /* one of the few options that -h shows */
	OPT_EATS = 1 << 9,   /* a list: all words up to the next option belong to it */
	/* The kind of file that the option is for. The command refuses it with other files. */
	OPT_FOR_ELF = 1 << 10,    /* an ELF that an image is built from */
	OPT_FOR_APP = 1 << 11,    /* an ELF, or an app to which we add a bootloader and a table */
	OPT_FOR_BUILD = 1 << 12,  /* a build or a download whose parts have places */
	OPT_FOR_PLACES = 1 << 13, /* files whose places are given with them */
};

/* What a completion script offers for the value. */
enum opt_complete {
	OPT_COMPLETE_NONE,
	OPT_COMPLETE_FILE,
	OPT_COMPLETE_PORT,
	OPT_COMPLETE_COMMAND,
};

struct opt_choice {
	const char *name; /* NULL ends the array */
	int value;
};

struct opt_range {
	uint32_t min, max;
};

struct opt {
	enum opt_kind kind;
	enum opt_complete complete;
	unsigned flags;         /* enum opt_flag */
	char letter;            /* 0: none */
	const char *name;       /* without dashes; a positional's name is used in messages only */
	const char *alias;      /* an older spelling, accepted and not shown */
	const char *value;      /* "FILE"; NULL for flags */
	const char *help;       /* one line, lower case, no full stop */
	const char *details;    /* more sentences for --help and the manual; NULL */
	size_t offset;          /* offset of the value from the group's base */
	struct opt_range range; /* limits of a number */
	const struct opt_choice *choices;
	const char *env;    /* environment variable; NULL */
	const char *config; /* key in a configuration file, "flash.mode"; NULL */
	/* default, in the option's own grammar; for a number also a word, whose value is 0; NULL */
	const char *def;
	const char *bare; /* value if none is attached (--wait, --wait=5); NULL: it is required */
	/* How this option combines with others: see "relations" below. NULL: no such rule. */
	const char *conflicts, *needs, *idle, *implies;
};

/*
 * Relations. A rule is a list of conditions, separated by ", ":
 *
 *     monitor                 the option --monitor has a value (a flag is on, a choice was made)
 *     !monitor                it has none
 *     before=no-reset|x       the choice --before has one of these values
 *     monitor&!json           both hold
 *
 * conflicts: the command line is refused if a condition holds.
 * needs:     it is refused unless one of the conditions holds.
 * idle:      the option does nothing if one of them holds; the user is warned.
 * implies:   the name of a flag that this option switches on.
 *
 * Groups serve several commands. A condition about an option that the command lacks
 * is not a condition: --until needs no --monitor in the command that is one.
 */

/* The offset of a member, which must have this type: a wrong one does not compile. */
#define OPT_AT(type, s, m) (offsetof(s, m) * _Generic(((s *)0)->m, type : 1u))

#define OPT_FLAG(l, n, s, m, h)                                                                    \
	.kind = OPT_KIND_FLAG, .letter = (l), .name = (n), .offset = OPT_AT(bool, s, m), .help = (h)
#define OPT_COUNT(l, n, s, m, h)                                                                   \
	.kind = OPT_KIND_COUNT, .letter = (l), .name = (n), .offset = OPT_AT(unsigned, s, m),      \
	.help = (h)
#define OPT_STRING(l, n, v, s, m, h)                                                               \
	.kind = OPT_KIND_STRING, .letter = (l), .name = (n), .value = (v),                         \
	.offset = OPT_AT(const char *, s, m), .help = (h)
#define OPT_FILE(l, n, v, s, m, h) OPT_STRING(l, n, v, s, m, h), .complete = OPT_COMPLETE_FILE
#define OPT_U32(l, n, v, s, m, lo, hi, h)                                                          \
	.kind = OPT_KIND_U32, .letter = (l), .name = (n), .value = (v), .range = { (lo), (hi) },   \
	.offset = OPT_AT(struct opt_u32, s, m), .help = (h)
#define OPT_REV(l, n, v, s, m, h)                                                                  \
	.kind = OPT_KIND_REV, .letter = (l), .name = (n), .value = (v),                            \
	.offset = OPT_AT(struct opt_u32, s, m), .help = (h)
#define OPT_CHOICE(l, n, v, s, m, c, h)                                                            \
	.kind = OPT_KIND_CHOICE, .letter = (l), .name = (n), .value = (v), .choices = (c),         \
	.offset = OPT_AT(int, s, m), .help = (h)
#define OPT_CHIP(l, n, v, s, m, h)                                                                 \
	.kind = OPT_KIND_CHIP, .letter = (l), .name = (n), .value = (v),                           \
	.offset = OPT_AT(const struct ef_chip *, s, m), .help = (h)
#define OPT_LIST(l, n, v, s, m, h)                                                                 \
	.kind = OPT_KIND_LIST, .letter = (l), .name = (n), .value = (v),                           \
	.offset = OPT_AT(struct opt_list, s, m), .help = (h)

struct opt_group {
	const char *title;      /* "Connection options" */
	const struct opt *opts; /* a record without a name ends the array */
};

/* A group, and the place of its values in a command's argument struct. */
struct opt_use {
	const struct opt_group *group; /* NULL ends the array */
	size_t base;
};

#define OPT_USES_MAX     8
#define OPT_EXAMPLES_MAX 6

struct cli;

struct opt_command {
	const char *name;
	const char *summary; /* one line, lower case, no full stop */
	const char *details; /* paragraphs, separated by empty lines */
	const char *idle;    /* options that do nothing in this command, "before, after"; NULL */
	const char *examples[OPT_EXAMPLES_MAX]; /* whole command lines; NULL ends the array */
	struct opt_use uses[OPT_USES_MAX];
	size_t args_size;
	/*
	 * Returns the word in a list with OPT_WRITES that names the output file; NULL: none does.
	 */
	const char *(*written)(const void *args);
	bool is_hidden;
	bool is_common; /* the program's -h explains this command and only names the others */
	bool (*run)(struct cli *cli, const void *args, struct ef_err *err);
};

/* A command of another program and our equivalent. A dash in name matches an underscore, too. */
struct opt_foreign {
	const char *name, *ours;
};

struct opt_program {
	const char *name, *version, *summary, *details;
	const struct opt_command *commands; /* a command without a name ends the array */
	const struct opt_group *globals;    /* accepted before and after the command */
	const struct opt_foreign *foreign;  /* names in similar programs; may be NULL */
};

/* ---- walking ---- */

/* An iterator over the command's options and then the global ones. Start with all members zero. */
struct opt_ref {
	const struct opt *opt;
	const struct opt_group *group;
	bool is_global;
	size_t base;
	size_t index;   /* 0 for the first option visited, and so on */
	size_t use, at; /* position of the walk */
	bool is_started;
};
bool opt_next(const struct opt_program *program, const struct opt_command *command,
	      struct opt_ref *ref);
const struct opt_command *opt_command_find(const struct opt_program *program, const char *name);

/* ---- parsing ---- */

#define OPT_ARGS_SIZE 32768 /* at least the largest args_size: opt_selfcheck compares */
#define OPT_COUNT_MAX 96    /* limit for the options of one command and the global ones */

typedef const char *opt_env_fn(void *user, const char *name);
/*
 * Look up an option that has a key in the configuration files. *ret_text becomes
 * its text or NULL, *ret_where the place for messages. The parser doesn't call
 * this if the command line or the environment set the option, or for help and
 * version.
 */
typedef bool opt_config_fn(void *user, const struct opt *opt, const char **ret_text,
			   const char **ret_where, struct ef_err *err);

struct opt_sources {
	opt_env_fn *env;       /* NULL: none */
	opt_config_fn *config; /* NULL: none */
	void *user;
};

/* Where a value came from. A later source overrides an earlier one. */
enum opt_from {
	OPT_FROM_NOWHERE,
	OPT_FROM_DEFAULT,
	OPT_FROM_CONFIG,
	OPT_FROM_ENV,
	OPT_FROM_ARGS,
};

/* Options that have no effect on this command line, for one reason. */
#define OPT_NOTES_MAX 16
#define OPT_NOTE_SIZE 512
struct opt_notes {
	size_t count;
	char text[OPT_NOTES_MAX]
		 [OPT_NOTE_SIZE]; /* "'--filter' has no effect without '--monitor'" */
};

struct opt_parsed {
	const struct opt_command *command; /* NULL: the command line names none */
	bool is_stopped;                   /* OPT_STOP ended parsing */
	bool is_brief;                     /* ... by its letter: -h, not --help */
	unsigned char from[OPT_COUNT_MAX]; /* enum opt_from, by opt_ref.index */
	const char *where[OPT_COUNT_MAX];  /* the place in the file that configures it; NULL */
	struct opt_notes notes;            /* warnings for the user */
};

/*
 * Parse argv, which does not include the program's name. globals and the command's
 * args_size bytes of args are zeroed, then filled from defaults, configuration,
 * environment and command line. args has room for every command, OPT_ARGS_SIZE bytes.
 * ret->command is set even on failure, if the command is known by then. Errors: USAGE
 * (with a suggestion if one is near), UNSUPP, and those of the configuration files (INPUT, IO).
 */
bool opt_parse(const struct opt_program *program, int argc, char *const *argv,
	       const struct opt_sources *sources, void *globals, size_t globals_size, void *args,
	       struct opt_parsed *ret, struct ef_err *err) EF_MUST_CHECK;

/* Return where the value of the named option came from. */
enum opt_from opt_from(const struct opt_program *program, const struct opt_parsed *parsed,
		       const char *name);

/*
 * Return the place in a configuration file that set it: "configuration 'x': line 2: key 'y'"; NULL.
 */
const char *opt_where(const struct opt_program *program, const struct opt_parsed *parsed,
		      const char *name);

/* Fail with USAGE for an unknown command, with a suggestion. Always returns false. */
bool opt_unknown_command(const struct opt_program *program, const char *name, struct ef_err *err);

bool opt_selfcheck(const struct opt_program *program, struct ef_err *err) EF_MUST_CHECK;

/*
 * Return the word for a number that has no fixed default, such as "auto", which the user may give,
 * too. Its value is 0. NULL: the option has no such word.
 */
const char *opt_default_word(const struct opt *opt);

/*
 * Return the i-th name that the option accepts as value. NULL: there are no more, or any text is
 * accepted.
 */
const char *opt_choice_name(const struct opt *opt, size_t i);
/*
 * Get the value of a choice's name, even of a name that help does not show. False: there is no
 * such name.
 */
bool opt_choice_value(const struct opt *opt, const char *text, int *ret);

/* ---- values ---- */

/* Where a value's text came from. */
struct opt_source {
	const char *env;    /* name of the environment variable; NULL: command line or default */
	const char *config; /* file, line and key in a configuration file; NULL: no file */
};

bool opt_takes_value(const struct opt *opt);
/*
 * Convert text (NULL for flags) and store it at ret, which has the type of the
 * option's kind. Errors: USAGE, INPUT (the text is from a configuration file).
 */
bool opt_value_set(const struct opt *opt, const struct opt_source *src, const char *text, void *ret,
		   struct ef_err *err) EF_MUST_CHECK;

/* ---- rendering ---- */

/*
 * Print one screen with the command's usage and its common options or, for the program (NULL), its
 * commands.
 */
void opt_help_brief(FILE *out, const struct opt_program *program,
		    const struct opt_command *command);
/* Print help for a command, or for the program (NULL), at most 100 columns wide. */
void opt_help(FILE *out, const struct opt_program *program, const struct opt_command *command,
	      unsigned width);
/* Print "espflash-c flash [OPTIONS] <IMAGE>". */
void opt_usage(FILE *out, const struct opt_program *program, const struct opt_command *command);

void opt_complete_bash(FILE *out, const struct opt_program *program);
void opt_complete_zsh(FILE *out, const struct opt_program *program);
void opt_complete_fish(FILE *out, const struct opt_program *program);
void opt_complete_elvish(FILE *out, const struct opt_program *program);
void opt_complete_powershell(FILE *out, const struct opt_program *program);

#endif
