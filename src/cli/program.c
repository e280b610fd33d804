/* SPDX-License-Identifier: MIT */
/*
 * Controls one run from start to end: signals, the command line, the command, its error and the
 * exit status. Nothing is done before the command line is parsed.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/program.h"
#include "cli/cli.h"
#include "cli/config/run_config.h"
#include "cli/drop_in.h"
#include "cli/esptool_line.h"
#include "cli/file_roles.h"
#include "cli/hints.h"
#include "cli/side_files.h"
#include "cli/table/commands.h"
#include "cli/ui/json_out.h"
#include "cli/ui/term_guard.h"
#include "cli/ui/ui.h"
#include "cli/version.h"
#include "base/util.h"

/* The program's only mutable global: a signal handler has no other way to pass the number on. */
static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
	interrupted = number;
}

/* A mapped file was cut short. The run ends as if interrupted, and finish() has the words. */
static void on_bus_error(int number, siginfo_t *info, void *context)
{
	(void)context;
	if (info->si_code > 0 && ef_map_mend(info->si_addr)) {
		interrupted = number;
		return;
	}
	term_guard_restore();
	(void)signal(number, SIG_DFL);
	(void)raise(number); /* it comes when this handler returns */
}

#ifdef SIGRTMAX
#define SIGNAL_MAX SIGRTMAX
#else
#define SIGNAL_MAX 31
#endif

static bool is_among(int number, const int *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (list[i] == number)
			return true;
	return false;
}

static void catch_signals(void)
{
	/* The signals that mean a fault, stop the program, or have no effect by default. */
	static const int others[] = { SIGSEGV,  SIGBUS,  SIGFPE,  SIGILL,  SIGTRAP, SIGSYS, SIGSTOP,
				      SIGTSTP,  SIGTTIN, SIGTTOU, SIGCONT, SIGCHLD, SIGURG,
#ifdef SIGWINCH
				      SIGWINCH,
#endif
				      SIGKILL };
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	sigemptyset(&action.sa_mask);
	action.sa_handler = on_signal; /* no SA_RESTART: a signal ends system calls that wait */
	/*
	 * All other signals end the program. The handler lets it end without half-written files.
	 * abort() works in spite of the handler. The C library refuses to give away the signals
	 * that are its own.
	 */
	for (int number = 1; number <= SIGNAL_MAX; number++)
		if (!is_among(number, others, EF_ARRAY_LEN(others)))
			(void)sigaction(number, &action, NULL);
	/*
	 * If the reader of standard output leaves, the write fails; finish()
	 * decides whether that is an error.
	 */
	action.sa_handler = SIG_IGN;
	(void)sigaction(SIGPIPE, &action, NULL);
	/* A file that grew too large: the write fails with an error of its own. */
	(void)sigaction(SIGXFSZ, &action, NULL);
	action.sa_sigaction = on_bus_error;
	action.sa_flags = SA_SIGINFO;
	(void)sigaction(SIGBUS, &action, NULL);
}

/*
 * If the caller closed standard input or output, no file that is opened later may
 * take its place. Occupy the descriptor with one that fails when it is read or
 * written.
 */
static void hold_standard_files(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) == -1 && errno == EBADF)
			(void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

static const char *from_environment(void *user, const char *name)
{
	(void)user;
	return getenv(name);
}

/* A wrong command line has no parsed options, so search its words for --json. */
static bool has_json_word(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--json") == 0)
			return true;
	return false;
}

/* Return whether the command's --json was given. */
static bool is_json(const struct opt_command *command, const unsigned char *args)
{
	struct opt_ref ref = { 0 };

	while (command && opt_next(&cli_program, command, &ref))
		if (!ref.is_global && strcmp(ref.opt->name, "json") == 0)
			return *(const bool *)(args + ref.base + ref.opt->offset);
	return false;
}

static bool run(struct cli *cli, const struct opt_parsed *parsed, const void *args, int argc,
		char **argv, struct ef_err *err)
{
	enum ef_log_level level = cli->global.verbose > 1 ? EF_LOG_TRACE : EF_LOG_DEBUG;

	catch_signals();
	if (parsed->is_stopped) {
		if (parsed->is_brief)
			opt_help_brief(cli->out, cli->program, parsed->command);
		else
			opt_help(cli->out, cli->program, parsed->command, ui_help_width());
		return true;
	}
	if (cli->global.version) {
		print_version(cli);
		return true;
	}
	if (!parsed->command) {
		if (!cli->is_json)
			opt_help_brief(cli->err, cli->program, NULL);
		ef_fail(err, EF_E_USAGE, "no command was given");
		return ef_hint_own(err, "'%s help' lists the commands", cli->program->name);
	}
	hold_standard_files();
	if (!file_roles_check(cli, args, err) || !side_files_open(cli, argc, argv, err))
		return false;
	if (cli->global.verbose || cli->log_file.file)
		ef_log_set_sink(ui_log_sink, cli, level);
	else
		ef_log_set_sink(ui_log_sink, cli, EF_LOG_INFO);
	cli_config_notes(cli);
	for (size_t i = 0; i < parsed->notes.count; i++)
		ui_log(cli, EF_LOG_WARN, "%s", parsed->notes.text[i]);
	return parsed->command->run(cli, args, err);
}

static int finish(struct cli *cli, bool ok, struct ef_err *err)
{
	struct ef_err cut = EF_ERR_INIT;

	ui_progress_close(cli);
	if (!ef_map_check(&cut)) {
		*err = cut;
		ok = false;
	}
	if (!ok)
		cli_blame_config(cli, err);
	if (!ok)
		cli_default_hint(cli, err);
	if (!ok)
		ui_log_error(cli, err);
	cli->out = stdout; /* ui_yield_stdout may have changed it */
	ok = side_files_close(cli, err) && ok;
	if (ok && ui_print_result(cli, err) && ui_flush(cli, err))
		return EXIT_SUCCESS;
	if (ok) /* Standard output is lost, so report the error on stderr. */
		cli->is_json = false;
	ui_error(cli, err);
	(void)fflush(stdout);
	return ui_exit_status(cli, err);
}

/*
 * Our own grammar comes first. A line that it refuses may be one for esptool, pasted from a manual.
 * If so, parse that; *line then has its words.
 */
static bool parse(struct cli *cli, int argc, char **argv, unsigned char *args,
		  struct opt_parsed *parsed, struct esptool_line **line, struct ef_err *err)
{
	const struct opt_sources sources = { from_environment, cli_config_value, cli };

	if (opt_parse(cli->program, argc, argv, &sources, &cli->global, sizeof(cli->global), args,
		      parsed, err))
		return true;
	if (err->code != EF_E_USAGE || !(*line = malloc(sizeof(**line))))
		return false;
	if (!esptool_line_read(cli->program, argc, argv, *line)) {
		free(*line);
		*line = NULL;
		return false;
	}
	ef_err_clear(err);
	if ((*line)->missing[0])
		return esptool_line_fail(*line, err);
	return opt_parse(cli->program, (*line)->argc, (*line)->argv, &sources, &cli->global,
			 sizeof(cli->global), args, parsed, err) ||
	       ef_context(err, "esptool's line is '%.200s' here", (*line)->shown);
}

/* Report how a line for esptool was translated. */
static void tell_line(struct cli *cli, const struct esptool_line *line, bool ok)
{
	if (!line)
		return;
	if (ok) {
		ui_log(cli, EF_LOG_INFO, "esptool's command line; here it is: %s", line->shown);
		if (line->has_keep)
			ui_log(cli, EF_LOG_INFO,
			       "'detect': the flash size is detected, and the files keep the size "
			       "that they have");
	} else if (strlen(line->shown) > ESPTOOL_HINT_MAX && !cli->is_json) {
		fprintf(cli->err, "%s\n", line->shown);
	}
}

int cli_main(int argc, char **argv)
{
	const struct opt_program program = drop_in_program(&cli_program, argc > 0 ? argv[0] : "");
	struct cli cli = { .program = &program,
			   .command = "",
			   .out = stdout,
			   .err = stderr,
			   .interrupt = &interrupted };
	struct ef_err err = EF_ERR_INIT;
	struct opt_parsed parsed = { .command = NULL };
	const struct ui_env env = { getenv("NO_COLOR"), getenv("TERM"), getenv("CI") };
	struct esptool_line *line = NULL;
	unsigned char *args = malloc(OPT_ARGS_SIZE);
	int status;
	bool ok;

	if (!args) {
		ef_fail(&err, EF_E_IO, "out of memory");
		return finish(&cli, false, &err);
	}
	ok = parse(&cli, argc > 0 ? argc - 1 : 0, argv + (argc > 0), args, &parsed, &line, &err);
	drop_in_log(getenv("RUST_LOG"), &cli.global);
	cli.parsed = &parsed;
	cli.command = parsed.command ? parsed.command->name : "";
	cli.is_json = ok ? is_json(parsed.command, args) : has_json_word(argc, argv);
	ui_init(&cli, &env);
	tell_line(&cli, line, ok);
	if (ok)
		ok = run(&cli, &parsed, args, argc, argv, &err);
	status = finish(&cli, ok, &err);
	json_free(cli.work);
	free(cli.findings);
	json_free(cli.result);
	config_free(cli.config);
	free(cli.connected);
	free(line);
	free(args);
	return status;
}
