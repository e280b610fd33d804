/* SPDX-License-Identifier: MIT */
/*
 * erase-flash, erase-region, erase-parts. Everything is checked before the first
 * sector is erased, because that can't be undone.
 */
#include "cli/cmd/cmd.h"

#include <inttypes.h>
#include <string.h>

#include "cli/board/gate.h"
#include "cli/board/session.h"
#include "cli/board/work.h"
#include "cli/firmware/place.h"
#include "cli/ui/ui.h"
#include "base/util.h"

/* Begin the JSON result. Returns the time. */
static uint64_t begin_work(struct cli *cli, const struct session *s)
{
	const struct ef_device *dev = ef_flasher_device(s->flasher);

	json_begin_array(work_begin(cli, dev, dev->flash_size), "regions");
	return ef_port_now_us(s->port);
}

static void end_work(struct cli *cli, const struct session *s, uint64_t start_us)
{
	json_end(cli->work);
	work_seconds(cli, ef_port_now_us(s->port) - start_us);
}

bool cmd_erase_flash(struct cli *cli, const void *args, struct ef_err *err)
{
	const struct erase_flash_args *a = args;
	const struct ef_plan_erase whole = { .is_whole = true };
	const struct ef_plan plan = { .erases = &whole, .erase_count = 1 };
	const struct ef_checked *checked = NULL;
	struct session s = SESSION_INIT;
	uint64_t start_us;
	bool ok = false;

	if (!session_open(cli, &a->connect, &s, err))
		goto out;
	if (!gate_pass(cli, s.flasher, &plan, a->force.force, &checked, NULL, err))
		goto out;
	ui_log(cli, EF_LOG_INFO, "Erasing Flash...");
	start_us = begin_work(cli, &s);
	if (!ef_flasher_erase(s.flasher, checked, 0, err))
		goto out;
	work_region(cli, 0, ef_flasher_device(s.flasher)->flash_size, "", "erased");
	end_work(cli, &s, start_us);
	if (!ef_flasher_finish(s.flasher, (enum ef_after)a->connect.after, err))
		goto out;
	ui_log(cli, EF_LOG_INFO, "Flash has been erased!");
	ok = true;
out:
	session_close(&s);
	return work_end(cli, ok, err);
}

static bool not_sectors(uint32_t addr, uint32_t size, struct ef_err *err)
{
	uint32_t first = addr / EF_SECTOR * EF_SECTOR;
	uint64_t end = ((uint64_t)addr + size + EF_SECTOR - 1) / EF_SECTOR * EF_SECTOR;

	ef_fail(err, EF_E_USAGE, "'%s' is not a multiple of 0x1000, and flash is erased in sectors",
		addr % EF_SECTOR ? "ADDRESS" : "SIZE");
	if (size == 0)
		return ef_hint_own(err, "the sector that this lies in starts at 0x%" PRIx32, first);
	return ef_hint_own(err,
			   "the sectors that this touches are erased by 'erase-region 0x%" PRIx32
			   " 0x%" PRIx64 "'",
			   first, end - first);
}

bool cmd_erase_region(struct cli *cli, const void *args, struct ef_err *err)
{
	const struct erase_region_args *a = args;
	struct session s = SESSION_INIT;
	uint32_t addr = a->address.value, size;
	struct ef_plan_erase range = { .addr = addr, .label = "" };
	const struct ef_plan plan = { .erases = &range, .erase_count = 1 };
	const struct ef_checked *checked = NULL;
	struct place place;
	uint64_t start_us;
	bool ok = false;

	if (!place_parse_size(a->size, &size, err))
		return false;
	if (addr % EF_SECTOR || size % EF_SECTOR)
		return not_sectors(addr, size, err);
	if (!session_open(cli, &a->connect, &s, err))
		goto out;
	place_at(&s, addr, &place);
	if (!place_size(&place, size, &size, err))
		goto out;
	range.len = size;
	if (!gate_pass(cli, s.flasher, &plan, a->force.force, &checked, NULL, err))
		goto out;
	ui_log(cli, EF_LOG_INFO, "Erasing region at 0x%08" PRIx32 " (%" PRIu32 " bytes)", addr,
	       size);
	start_us = begin_work(cli, &s);
	if (!ef_flasher_erase(s.flasher, checked, 0, err))
		goto out;
	work_region(cli, addr, size, "", "erased");
	end_work(cli, &s, start_us);
	if (!ef_flasher_finish(s.flasher, (enum ef_after)a->connect.after, err))
		goto out;
	ui_log(cli, EF_LOG_INFO, "The region has been erased!");
	ok = true;
out:
	session_close(&s);
	return work_end(cli, ok, err);
}

/* ---- erase-parts ---- */

struct job {
	struct cli *cli;
	const struct erase_parts_args *args;
	struct table table;
	bool is_marked[EF_PARTITIONS_MAX];
	struct ef_plan_erase erase[EF_PARTITIONS_MAX];
	const struct ef_checked *checked;
};

static bool is_of_type(const struct ef_partition *p, const char *type)
{
	char name[EF_PART_NAME_SIZE];

	ef_partition_type_name(p->type, name);
	if (ef_str_ieq(name, type))
		return true;
	ef_partition_subtype_name(p->type, p->subtype, name);
	return ef_str_ieq(name, type);
}

static bool mark_label(struct job *job, const char *label, struct ef_err *err)
{
	const struct ef_partition *part;

	if (!table_find(&job->table, label, &part, err))
		return false;
	job->is_marked[part - job->table.parts.part] = true;
	return true;
}

/* The hint lists the values that --type takes: types and subtypes, not names. */
static void hint_types(const struct ef_partition_table *t, struct ef_err *err)
{
	char type[EF_PART_NAME_SIZE], subtype[EF_PART_NAME_SIZE], list[300] = "";

	for (size_t i = 0; i < t->count; i++) {
		size_t len = strlen(list);

		ef_partition_type_name(t->part[i].type, type);
		ef_partition_subtype_name(t->part[i].type, t->part[i].subtype, subtype);
		(void)ef_snprintf(list + len, sizeof(list) - len, "%s%s (%s)", len ? ", " : "",
				  subtype, type);
	}
	ef_hint_own(err, "one subtype or type is named, as in '--type nvs'; the table has: %s",
		    *list ? list : "none");
}

static bool mark_type(struct job *job, const char *type, struct ef_err *err)
{
	const struct ef_partition_table *t = &job->table.parts;
	bool has_one = false;

	for (size_t i = 0; i < t->count; i++) {
		if (!is_of_type(&t->part[i], type))
			continue;
		job->is_marked[i] = true;
		has_one = true;
	}
	if (has_one)
		return true;
	ef_fail(err, EF_E_INPUT, "the partition table has no partition of type '%.40s'", type);
	hint_types(t, err);
	return false;
}

/* Mark the rows of the loaded table that will be erased. */
static bool mark(struct job *job, struct ef_err *err)
{
	for (size_t i = 0; i < job->args->labels.count; i++)
		if (!mark_label(job, job->args->labels.item[i], err))
			return false;
	for (size_t i = 0; i < job->args->types.count; i++)
		if (!mark_type(job, job->args->types.item[i], err))
			return false;
	return true;
}

static bool past_flash(const char *name, uint32_t flash_size, struct ef_err *err)
{
	ef_fail(err, EF_E_INPUT, "partition '%s' passes the end of the flash at 0x%08" PRIx32, name,
		flash_size);
	return ef_hint_own(
		err, "the table is for a larger flash: 'flash-id' prints the size of this one");
}

/* Check all marked partitions before the first is erased. */
static bool check_ranges(const struct job *job, uint32_t flash_size, struct ef_err *err)
{
	const struct ef_partition_table *t = &job->table.parts;

	for (size_t i = 0; i < t->count; i++) {
		const struct ef_partition *p = &t->part[i];

		if (!job->is_marked[i])
			continue;
		if (p->offset % EF_SECTOR || p->size % EF_SECTOR)
			return ef_fail(err, EF_E_INPUT,
				       "partition '%s' (0x%" PRIx32 " bytes at 0x%08" PRIx32
				       ") doesn't begin and end at sector boundaries",
				       p->name, p->size, p->offset);
		if (!ef_range_ok(p->offset, p->size, flash_size ? flash_size : UINT32_MAX))
			return past_flash(p->name, flash_size, err);
	}
	return true;
}

/* Log the list in espflash's form: ["nvs", "otadata"]. */
static void say_marked(const struct job *job)
{
	const struct ef_partition_table *t = &job->table.parts;
	char names[EF_PARTITIONS_MAX * (EF_PART_NAME_SIZE + 4)] = "";

	for (size_t i = 0; i < t->count; i++) {
		size_t len = strlen(names);

		if (job->is_marked[i])
			(void)ef_snprintf(names + len, sizeof(names) - len, "%s\"%s\"",
					  len ? ", " : "", t->part[i].name);
	}
	ui_log(job->cli, EF_LOG_INFO, "Erasing the following partitions: [%s]", names);
}

/* Let the gate check all marked partitions at once. */
static bool check_marked(struct job *job, struct session *s, struct ef_err *err)
{
	const struct ef_partition_table *t = &job->table.parts;
	struct ef_plan plan = { .erases = job->erase,
				.table = t,
				.table_offset = job->args->table.offset.value };

	for (size_t i = 0; i < t->count; i++)
		if (job->is_marked[i])
			job->erase[plan.erase_count++] = (struct ef_plan_erase){
				.addr = t->part[i].offset,
				.len = t->part[i].size,
				.label = t->part[i].name,
			};
	return gate_pass(job->cli, s->flasher, &plan, job->args->force.force, &job->checked, NULL,
			 err);
}

static bool erase_marked(struct job *job, struct session *s, struct ef_err *err)
{
	const struct ef_partition_table *t = &job->table.parts;
	char type[EF_PART_NAME_SIZE], subtype[EF_PART_NAME_SIZE];
	uint64_t start_us = begin_work(job->cli, s);
	size_t index = 0;

	say_marked(job);
	for (size_t i = 0; i < t->count; i++) {
		const struct ef_partition *p = &t->part[i];

		if (!job->is_marked[i])
			continue;
		ef_partition_type_name(p->type, type);
		ef_partition_subtype_name(p->type, p->subtype, subtype);
		ui_log(job->cli, EF_LOG_INFO, "Erasing %s (%s, %s)...", p->name, type, subtype);
		if (!ef_flasher_erase(s->flasher, job->checked, index++, err))
			return false;
		work_region(job->cli, p->offset, p->size, p->name, "erased");
	}
	end_work(job->cli, s, start_us);
	return true;
}

bool cmd_erase_parts(struct cli *cli, const void *args, struct ef_err *err)
{
	const struct erase_parts_args *a = args;
	struct job job = { .cli = cli, .args = a };
	struct session s = SESSION_INIT;
	bool ok = false;

	if (a->labels.count == 0 && a->types.count == 0) {
		ef_fail(err, EF_E_USAGE, "which partitions? none was named");
		return ef_hint_own(err,
				   "name them ('erase-parts nvs'), or their type ('--type nvs')");
	}
	if (!table_open(&job.table, &a->table, err) || (job.table.is_loaded && !mark(&job, err)))
		return false;
	if (!session_open(cli, &a->connect, &s, err) || !table_load(cli, &job.table, &s, err) ||
	    !mark(&job, err) ||
	    !check_ranges(&job, ef_flasher_device(s.flasher)->flash_size, err) ||
	    !check_marked(&job, &s, err) || !erase_marked(&job, &s, err) ||
	    !ef_flasher_finish(s.flasher, (enum ef_after)a->connect.after, err))
		goto out;
	ui_log(cli, EF_LOG_INFO, "Specified partitions successfully erased!");
	ok = true;
out:
	session_close(&s);
	return work_end(cli, ok, err);
}
