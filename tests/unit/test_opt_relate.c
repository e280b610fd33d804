/* SPDX-License-Identifier: MIT */
/*
 * How options go together: each rule of the table is kept by the parser in every
 * command, nothing that is given is ignored without a word, and -h fits a screen.
 */
#include <stdio.h>

#include "ck_ef.h"
#include "cli/opt/opt_parser.h"
#include "cli/table/args.h"
#include "cli/table/commands.h"
#include <espflash/chip.h>
#include <espflash/partition.h>

static struct global_args globals;
static union {
	unsigned char bytes[OPT_ARGS_SIZE];
	struct flash_args flash;
	struct write_bin_args write_bin;
} args;
static struct opt_parsed parsed;
static struct ef_err err;

static bool no_config(void *user, const struct opt *opt, const char **ret_text,
		      const char **ret_where, struct ef_err *e)
{
	(void)e;
	if (user && strcmp(opt->config, user) == 0)
		*ret_text = "true";
	*ret_where = "configuration 'x'";
	return true;
}

static bool parse_with(const char *config, char *const *argv, int argc)
{
	const struct opt_sources sources = { NULL, no_config, (void *)(uintptr_t)config };

	ef_err_clear(&err);
	return opt_parse(&cli_program, argc, argv, &sources, &globals, sizeof(globals), &args,
			 &parsed, &err);
}

/* ---- lines with a known outcome ---- */

static const struct {
	const char *line, *note, *error; /* note: a part of one; NULL: none at all */
} lines[] = {
	/* a check that CI asked for is never dropped: it opens the monitor */
	{ "flash a --until x", NULL, NULL },
	{ "flash a --fail x --timeout 3", NULL, NULL },
	{ "write-bin 0 a --timeout 3", NULL, NULL },
	/* everything else of a monitor that isn't opened is named, in one warning */
	{ "flash a --filter x --eol cr", "'--filter', '--eol' have no effect without '--monitor'",
	  NULL },
	{ "flash a -r 9600", "'--monitor-baud' has no effect without '--monitor'", NULL },
	{ "flash a -M --filter x --eol cr", NULL, NULL },
	{ "monitor --filter x --eol cr", NULL, NULL },
	{ "monitor --no-reset", NULL, NULL },
	{ "flash a -M --no-reset", "'--no-reset' has no effect without '--non-interactive'", NULL },
	{ "flash a -M --no-reset --non-interactive", NULL, NULL },
	{ "flash a -M --no-listen", "'--no-listen' has no effect with '--monitor'", NULL },
	{ "write-bin 0 a -M --no-listen", "'--no-listen' has no effect with '--monitor'", NULL },
	{ "write-bin 0 a --no-listen", NULL, NULL },
	{ "flash a --no-listen --after no-reset",
	  "'--no-listen' has no effect with '--after no-reset'", NULL },
	{ "flash a --no-listen --after watchdog-reset", NULL, NULL },
	{ "flash a --ram -s 4mb --no-verify", "'--flash-size'", NULL },
	{ "flash a --ram --bootloader b", NULL, "'--bootloader' and '--ram' exclude" },
	{ "flash a --ram --partition-table b", NULL, "'--partition-table' and '--ram' exclude" },
	{ "flash a --no-stub --stub x", NULL, "exclude each other" },
	{ "flash a -p x --confirm-port", "'--confirm-port' has no effect with '--port'", NULL },
	{ "flash a --confirm-port", NULL, NULL },
	{ "flash a --reset-delay 5 --before usb-reset",
	  "'--reset-delay' has no effect with '--before usb-reset'", NULL },
	{ "read-flash 0 1 f --no-stub --block-size 64", "'--block-size' has no effect with", NULL },
	{ "read-flash 0 1 f --block-size 64", NULL, NULL },
	{ "monitor --after no-reset --chip esp32",
	  "'--chip', '--after' have no effect in 'monitor'", NULL },
	/* it bounds opening the port, too, which is all of the connecting that these do */
	{ "hold-in-reset --connect-timeout 3", NULL, NULL },
	{ "hold-in-reset --connect-attempts 3",
	  "'--connect-attempts' has no effect in 'hold-in-reset'", NULL },
	{ "monitor --connect-timeout 3", NULL, NULL },
	{ "board-info --before no-reset-no-sync --connect-timeout 3", NULL, NULL },
	{ "load-ram f --after no-reset", "'--after' has no effect in 'load-ram'", NULL },
	{ "run --no-stub", "'--no-stub' has no effect in 'run'", NULL },
	{ "reset --after no-reset", NULL, NULL },
	{ "save-image --chip esp32 --skip-padding a b", NULL, "works only with '--merge'" },
	{ "partition-table t -o x", NULL, "works only with '--to-binary' or '--to-csv'" },
	{ "partition-table t --to-binary --json", NULL, "exclude each other" },
	{ "monitor -L serial -F full", "'--output-format' has no effect with '--log-format serial'",
	  NULL },
};

static int split(char *copy, char *argv[32])
{
	int argc = 0;

	for (char *word = copy, *end; *word; word = end) {
		end = word + strcspn(word, " ");
		if (*end)
			*end++ = 0;
		argv[argc++] = word;
	}
	return argc;
}

START_TEST(known_lines)
{
	char copy[256], *argv[32];
	bool is_said = !lines[_i].note, ok;

	snprintf(copy, sizeof(copy), "%s", lines[_i].line);
	ok = parse_with(NULL, argv, split(copy, argv));
	ck_assert_msg(ok == !lines[_i].error, "%s: %s", lines[_i].line, err.msg);
	if (!ok) {
		ck_assert_msg(strstr(err.msg, lines[_i].error) != NULL, "%s", err.msg);
		return;
	}
	for (size_t i = 0; lines[_i].note && i < parsed.notes.count; i++)
		is_said = is_said || strstr(parsed.notes.text[i], lines[_i].note);
	ck_assert_msg(is_said, "%s: '%s'", lines[_i].line,
		      parsed.notes.count ? parsed.notes.text[0] : "");
	ck_assert_msg(lines[_i].note || parsed.notes.count == 0, "%s: '%s'", lines[_i].line,
		      parsed.notes.text[0]);
}
END_TEST

/* ---- the whole table ---- */

struct line {
	char text[32][80];
	char *argv[32];
	int argc;
};

static void add(struct line *l, const char *text)
{
	snprintf(l->text[l->argc], sizeof(l->text[0]), "%s", text);
	l->argv[l->argc] = l->text[l->argc];
	l->argc++;
}

static void value_for(const struct opt *o, char ret[64])
{
	const char *name = opt_choice_name(o, 0);

	if (o->kind == OPT_KIND_CHIP)
		name = "esp32";
	if (name)
		snprintf(ret, 64, "%s", name);
	else if (o->kind == OPT_KIND_U32)
		snprintf(ret, 64, "%u", (unsigned)o->range.min);
	else
		snprintf(ret, 64, "%s", o->kind == OPT_KIND_REV ? "0.0" : "x");
}

/* value NULL: any */
static void add_option(struct line *l, const struct opt *o, const char *value)
{
	char word[80], any[64];

	value_for(o, any);
	if (!opt_takes_value(o))
		snprintf(word, sizeof(word), "--%s", o->name);
	else
		snprintf(word, sizeof(word), "--%s=%s", o->name, value ? value : any);
	add(l, word);
}

/* The command with its required arguments, except o, which is added by the caller. */
static void begin(struct line *l, const struct opt_command *c, const struct opt *o)
{
	struct opt_ref ref = { 0 };
	char word[64];

	l->argc = 0;
	add(l, c->name);
	while (opt_next(&cli_program, c, &ref)) {
		if (!(ref.opt->flags & OPT_REQUIRED) || ref.opt == o)
			continue;
		value_for(ref.opt, word);
		if (ref.opt->flags & OPT_ARG)
			add(l, word);
		else
			add_option(l, ref.opt, NULL);
	}
}

static bool find(const struct opt_command *c, const char *name, struct opt_ref *ref)
{
	*ref = (struct opt_ref){ 0 };
	while (opt_next(&cli_program, c, ref))
		if (strcmp(ref->opt->name, name) == 0)
			return true;
	return false;
}

static bool is_noted(const char *name)
{
	char quoted[80];

	snprintf(quoted, sizeof(quoted), "'--%s'", name);
	for (size_t i = 0; i < parsed.notes.count; i++) {
		const char *at = strstr(parsed.notes.text[i], quoted);

		if (at && at < strstr(parsed.notes.text[i], " effect "))
			return true;
	}
	return false;
}

/* A line with o and with what the condition names. Whether the parser takes it. */
static bool try_both(const struct opt_command *c, const struct opt *o, const struct opt_cond *cond)
{
	struct opt_ref other;
	struct line l;
	char value[64];

	snprintf(value, sizeof(value), "%.*s", (int)strcspn(cond->values, "|"), cond->values);
	ck_assert(find(c, cond->name, &other));
	begin(&l, c, o);
	add_option(&l, o, NULL);
	if (!cond->is_negated)
		add_option(&l, other.opt, *value ? value : NULL);
	return parse_with(NULL, l.argv, l.argc);
}

START_TEST(every_rule_is_kept)
{
	unsigned kept = 0;

	for (const struct opt_command *c = cli_program.commands; c->name; c++) {
		struct opt_ref ref = { 0 }, other;
		struct opt_cond cond;

		while (opt_next(&cli_program, c, &ref)) {
			const struct opt *o = ref.opt;
			const char *rule = o->conflicts;
			bool was_and = false;

			while (opt_cond_next(&rule, &cond))
				if (find(c, cond.name, &other)) {
					ck_assert_msg(!try_both(c, o, &cond), "%s --%s --%s",
						      c->name, o->name, cond.name);
					kept++;
				}
			rule = o->idle;
			while (opt_cond_next(&rule, &cond)) {
				bool is_part = cond.is_and || was_and;

				was_and = cond.is_and;
				/* an option that excludes o can't stand beside it */
				if (is_part || !find(c, cond.name, &other) ||
				    (cond.is_negated && strcmp(c->name, "monitor") == 0) ||
				    !try_both(c, o, &cond))
					continue;
				ck_assert_msg(is_noted(o->name), "%s --%s, %s%s", c->name, o->name,
					      cond.is_negated ? "no " : "", cond.name);
				kept++;
			}
		}
	}
	ck_assert_uint_gt(kept, 100);
}
END_TEST

/* Each option that a command says to be idle is warned of; the same option elsewhere isn't. */
START_TEST(idle_in_a_command)
{
	for (const struct opt_command *c = cli_program.commands; c->name; c++) {
		const char *rule = c->idle;
		struct opt_cond cond;
		struct opt_ref ref;
		struct line l;

		while (opt_cond_next(&rule, &cond)) {
			ck_assert(find(c, cond.name, &ref));
			begin(&l, c, NULL);
			add_option(&l, ref.opt, NULL);
			ck_assert_msg(parse_with(NULL, l.argv, l.argc), "%s", err.msg);
			ck_assert_msg(is_noted(cond.name), "%s --%s", c->name, cond.name);
		}
	}
}
END_TEST

/* All pairs in all commands: two options are taken in silence only if no rule is about them. */
static bool names(const char *rule, const char *name, bool with_values)
{
	struct opt_cond cond;

	while (opt_cond_next(&rule, &cond))
		if (strcmp(cond.name, name) == 0 && with_values == (*cond.values != '\0'))
			return true;
	return false;
}

static bool excludes(const struct opt *a, const struct opt *b, bool with_values)
{
	return names(a->conflicts, b->name, with_values) ||
	       (b->implies && names(a->conflicts, b->implies, with_values));
}

static bool exclude(const struct opt *a, const struct opt *b, bool with_values)
{
	return excludes(a, b, with_values) || excludes(b, a, with_values);
}

START_TEST(all_pairs)
{
	for (const struct opt_command *c = cli_program.commands; c->name; c++) {
		struct opt_ref a = { 0 };

		while (opt_next(&cli_program, c, &a)) {
			struct opt_ref b = { 0 };

			if (a.opt->flags & (OPT_ARG | OPT_STOP | OPT_EXIT))
				continue;
			while (opt_next(&cli_program, c, &b)) {
				struct line l;
				bool ok;

				if (b.index <= a.index ||
				    (b.opt->flags & (OPT_ARG | OPT_STOP | OPT_EXIT)))
					continue;
				begin(&l, c, NULL);
				if (!(a.opt->flags & OPT_REQUIRED))
					add_option(&l, a.opt, NULL);
				if (!(b.opt->flags & OPT_REQUIRED))
					add_option(&l, b.opt, NULL);
				ok = parse_with(NULL, l.argv, l.argc);
				/* a rule about certain values only: the rules' own test has them */
				if (exclude(a.opt, b.opt, true))
					continue;
				if (exclude(a.opt, b.opt, false))
					ck_assert_msg(!ok, "%s --%s --%s", c->name, a.opt->name,
						      b.opt->name);
				else if (!a.opt->needs && !b.opt->needs)
					ck_assert_msg(ok, "%s --%s --%s: %s", c->name, a.opt->name,
						      b.opt->name, err.msg);
			}
		}
	}
}
END_TEST

/* With a monitor to open and none opened, each of its options opens it or is warned of. */
START_TEST(no_monitor_option_is_lost)
{
	unsigned seen = 0;

	for (const struct opt_command *c = cli_program.commands; c->name; c++) {
		struct opt_ref ref = { 0 }, flag;

		if (!find(c, "monitor", &flag))
			continue;
		while (opt_next(&cli_program, c, &ref)) {
			struct line l;
			bool is_open;

			if (strcmp(ref.group->title, "Monitor options") != 0 ||
			    names(ref.opt->needs, "save-log", false))
				continue;
			begin(&l, c, NULL);
			add_option(&l, ref.opt, NULL);
			ck_assert_msg(parse_with(NULL, l.argv, l.argc), "%s", err.msg);
			is_open = *(const bool *)(args.bytes + flag.base + flag.opt->offset);
			ck_assert_msg(is_open != is_noted(ref.opt->name), "%s --%s", c->name,
				      ref.opt->name);
			seen++;
		}
	}
	ck_assert_uint_gt(seen, 40);
}
END_TEST

/* A file is for all runs: what it sets is neither warned of nor refused beside an option. */
START_TEST(files_are_not_warned_of)
{
	static const char *const words[] = { "flash", "a", "--stub", "s" };
	struct line l = { .argc = 0 };

	for (size_t i = 0; i < 4; i++)
		add(&l, words[i]);
	ck_assert_msg(parse_with("no_stub", l.argv, l.argc), "%s", err.msg);
	ck_assert(!args.flash.connect.no_stub);
	l.argc = 2;
	ck_assert(parse_with("monitor.echo", l.argv, l.argc));
	ck_assert_uint_eq(parsed.notes.count, 0);
	ck_assert(!args.flash.monitor);
}
END_TEST

/* ---- -h ---- */

static void check_screen(const char *text, const char *what)
{
	unsigned count = 0;

	for (const char *at = text; *at; count++) {
		size_t len = strcspn(at, "\n");

		ck_assert_msg(len <= 80, "%s: %.*s", what, (int)len, at);
		at += len + (at[len] == '\n');
	}
	ck_assert_msg(count <= 24, "%s -h has %u lines", what, count);
}

START_TEST(short_help_is_one_screen)
{
	for (const struct opt_command *c = cli_program.commands;; c++) {
		char *text = NULL;
		size_t len = 0;
		FILE *out = open_memstream(&text, &len);

		ck_assert_ptr_nonnull(out);
		opt_help_brief(out, &cli_program, c->name ? c : NULL);
		fclose(out);
		check_screen(text, c->name ? c->name : "(program)");
		for (const struct opt_command *o = cli_program.commands; !c->name && o->name; o++)
			ck_assert_msg(o->is_hidden || strstr(text, o->name), "%s", o->name);
		if (c->name && !c->is_hidden)
			ck_assert_msg(strstr(text, "--help"), "%s", c->name);
		free(text);
		if (!c->name)
			break;
	}
}
END_TEST

START_TEST(letter_and_word_for_help)
{
	char flash[] = "flash", h[] = "-h", help[] = "--help";
	char *brief[] = { flash, h }, *whole[] = { flash, help };

	ck_assert(parse_with(NULL, brief, 2));
	ck_assert(parsed.is_stopped && parsed.is_brief);
	ck_assert(parse_with(NULL, whole, 2));
	ck_assert(parsed.is_stopped && !parsed.is_brief);
}
END_TEST

/* Each subtype of data that has a name can be named to be erased; a number has none. */
START_TEST(data_subtypes_are_those_of_the_table)
{
	char name[EF_PART_NAME_SIZE];
	char command[] = "flash", option[] = "--erase-data-parts", file[] = "app";
	char *argv[] = { command, option, name, file };
	unsigned known = 0;
	uint8_t value;

	for (unsigned subtype = 0; subtype <= UINT8_MAX; subtype++) {
		ef_partition_subtype_name(EF_PART_DATA, (uint8_t)subtype, name);
		if (!ef_partition_data_subtype(name, &value))
			continue;
		ck_assert_msg(parse_with(NULL, argv, 4), "%s: %s", name, err.msg);
		known++;
	}
	/* eleven of espflash's, and tee_ota, which ESP-IDF has since */
	ck_assert_uint_eq(known, 12);
}
END_TEST

Suite *suite_opt_relate(void);
Suite *suite_opt_relate(void)
{
	Suite *s = suite_create("opt_relate");
	TCase *t = tcase_create("relations");

	tcase_add_loop_test(t, known_lines, 0, sizeof(lines) / sizeof(lines[0]));
	tcase_add_test(t, every_rule_is_kept);
	tcase_add_test(t, idle_in_a_command);
	tcase_add_test(t, all_pairs);
	tcase_add_test(t, no_monitor_option_is_lost);
	tcase_add_test(t, files_are_not_warned_of);
	tcase_add_test(t, short_help_is_one_screen);
	tcase_add_test(t, letter_and_word_for_help);
	tcase_add_test(t, data_subtypes_are_those_of_the_table);
	tcase_set_timeout(t, 60);
	suite_add_tcase(s, t);
	return s;
}
