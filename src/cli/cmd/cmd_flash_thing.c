/* SPDX-License-Identifier: MIT */
/*
 * flash for forms other than an ELF: the thing determines what goes where, with which settings and
 * which resets. Nothing is built, so the options of a build are refused.
 */
#include "cli/cmd/cmd_flash_thing.h"

#include <stdlib.h>

#include "cli/board/after_write.h"
#include "cli/board/device.h"
#include "cli/board/gate.h"
#include "cli/board/session.h"
#include "cli/board/work.h"
#include "cli/firmware/boot_header.h"
#include "cli/firmware/thing.h"
#include "cli/firmware/thing_place.h"
#include "cli/monitor/monitor_run.h"
#include "cli/start/boot_check.h"
#include "cli/table/options.h"
#include "cli/ui/ui.h"

struct job {
	struct cli *cli;
	const struct flash_args *args;
	struct connect_args connect; /* our copy, with the thing's resets */
	struct flash_config_args settings;
	struct thing thing;
	struct thing_place place;
	struct session session;
	struct monitor_run *monitor; /* NULL without --monitor */
	const struct ef_checked *checked;
	struct flash_view view;
	struct ef_partition_table table; /* the table that will be in flash */
	struct boot_check boot;
	bool changes_start;
};

/* ---- before the port is opened ---- */

static bool check_options(struct cli *cli, const struct flash_args *a, struct ef_err *err)
{
	const char *option = cli_given_for(cli, OPT_FOR_ELF);

	if (!option)
		return true;
	ef_fail(err, EF_E_USAGE, "'--%s' goes with an ELF, and '%s' is not one", option, a->file);
	return ef_hint_own(err, "leave it out: the files are written as they are");
}

/* An app file can get a bootloader and a table from us; every other form has its own. */
static bool check_base(struct cli *cli, const struct thing *t, struct ef_err *err)
{
	const struct ef_input *in = &t->input;
	const char *option = cli_given_for(cli, OPT_FOR_APP);

	if (!option || (in->part_count == 1 && in->parts[0].is_app))
		return true;
	ef_fail(err, EF_E_USAGE, "'--%s' goes with an ELF or an app, and '%s' is neither", option,
		t->path);
	return ef_hint_own(err, "leave it out: the files are written as they are");
}

static int reset_value(const struct opt_choice *names, const char *text)
{
	for (size_t i = 0; names[i].name; i++)
		if (strcmp(names[i].name, text) == 0)
			return names[i].value;
	return -1;
}

/*
 * esptool 5 and this program have different names for one of the resets. The user's options
 * override the thing.
 */
static void take_resets(struct job *job)
{
	const struct ef_input *in = &job->thing.input;
	const char *after = strcmp(in->after, "no-reset-stub") == 0 ? "no-reset-no-stub"
								    : in->after;
	int value = reset_value(opts_befores, in->before);

	if (value >= 0 && !cli_is_given(job->cli, "before"))
		job->connect.before = value;
	value = reset_value(opts_afters, after);
	if (value >= 0 && !cli_is_given(job->cli, "after") && !job->args->monitor)
		job->connect.after = value;
	if (in->no_stub && !cli_is_given(job->cli, "no-stub"))
		job->connect.no_stub = true;
}

static bool open_thing(struct job *job, struct ef_err *err)
{
	const struct flash_args *a = job->args;
	struct ef_input_opts opts = thing_opts(&a->thing, a->connect.chip);

	opts.allows_outside = a->force;
	if (!check_options(job->cli, a, err) || !thing_open(&job->thing, a->file, &opts, err) ||
	    !check_base(job->cli, &job->thing, err))
		return false;
	for (size_t i = 0; a->encrypt && i < job->thing.input.part_count; i++)
		job->thing.input.parts[i].is_encrypted = true;
	job->connect = a->connect;
	job->connect.flash_size = a->config.size > 0 ? a->config.size : 0;
	take_resets(job);
	thing_settings(job->cli, &job->thing, &a->config, &job->settings);
	return true;
}

static struct ef_plan plan_of(const struct job *job)
{
	return (struct ef_plan){ .regions = job->place.regions,
				 .region_count = job->place.count,
				 .table_offset = job->thing.input.table_offset };
}

/*
 * Let the gate check the plan as far as that needs no chip. The size of its flash is not known, so
 * whether the header fits it is not known either.
 */
static bool judge(struct job *job, struct ef_err *err)
{
	const struct ef_input *in = &job->thing.input;
	const struct flash_config_args as_it_is = { 0 };
	const struct ef_target target = { .chip = in->chip };
	struct ef_plan plan;

	for (size_t i = 0; i < in->part_count; i++)
		if (in->parts[i].is_app || !in->chip)
			return true;
	if (!thing_regions(&job->place, job->cli, &job->thing, &as_it_is, err))
		return false;
	plan = plan_of(job);
	return gate_judge(job->cli, &plan, &target, job->args->force, err);
}

/* Show the plan even if the gate refuses it. */
static bool show_plan(struct job *job, struct ef_err *err)
{
	struct ef_err print_err = EF_ERR_INIT;
	struct json_out *j;
	bool ok = judge(job, err);

	thing_say_gaps(job->cli, &job->thing.input);
	ok = ok && thing_base_preview(job->cli, &job->thing, &job->settings, job->args, err);
	if (!job->cli->is_json) {
		thing_print(job->cli, &job->thing);
		return ok;
	}
	j = json_new(job->cli->command);
	thing_json(j, &job->thing);
	if (ui_result(job->cli, j, &print_err) || !ok)
		return ok;
	*err = print_err;
	return false;
}

static bool open_monitor(struct job *job, struct ef_err *err)
{
	char elf[THING_PATH_SIZE];

	if (!job->args->monitor)
		return true;
	job->monitor = monitor_run_new(job->cli, &job->args->mon,
				       thing_elf(&job->thing, elf) ? elf : NULL, NULL, err);
	return job->monitor != NULL;
}

/* ---- on the board ---- */

static bool check_plan(struct job *job, struct ef_err *err)
{
	const struct ef_plan plan = plan_of(job);

	return gate_pass(job->cli, job->session.flasher, &plan, job->args->force, &job->checked,
			 &job->changes_start, err);
}

static bool check_boot(struct job *job, struct ef_err *err)
{
	uint32_t table = job->thing.input.table_offset;

	if (!flash_view_init(&job->view, job->cli, &job->session, err))
		return false;
	job->view.regions = job->place.regions;
	job->view.region_count = job->place.count;
	return boot_check_regions(&job->view, NULL, table ? table : EF_PARTITION_TABLE_OFFSET,
				  job->args->boot, &job->table, &job->boot, err);
}

static bool write_all(struct job *job, struct ef_err *err)
{
	const struct flash_args *a = job->args;
	const struct ef_write_opts opts = { .no_verify = a->no_verify, .no_skip = a->no_skip };
	struct ef_write_stats stats = { .bytes = 0 };
	const struct after_write after = {
		.after = (enum ef_after)job->connect.after,
		.wants_start = (job->changes_start || a->require_start) && !a->monitor &&
			       !a->no_listen,
		.needs_start = a->require_start,
		.done = "Flashing has completed!",
	};

	return ef_flasher_write(job->session.flasher, job->checked, &opts, &stats, err) &&
	       boot_check_apply(&job->boot, err) &&
	       after_write(job->cli, &job->session, &stats, &after, err);
}

static bool check_chip(const struct job *job, const struct ef_device *dev, struct ef_err *err)
{
	const struct ef_chip *chip = job->thing.input.chip;

	if (!chip || chip == dev->chip || job->args->force)
		return true;
	ef_fail(err, EF_E_INPUT, "'%s' is for %s, and the board has %s", job->thing.path,
		chip->label, dev->chip->label);
	return ef_hint_text(err, EF_HINT_INPUT_CHIP, chip->label);
}

/*
 * Parts that the build wants encrypted are written plain where flash encryption is off: the
 * bootloader encrypts them at its first start.
 */
static bool decide_encryption(struct job *job, struct ef_err *err)
{
	const struct ef_input *in = &job->thing.input;
	bool is_on = false, is_marked = false;

	for (size_t i = 0; i < in->part_count; i++)
		is_marked = is_marked || in->parts[i].is_encrypted;
	if (is_marked && !job->args->encrypt &&
	    !ef_flasher_is_encrypted(job->session.flasher, &is_on, err))
		return false;
	job->place.encrypts = job->args->encrypt || is_on;
	return true;
}

static bool run_on_board(struct job *job, struct ef_err *err)
{
	const struct ef_device *dev = ef_flasher_device(job->session.flasher);
	struct flash_config_args *settings = &job->settings;

	boot_header_detect(settings, dev);
	if (!dev->flash_size && settings->size &&
	    !ef_flasher_set_flash_size(job->session.flasher, (uint32_t)settings->size, err))
		return false;
	if (!job->cli->is_json)
		device_print(job->cli->out, dev, dev->flash_size);
	if (!check_chip(job, dev, err) || !decide_encryption(job, err) ||
	    !thing_base(&job->place, job->cli, &job->thing, &job->session, settings, job->args,
			err) ||
	    !thing_place(&job->place, job->cli, &job->thing, &job->session, settings,
			 job->args->idf.target_app_partition, err) ||
	    !check_plan(job, err) || !check_boot(job, err))
		return false;
	thing_say_gaps(job->cli, &job->thing.input);
	thing_json(work_begin(job->cli, dev, dev->flash_size), &job->thing);
	boot_check_json(&job->boot, job->cli->work);
	json_begin_array(job->cli->work, "regions");
	return work_end(job->cli, write_all(job, err), err);
}

static bool open_board(struct job *job, struct ef_err *err)
{
	const struct ef_input *in = &job->thing.input;
	struct ef_region longest = { .label = "" };

	for (size_t i = 0; i < in->part_count; i++)
		session_prefer_longer(&longest, in->parts[i].data, in->parts[i].len,
				      in->parts[i].name);
	return session_open_to_write(job->cli, &job->connect, &longest, &job->session, err);
}

static bool run(struct job *job, struct ef_err *err)
{
	if (!open_thing(job, err))
		return false;
	if (job->args->dry_run)
		return show_plan(job, err);
	return open_monitor(job, err) && open_board(job, err) && run_on_board(job, err) &&
	       (!job->args->monitor ||
		monitor_after(job->monitor, &job->session, &job->connect, false, err));
}

bool cmd_flash_thing(struct cli *cli, const struct flash_args *a, struct ef_err *err)
{
	struct job *job = calloc(1, sizeof(*job));
	bool ok;

	if (!job)
		return ef_fail(err, EF_E_IO, "out of memory");
	job->cli = cli;
	job->args = a;
	job->session = (struct session)SESSION_INIT;
	ok = run(job, err);
	monitor_run_free(job->monitor);
	session_close(&job->session);
	thing_place_release(&job->place);
	thing_release(&job->thing);
	free(job);
	return ok;
}
