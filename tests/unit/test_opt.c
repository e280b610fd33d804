/* SPDX-License-Identifier: MIT */
/* The option parser, on the program's own table and on a small one of its own. */
#include <stdio.h>

#include "ck_ef.h"
#include "cli/table/args.h"
#include "cli/table/commands.h"
#include <espflash/flasher.h>

/* ---- a run of the parser ---- */

static struct global_args globals;
static union {
	unsigned char bytes[OPT_ARGS_SIZE];
	struct flash_args flash;
	struct save_image_args save_image;
	struct partition_table_args table;
	struct list_ports_args ports;
	struct board_info_args board;
	struct help_args help;
} args;

static const char *environment[8]; /* name, value, name, value... NULL */

static const char *from_array(void *user, const char *name)
{
	const char *const *e = user;

	for (; *e; e += 2)
		if (strcmp(e[0], name) == 0)
			return e[1];
	return NULL;
}

static const char *configured[8]; /* key, value, key, value... NULL */

static bool from_config(void *user, const struct opt *opt, const char **ret_text,
			const char **ret_where, struct ef_err *err)
{
	(void)user;
	(void)err;
	for (const char *const *c = configured; *c; c += 2)
		if (strcmp(c[0], opt->config) == 0)
			*ret_text = c[1];
	*ret_where = "configuration 'x'";
	return true;
}

/* words: up to 15, ends with NULL */
static bool parse(const char *const *words, struct opt_parsed *ret, struct ef_err *err)
{
	const struct opt_sources sources = { from_array, from_config,
					     (void *)(uintptr_t)environment };
	char *argv[16];
	int argc = 0;

	while (words[argc]) {
		argv[argc] = (char *)(uintptr_t)words[argc];
		argc++;
	}
	return opt_parse(&cli_program, argc, argv, &sources, &globals, sizeof(globals), &args, ret,
			 err);
}

#define PARSE(...) parse((const char *const[]){ __VA_ARGS__, NULL }, &parsed, &err)

static struct opt_parsed parsed;
static struct ef_err err;

static void setup(void)
{
	ef_err_clear(&err);
	memset(environment, 0, sizeof(environment));
	parsed = (struct opt_parsed){ .command = NULL };
	memset(configured, 0, sizeof(configured));
}

/* ---- the table ---- */

START_TEST(table_is_well_formed)
{
	ck_ok(opt_selfcheck(&cli_program, &err), &err);
}
END_TEST

/* The examples in the help are command lines that the parser accepts. */
START_TEST(examples_parse)
{
	for (const struct opt_command *c = cli_program.commands; c->name; c++) {
		for (size_t i = 0; i < OPT_EXAMPLES_MAX && c->examples[i]; i++) {
			char *copy = strdup(c->examples[i]), *at = copy;
			const char *words[16] = { NULL };
			size_t n = 0;

			ck_assert_ptr_nonnull(copy);
			while (*at && *at != '>') {
				size_t len = strcspn(at, " ");

				ck_assert_uint_lt(n, 15);
				words[n++] = at;
				if (at[len])
					at[len++] = '\0';
				at += len;
			}
			setup();
			ck_ok(parse(words, &parsed, &err), &err);
			ck_assert_ptr_eq(parsed.command, c);
			free(copy);
		}
	}
}
END_TEST

struct bad_t {
	int x;
};
static bool no_run(struct cli *cli, const void *a, struct ef_err *e)
{
	(void)cli;
	(void)a;
	(void)e;
	return true;
}

static const struct opt_choice one_choice[] = { { "a", 1 }, { NULL, 0 } };
static const struct {
	struct opt opt[2];
	const char *want;
} faults[] = {
	{ { { .kind = OPT_KIND_CHOICE,
	      .name = "x",
	      .value = "X",
	      .help = "Help",
	      .choices = one_choice } },
	  "capital" },
	{ { { .kind = OPT_KIND_CHOICE,
	      .name = "x",
	      .value = "X",
	      .help = "help.",
	      .choices = one_choice } },
	  "stop" },
	{ { { .kind = OPT_KIND_CHOICE, .name = "x", .value = "X", .help = "help" } },
	  "no choices" },
	{ { { .kind = OPT_KIND_CHOICE,
	      .name = "x",
	      .value = "X",
	      .help = "help",
	      .choices = one_choice,
	      .def = "b" } },
	  "is not one of a" },
	{ { { .kind = OPT_KIND_CHOICE, .name = "x", .help = "help", .choices = one_choice } },
	  "value's name" },
	{ { { .kind = OPT_KIND_CHOICE,
	      .name = "help",
	      .value = "X",
	      .help = "help",
	      .choices = one_choice } },
	  "two of this name" },
	{ { { .kind = OPT_KIND_CHOICE,
	      .letter = 'h',
	      .name = "x",
	      .value = "X",
	      .help = "help",
	      .choices = one_choice } },
	  "two with this letter" },
	{ { { .kind = OPT_KIND_CHOICE,
	      .name = "x",
	      .value = "X",
	      .help = "help",
	      .choices = one_choice,
	      .needs = "y" } },
	  "a rule names an option" },
	{ { { .kind = OPT_KIND_LIST, .name = "x", .value = "X", .help = "help" } },
	  "outside" },
};

/* The self-check finds each of these faults. */
START_TEST(selfcheck_finds_faults)
{
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		const struct opt_group group = { "Options", faults[i].opt };
		const struct opt_command commands[2] = {
			{ .name = "c",
			  .summary = "summary",
			  .uses = { { &group, 0 } },
			  .args_size = sizeof(struct bad_t),
			  .run = no_run },
			{ .name = NULL },
		};
		struct opt_program program = cli_program;

		program.commands = commands;
		ck_fails(opt_selfcheck(&program, &err), &err, EF_E_USAGE, faults[i].want);
	}
}
END_TEST

/* ---- what is accepted ---- */

START_TEST(long_short_attached)
{
	ck_ok(PARSE("flash", "--port=/dev/a", "-B", "921600", "-bno-reset", "-cesp32c3", "app.elf"),
	      &err);
	ck_assert_str_eq(parsed.command->name, "flash");
	ck_assert_str_eq(args.flash.connect.port, "/dev/a");
	ck_assert_uint_eq(args.flash.connect.baud.value, 921600);
	ck_assert_int_eq(args.flash.connect.before, EF_BEFORE_NO_RESET);
	ck_assert_int_eq(args.flash.connect.after, EF_AFTER_HARD_RESET);
	ck_assert_str_eq(args.flash.connect.chip->name, "esp32c3");
	ck_assert_str_eq(args.flash.file, "app.elf");
	ck_assert(!args.flash.monitor);
}
END_TEST

START_TEST(cluster_with_value)
{
	ck_ok(PARSE("-S", "flash", "-vvMp/dev/a", "app", "-S"), &err);
	ck_assert_uint_eq(globals.verbose, 2);
	ck_assert(globals.skip_update_check);
	ck_assert(args.flash.monitor);
	ck_assert_str_eq(args.flash.connect.port, "/dev/a");
	ck_ok(PARSE("--verbose", "flash", "app", "--color", "never"), &err);
	ck_assert_uint_eq(globals.verbose, 1);
	ck_assert_int_eq(globals.color, COLOR_NEVER);
}
END_TEST

START_TEST(double_dash_and_dash)
{
	ck_ok(PARSE("flash", "--", "--port"), &err);
	ck_assert_str_eq(args.flash.file, "--port");
	ck_ok(PARSE("partition-table", "-o", "-", "--to-csv", "-"), &err);
	ck_assert_str_eq(args.table.output, "-");
	ck_assert_str_eq(args.table.file, "-");
}
END_TEST

START_TEST(lists)
{
	ck_ok(PARSE("flash", "app", "--erase-parts", "a,b", "--erase-parts=c", "--erase-data-parts",
		    "nvs,nvs_keys"),
	      &err);
	ck_assert_uint_eq(args.flash.erase_parts.count, 3);
	ck_assert_str_eq(args.flash.erase_parts.item[0], "a");
	ck_assert_str_eq(args.flash.erase_parts.item[1], "b");
	ck_assert_str_eq(args.flash.erase_parts.item[2], "c");
	ck_assert_uint_eq(args.flash.erase_data_parts.count, 2);
	ck_assert_str_eq(args.flash.erase_data_parts.item[1], "nvs_keys");
	ck_fails(PARSE("flash", "app", "--erase-parts", "a,,b"), &err, EF_E_USAGE, "empty item");
	ck_fails(PARSE("flash", "app", "--erase-data-parts", "nfs"), &err, EF_E_USAGE, "'nfs'");
}
END_TEST

/* espflash's grammar of numbers (its cli/mod.rs, parse_u32) and of revisions. */
START_TEST(numbers)
{
	static const struct {
		const char *text;
		uint32_t value;
	} cases[] = { { "0x9000", 0x9000 },
		      { "0XA000", 0xa000 },
		      { "36864", 36864 },
		      { "36_864", 36864 },
		      { "0xffff_ffff", 0xffffffff } };
	static const char *const bad[] = { "",           "-1", "0x", "9k", "0x1_0000_0000",
					   "4294967296", " 1", "1 ", "ten" };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ck_ok(PARSE("flash", "a", "--partition-table-offset", cases[i].text), &err);
		ck_assert(args.flash.idf.partition_table_offset.is_set);
		ck_assert_uint_eq(args.flash.idf.partition_table_offset.value, cases[i].value);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char word[64];

		snprintf(word, sizeof(word), "--mmu-page-size=%s", bad[i]);
		ck_fails(PARSE("flash", "a", word), &err, EF_E_USAGE, "--mmu-page-size");
	}
}
END_TEST

START_TEST(revisions)
{
	ck_ok(PARSE("flash", "a", "--min-chip-rev", "3.1"), &err);
	ck_assert_uint_eq(args.flash.image.min_chip_rev.value, 301);
	ck_ok(PARSE("flash", "a"), &err);
	ck_assert_uint_eq(args.flash.image.min_chip_rev.value, 0);
	ck_fails(PARSE("flash", "a", "--min-chip-rev", "3"), &err, EF_E_USAGE, "revision");
	ck_fails(PARSE("flash", "a", "--min-chip-rev", "3.x"), &err, EF_E_USAGE, "revision");
	ck_fails(PARSE("flash", "a", "--min-chip-rev", "1.2.3"), &err, EF_E_USAGE, "revision");
	ck_fails(PARSE("flash", "a", "--min-chip-rev", ".1"), &err, EF_E_USAGE, "revision");
}
END_TEST

/* Every name that espflash 4.5 lists for its enumerations (its cli, section 1.1 of our notes). */
START_TEST(choices)
{
	static const char *const freqs[] = { "12mhz", "15mhz", "16mhz", "20mhz", "24mhz", "26mhz",
					     "30mhz", "40mhz", "48mhz", "60mhz", "80mhz" };
	static const char *const sizes[] = { "256kb", "512kb", "1mb",  "2mb",   "4mb",  "8mb",
					     "16mb",  "32mb",  "64mb", "128mb", "256mb" };
	static const unsigned mhz[] = { 12, 15, 16, 20, 24, 26, 30, 40, 48, 60, 80 };

	for (size_t i = 0; i < 11; i++) {
		ck_ok(PARSE("flash", "a", "-f", freqs[i], "-s", sizes[i]), &err);
		ck_assert_uint_eq((unsigned)args.flash.config.freq_mhz, mhz[i]);
		ck_assert_int_eq(args.flash.config.size, (256 * 1024) << i);
	}
	ck_ok(PARSE("flash", "a", "-s", "8MB", "-m", "dio", "--chip", "ESP32-S3"), &err);
	ck_assert_int_eq(args.flash.config.size, 8 << 20);
	ck_assert_str_eq(args.flash.connect.chip->name, "esp32s3");
	ck_ok(PARSE("flash", "a"), &err);
	ck_assert_int_eq(args.flash.config.size, 0);
	ck_assert_int_eq(args.flash.config.mode_plus, 0);
	ck_fails(PARSE("flash", "a", "-m", "dios"), &err, EF_E_USAGE, "not one of qio, qout, dio");
}
END_TEST

START_TEST(aliases)
{
	ck_ok(PARSE("flash", "a", "--ignore_app_descriptor"), &err);
	ck_assert(args.flash.image.ignore_app_descriptor);
	ck_ok(PARSE("flash", "a", "--ignore-app-descriptor"), &err);
	ck_assert(args.flash.image.ignore_app_descriptor);
}
END_TEST

START_TEST(precedence)
{
	environment[0] = "ESPFLASH_BAUD";
	environment[1] = "460800";
	environment[2] = "MONITOR_BAUD";
	environment[3] = "74_880";
	ck_ok(PARSE("flash", "a", "-B", "1000000"), &err);
	ck_assert_uint_eq(args.flash.connect.baud.value, 1000000);
	ck_assert_uint_eq(args.flash.mon.baud.value, 74880);
	ck_assert(args.flash.mon.baud.is_set);
	ck_ok(PARSE("flash", "a"), &err);
	ck_assert_uint_eq(args.flash.connect.baud.value, 460800);
	environment[3] = "";
	ck_ok(PARSE("flash", "a"), &err);
	ck_assert_uint_eq(args.flash.mon.baud.value, 115200);
	ck_assert(!args.flash.mon.baud.is_set);
	environment[1] = "fast";
	ck_fails(PARSE("flash", "a"), &err, EF_E_USAGE, "environment variable ESPFLASH_BAUD");
}
END_TEST

START_TEST(help_and_version_stop)
{
	ck_ok(PARSE("flash", "--help"), &err);
	ck_assert(parsed.is_stopped);
	ck_assert_str_eq(parsed.command->name, "flash");
	ck_ok(PARSE("-h", "--nonsense"), &err);
	ck_assert(parsed.is_stopped);
	ck_assert_ptr_null(parsed.command);
	ck_ok(PARSE("--version", "--verbose"), &err);
	ck_assert(globals.version);
	ck_assert_uint_eq(globals.verbose, 1);
	ck_ok(PARSE("flash", "-V"), &err);
	ck_assert(globals.version);
}
END_TEST

/* ---- what is refused ---- */

struct refusal {
	const char *words[6];
	enum ef_code code;
	const char *message, *hint;
};

static const struct refusal refusals[] = {
	{ { "flsh" }, EF_E_USAGE, "unknown command 'flsh'", "flash" },
	{ { "xyzzy" }, EF_E_USAGE, "unknown command", "help" },
	{ { "--prot", "x" }, EF_E_USAGE, "unknown option '--prot'", "follow" },
	{ { "flash", "--prot", "x" }, EF_E_USAGE, "no option '--prot'", "--port" },
	{ { "flash", "--rapid" }, EF_E_USAGE, "no option '--rapid'", "--help" },
	{ { "flash", "-Z" }, EF_E_USAGE, "no option '-Z'", "--help" },
	{ { "flash" }, EF_E_USAGE, "needs <IMAGE>", "--help" },
	{ { "save-image", "--chip=esp32" }, EF_E_USAGE, "needs <IMAGE>", "--help" },
	{ { "flash", "a", "b" }, EF_E_USAGE, "no further argument 'b'", "--help" },
	{ { "flash", "a", "--port" }, EF_E_USAGE, "needs a value <PORT>", "--port=VALUE" },
	{ { "flash", "--port", "--chip", "a" }, EF_E_USAGE, "needs a value <PORT>", "=" },
	{ { "flash", "a", "--port=" }, EF_E_USAGE, "'--port': '' is empty", "" },
	{ { "flash", "a", "--ram=1" }, EF_E_USAGE, "'--ram' takes no value", "" },
	{ { "flash", "a", "-c", "esp32c9" }, EF_E_USAGE, "is not a chip", "esp32c" },
	{ { "flash", "a", "-B", "0" }, EF_E_USAGE, "from 1 to 20000000", "numbers" },
	{ { "flash", "a", "--ram", "--erase-parts", "nvs" }, EF_E_USAGE, "exclude each other", "" },
	{ { "partition-table", "a", "--to-csv", "--to-binary" }, EF_E_USAGE, "exclude", "" },
	{ { "save-image", "--chip=esp32", "--skip-padding", "a", "b" },
	  EF_E_USAGE,
	  "works only with '--merge'",
	  "" },
	{ { "flash", "a", "--no-addresses", "--all-addresses" }, EF_E_USAGE, "exclude", "" },
	{ { "monitor", "--save-raw" }, EF_E_USAGE, "works only with '--save-log'", "" },
	{ { "monitor", "-L", "text" }, EF_E_USAGE, "is not one of defmt, serial", "" },
	{ { "-q", "-v", "list-ports" }, EF_E_USAGE, "exclude each other", "" },
};

START_TEST(refused)
{
	const struct refusal *r = &refusals[_i];

	ck_assert(!parse(r->words, &parsed, &err));
	ck_assert_int_eq(err.code, r->code);
	ck_assert_msg(strstr(err.msg, r->message) != NULL, "message: %s", err.msg);
	ck_assert_msg(strstr(ck_hint(&err), r->hint) != NULL, "hint: %s", ck_hint(&err));
}
END_TEST

/* The first of command line, environment, configuration and default that has a value decides. */
START_TEST(precedence_with_files)
{
	configured[0] = "baudrate";
	configured[1] = "230400";
	configured[2] = "flash.mode";
	configured[3] = "qio";
	ck_ok(PARSE("flash", "a"), &err);
	ck_assert_uint_eq(args.flash.connect.baud.value, 230400);
	ck_assert_int_eq(opt_from(&cli_program, &parsed, "baud"), OPT_FROM_CONFIG);
	ck_assert_int_eq(opt_from(&cli_program, &parsed, "flash-mode"), OPT_FROM_CONFIG);
	ck_assert_int_eq(opt_from(&cli_program, &parsed, "after"), OPT_FROM_DEFAULT);
	ck_assert_int_eq(opt_from(&cli_program, &parsed, "chip"), OPT_FROM_NOWHERE);
	environment[0] = "ESPFLASH_BAUD";
	environment[1] = "460800";
	ck_ok(PARSE("flash", "a"), &err);
	ck_assert_uint_eq(args.flash.connect.baud.value, 460800);
	ck_assert_int_eq(opt_from(&cli_program, &parsed, "baud"), OPT_FROM_ENV);
	ck_ok(PARSE("-q", "flash", "-B", "921600", "a"), &err);
	ck_assert_uint_eq(args.flash.connect.baud.value, 921600);
	ck_assert_int_eq(opt_from(&cli_program, &parsed, "baud"), OPT_FROM_ARGS);
	ck_assert_int_eq(opt_from(&cli_program, &parsed, "quiet"), OPT_FROM_ARGS);
	ck_assert(globals.quiet);
}
END_TEST

/* A configuration may give what the command line does not; help and version need nothing. */
START_TEST(configured_values)
{
	configured[0] = "chip";
	configured[1] = "esp32c3";
	ck_ok(PARSE("save-image", "a", "b"), &err);
	ck_assert_str_eq(args.save_image.chip->name, "esp32c3");
	ck_ok(PARSE("save-image", "a", "b", "--chip", "esp32"), &err);
	ck_assert_str_eq(args.save_image.chip->name, "esp32");
	configured[0] = "flash.mode";
	configured[1] = "fast";
	ck_fails(PARSE("flash", "a"), &err, EF_E_INPUT, "configuration 'x': 'fast' is not one of");
	ck_ok(PARSE("flash", "--help"), &err);
	ck_ok(PARSE("flash", "-V"), &err);
	ck_ok(PARSE("flash", "a", "-m", "dio"), &err);
}
END_TEST

START_TEST(list_limits)
{
	static char many[3 * 100], large[OPT_LIST_TEXT + 16];

	for (size_t i = 0; i < 97; i++)
		memcpy(many + 2 * i, "a,", 3);
	many[2 * 97 - 1] = '\0';
	ck_fails(PARSE("flash", "x", "--erase-parts", many), &err, EF_E_USAGE, "too long");
	memset(large, 'a', sizeof(large) - 1);
	ck_fails(PARSE("flash", "x", "--erase-parts", large), &err, EF_E_USAGE, "too long");
}
END_TEST

Suite *suite_opt(void);
Suite *suite_opt(void)
{
	Suite *s = suite_create("opt");
	TCase *t = tcase_create("parser");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, table_is_well_formed);
	tcase_add_test(t, examples_parse);
	tcase_add_test(t, selfcheck_finds_faults);
	tcase_add_test(t, long_short_attached);
	tcase_add_test(t, cluster_with_value);
	tcase_add_test(t, double_dash_and_dash);
	tcase_add_test(t, lists);
	tcase_add_test(t, numbers);
	tcase_add_test(t, revisions);
	tcase_add_test(t, choices);
	tcase_add_test(t, aliases);
	tcase_add_test(t, precedence);
	tcase_add_test(t, help_and_version_stop);
	tcase_add_loop_test(t, refused, 0, sizeof(refusals) / sizeof(refusals[0]));
	tcase_add_test(t, precedence_with_files);
	tcase_add_test(t, configured_values);
	tcase_add_test(t, list_limits);
	suite_add_tcase(s, t);
	return s;
}
