/* SPDX-License-Identifier: MIT */
/* Reports an error: as text, as JSON, in the log file, and as the exit status. */
#include "cli/ui/ui.h"

#include <string.h>

#include "cli/ui/connect_json.h"
#include "cli/table/hint_words.h"
#include "cli/ui/json_out.h"
#include "cli/ui/side_file.h"

static void words(const struct cli *cli, const struct ef_err *err, char ret[HINT_WORDS_SIZE])
{
	hint_words_for(&err->hint, cli->program, cli->parsed ? cli->parsed->command : NULL, ret);
}

static void error_fields(struct cli *cli, struct json_out *j, const struct ef_err *err)
{
	char hint[HINT_WORDS_SIZE];

	words(cli, err, hint);
	json_text(j, "code", ef_code_name(err->code));
	json_number(j, "exit_status", (uint64_t)ui_exit_status(cli, err));
	json_text(j, "message", err->msg);
	json_text(j, "hint", *hint ? hint : NULL);
}

static void error_json(struct cli *cli, const struct ef_err *err)
{
	struct ef_err ignored = EF_ERR_INIT;
	struct json_out *j = cli->result ? cli->result : json_new(cli->command);

	cli->result = NULL;
	ui_findings_json(cli, j);
	json_end_all(j);
	json_begin_object(j, "error");
	error_fields(cli, j, err);
	diagnosis_json(j, cli->connected);
	json_end(j);
	/* If printing the error fails, nothing is left to report that with. */
	if (cli->is_json_lines)
		(void)!json_print_line(j, cli->out, &ignored);
	else
		(void)!json_print(j, cli->out, &ignored);
	(void)fflush(cli->out);
}

int ui_code_status(const struct cli *cli, enum ef_code code)
{
	int number = cli->interrupt ? (int)*cli->interrupt : 0;

	/* the convention of shells: 130 for Ctrl-C, 143 for SIGTERM, 129 for SIGHUP */
	if (code == EF_E_INTR && number > 0)
		return 128 + number;
	return ef_code_exit_status(code);
}

int ui_exit_status(const struct cli *cli, const struct ef_err *err)
{
	return ui_code_status(cli, err->code);
}

static void error_line(struct cli *cli, const struct ef_err *err)
{
	struct json_out *j = json_new_line("error");

	error_fields(cli, j, err);
	json_print_event(j, cli->err);
}

void ui_log_error(struct cli *cli, const struct ef_err *err)
{
	char hint[HINT_WORDS_SIZE];

	words(cli, err, hint);
	log_file_line(cli, "ERROR", err->msg);
	if (*hint)
		log_file_line(cli, "HINT", hint);
}

void ui_error(struct cli *cli, const struct ef_err *err)
{
	char hint[HINT_WORDS_SIZE];

	ui_progress_close(cli);
	if (cli->progress.kind == PROGRESS_JSON)
		error_line(cli, err);
	if (cli->is_json) {
		error_json(cli, err);
		return;
	}
	if (cli->progress.kind == PROGRESS_JSON)
		return;
	(void)fflush(cli->out);
	fprintf(cli->err, "%s: %serror:%s ", cli->program->name,
		cli->is_err_color ? "\x1b[1;31m" : "", cli->is_err_color ? "\x1b[0m" : "");
	ui_wrap(cli->err, err->msg, (unsigned)strlen(cli->program->name) + 9, 2);
	words(cli, err, hint);
	if (!*hint)
		return;
	fputs("  hint: ", cli->err);
	ui_wrap(cli->err, hint, 8, 4);
}
