/* SPDX-License-Identifier: MIT */
/*
 * Decides when results go to standard output. The object of --json is kept until
 * the run ends, because a later error becomes one of its fields.
 */
#include "cli/ui/ui.h"

#include <poll.h>
#include <stdlib.h>

#include <espflash/plan.h>

#include "base/util.h"
#include "cli/table/hint_words.h"

bool ui_result(struct cli *cli, struct json_out *j, struct ef_err *err)
{
	json_free(cli->result);
	cli->result = NULL;
	if (!json_is_good(j)) {
		json_free(j);
		return ef_fail(err, EF_E_IO, "out of memory for JSON output");
	}
	cli->result = j;
	return true;
}

static void finding_json(struct cli *cli, struct json_out *j, const struct ef_finding *f)
{
	char hint[HINT_WORDS_SIZE];

	hint_words(&f->err.hint, cli->program->name, hint);
	if (!f->is_refusal)
		hint_cut_force(hint);
	json_begin_object(j, NULL);
	json_text(j, "name", ef_finding_name(f->id));
	json_bool(j, "is_refusal", f->is_refusal);
	json_number(j, "address", f->addr);
	json_text(j, "message", f->err.msg);
	json_text(j, "hint", *hint ? hint : NULL);
	json_end(j);
}

void ui_findings_json(struct cli *cli, struct json_out *j)
{
	if (!cli->findings)
		return;
	json_end_all(j);
	json_begin_array(j, "findings");
	for (size_t i = 0; i < cli->findings->count; i++)
		finding_json(cli, j, &cli->findings->v[i]);
	json_end(j);
	free(cli->findings);
	cli->findings = NULL;
}

bool ui_print_result(struct cli *cli, struct ef_err *err)
{
	struct json_out *j = cli->result;

	cli->result = NULL;
	if (!j)
		return true;
	ui_findings_json(cli, j);
	return cli->is_json_lines ? json_print_line(j, cli->out, err)
				  : json_print(j, cli->out, err);
}

void ui_stream(struct cli *cli)
{
	struct ef_err ignored = EF_ERR_INIT; /* can't fail: ui_result checked the object */

	(void)!ui_print_result(cli, &ignored);
	(void)fflush(cli->out);
}

bool ui_yield_stdout(struct cli *cli, const char *path, struct ef_err *err)
{
	if (!ef_file_is_stdout(path))
		return true;
	if (!cli->is_json) {
		cli->out = cli->err;
		return true;
	}
	ef_fail(err, EF_E_USAGE,
		"'--json' and the content of '%s' can't both go to standard output", path);
	return ef_hint_own(err, "name a file, or leave '--json' out");
}

bool ui_flush(struct cli *cli, struct ef_err *err)
{
	struct pollfd reader = { .fd = fileno(cli->out), .events = POLLOUT };

	if (fflush(cli->out) == 0 && !ferror(cli->out))
		return true;
	/* A reader that leaves early, like "| head", is not an error. */
	if (poll(&reader, 1, 0) == 1 && (reader.revents & POLLERR))
		return true;
	return ef_fail(err, EF_E_IO, "cannot write to standard output");
}
