/* SPDX-License-Identifier: MIT */
/* ota: shows which app starts, or selects another one in otadata as ESP-IDF's otatool.py does. */
#include "cli/cmd/cmd.h"

#include "cli/cmd/cmd_ota.h"
#include "cli/firmware/place.h"
#include "cli/ui/ui.h"
#include "base/util.h"

struct job {
	struct cli *cli;
	const struct ota_args *args;
	struct table table;
	struct session session;
	struct flash_view view;
	struct ota_report report;
};

/* ---- before the port is opened ---- */

/* Each action has options of its own. */
static bool check_args(const struct ota_args *a, struct ef_err *err)
{
	bool is_switch = (enum ota_action)a->action == OTA_SWITCH;

	if (is_switch && !a->label) {
		ef_fail(err, EF_E_USAGE, "'ota switch' needs the partition to switch to");
		return ef_hint_own(err, "as in: espflash-c ota switch ota_1");
	}
	if (!is_switch && a->label)
		return ef_fail(err, EF_E_USAGE, "only 'ota switch' takes a partition: '%.40s'",
			       a->label);
	if (!is_switch && a->force)
		return ef_fail(err, EF_E_USAGE, "'--force' is only for 'ota switch'");
	if (a->check && (enum ota_action)a->action != OTA_SHOW)
		return ef_fail(err, EF_E_USAGE, "'--check' is only for 'ota show'");
	return true;
}

/* ---- partitions ---- */

static bool is_named(const struct ef_partition *p, const char *label)
{
	char subtype[EF_PART_NAME_SIZE];

	ef_partition_subtype_name(p->type, p->subtype, subtype);
	return ef_str_ieq(subtype, label);
}

static bool no_such(const struct ef_partition_table *t, const char *label, struct ef_err *err)
{
	char names[EF_PART_LIST_SIZE];

	ef_partition_app_names(t, names);
	ef_fail(err, EF_E_INPUT, "the partition table has no app partition '%.40s'", label);
	return ef_hint_own(err, "it has: %s", *names ? names : "none");
}

/* Find the app partition of this name, else of this subtype. */
static bool find_part(const struct ef_partition_table *t, const char *label,
		      const struct ef_partition **ret, struct ef_err *err)
{
	const struct ef_partition *part = ef_partition_find(t, label);

	if (part && part->type != EF_PART_APP)
		part = NULL;
	for (size_t i = 0; !part && i < t->count; i++)
		if (t->part[i].type == EF_PART_APP && is_named(&t->part[i], label))
			part = &t->part[i];
	*ret = part;
	return part || no_such(t, label, err);
}

/* ---- on the board ---- */

static bool check_app(struct job *job, const struct ef_partition *part, struct ef_err *err)
{
	struct slot_app app;
	char text[SLOT_TEXT_SIZE];

	if (job->args->force)
		return true;
	if (!slot_app_read(&job->view, part, true, &app, err))
		return false;
	if (app.state == SLOT_VALID) {
		if (ef_flasher_device(job->session.flasher)->is_secure_boot)
			ui_log(job->cli, EF_LOG_WARN,
			       "secure boot is on: whether the app in '%s' has a good signature "
			       "was "
			       "not checked",
			       part->name);
		return true;
	}
	slot_app_text(&app, text);
	ef_fail(err, EF_E_INPUT, "the bootloader could not start '%s': it has %s", part->name,
		text);
	return ef_hint_own(err,
			   "flash an app there first: espflash-c flash "
			   "--target-app-partition %s --boot FILE; '--force' switches all the "
			   "same",
			   part->name);
}

static bool switch_to(struct job *job, struct ef_err *err)
{
	const struct boot_slots *b = &job->report.slots;
	const struct ef_partition *part;

	if (!find_part(&job->table.parts, job->args->label, &part, err) ||
	    !boot_slots_can_switch(b, part, err) || !check_app(job, part, err) ||
	    !boot_slots_switch(b, part, err))
		return false;
	ui_log(job->cli, EF_LOG_INFO, "otadata selects '%s' now", part->name);
	return true;
}

static bool erase(struct job *job, struct ef_err *err)
{
	if (!boot_slots_erase(&job->report.slots, err))
		return false;
	ui_log(job->cli, EF_LOG_INFO, "otadata has been erased");
	return true;
}

static bool cannot_read(const struct flash_view *v, struct ef_err *err)
{
	ef_fail(err, EF_E_UNSUPP, "otadata and the apps can't be read: %s", v->closed);
	return flash_view_hint(v, err);
}

static bool run_on_board(struct job *job, struct ef_err *err)
{
	const struct ef_partition_table *parts = &job->table.parts;
	bool is_changed = (enum ota_action)job->args->action != OTA_SHOW;

	if (!flash_view_init(&job->view, job->cli, &job->session, err))
		return false;
	if (job->view.closed)
		return cannot_read(&job->view, err);
	if (!table_load(job->cli, &job->table, &job->session, err) ||
	    !boot_slots_read(&job->view, parts, &job->report.slots, err))
		return false;
	if (is_changed && !((enum ota_action)job->args->action == OTA_SWITCH ? switch_to(job, err)
									     : erase(job, err)))
		return false;
	if (is_changed && !boot_slots_read(&job->view, parts, &job->report.slots, err))
		return false;
	job->report.is_changed = is_changed;
	return ota_report_read(&job->report, job->args->check, err) &&
	       ota_report_show(job->cli, &job->report, err) &&
	       ef_flasher_finish(job->session.flasher, (enum ef_after)job->args->connect.after,
				 err);
}

bool cmd_ota(struct cli *cli, const void *args, struct ef_err *err)
{
	const struct ota_args *a = args;
	struct job job = { .cli = cli, .args = a, .session = SESSION_INIT };
	bool ok;

	ok = check_args(a, err) && table_open(&job.table, &a->table, err) &&
	     session_open(cli, &a->connect, &job.session, err) && run_on_board(&job, err);
	session_close(&job.session);
	return ok;
}
