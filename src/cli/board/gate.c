/* SPDX-License-Identifier: MIT */
/*
 * Logs the gate's findings. It does not log the first refusal, which becomes the command's error.
 */
#include "cli/board/gate.h"

#include <stdlib.h>

#include "cli/table/hint_words.h"
#include "cli/ui/ui.h"

static void log_finding(struct cli *cli, const struct ef_finding *f)
{
	char words[HINT_WORDS_SIZE];

	hint_words(&f->err.hint, cli->program->name, words);
	hint_cut_force(words);
	ui_log(cli, EF_LOG_WARN, "%s%s%s", f->err.msg, *words ? "; " : "", words);
}

static void log_all(struct cli *cli, const struct ef_findings *found, size_t from)
{
	for (size_t i = from; i < found->count; i++)
		log_finding(cli, &found->v[i]);
	if (found->left_out)
		ui_log(cli, EF_LOG_WARN, "%zu further findings are not shown", found->left_out);
}

/*
 * Keep the findings for the object of --json, because the plan and its regions end before the
 * object is printed.
 */
static void collect(struct cli *cli, const struct ef_findings *found)
{
	struct ef_findings *all = cli->findings;

	if (!found->count)
		return;
	if (!all)
		all = cli->findings = calloc(1, sizeof(*all));
	for (size_t i = 0; all && i < found->count && all->count < EF_FINDINGS_MAX; i++) {
		all->v[all->count] = found->v[i];
		all->v[all->count++].region = NULL;
	}
}

bool gate_pass(struct cli *cli, struct ef_flasher *f, const struct ef_plan *plan, bool force,
	       const struct ef_checked **ret, bool *ret_changes_start, struct ef_err *err)
{
	struct ef_findings *found = calloc(1, sizeof(*found));
	bool ok;

	if (!found)
		return ef_fail(err, EF_E_IO, "out of memory");
	ok = ef_flasher_check(f, plan, force, found, ret, err);
	collect(cli, found);
	log_all(cli, found, ok || !found->count ? 0 : 1);
	if (ok && ret_changes_start)
		*ret_changes_start = found->changes_start;
	free(found);
	return ok;
}

bool gate_judge(struct cli *cli, const struct ef_plan *plan, const struct ef_target *target,
		bool force, struct ef_err *err)
{
	struct ef_findings *found = calloc(1, sizeof(*found));
	bool ok;

	if (!found)
		return ef_fail(err, EF_E_IO, "out of memory");
	ef_plan_check(plan, target, found);
	ok = force || !found->count || !found->v[0].is_refusal;
	if (!ok)
		*err = found->v[0].err;
	collect(cli, found);
	log_all(cli, found, ok ? 0 : 1);
	free(found);
	return ok;
}
