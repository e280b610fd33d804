/* SPDX-License-Identifier: MIT */
/*
 * image-info: explains an image, the content of a whole flash, or a partition
 * table. Damaged parts are shown first and reported as an error at the end.
 */
#include "cli/cmd/cmd.h"

#include <inttypes.h>
#include <string.h>

#include "cli/firmware/image_facts.h"
#include "cli/firmware/partition_show.h"
#include "cli/firmware/thing.h"
#include "cli/ui/ui.h"
#include "base/util.h"

/* The first bytes of a partition that must be 0xff for it to count as empty. */
#define PEEK 32u

struct job {
	struct cli *cli;
	const char *path;
	const uint8_t *data;
	size_t len;
	struct ef_file_layout layout;
	struct json_out *json; /* --json: the object under construction; NULL */
	struct ef_err first;   /* the first error; the rest of the file is shown regardless */
};

static void blame(struct job *job, const struct ef_err *err, const char *part)
{
	if (job->first.code != EF_OK)
		return;
	job->first = *err;
	if (part)
		ef_context(&job->first, "image '%s': %s", job->path, part);
	else
		ef_context(&job->first, "image '%s'", job->path);
}

/* ---- one image ---- */

static bool one_image(struct job *job, struct ef_err *err)
{
	struct ef_err print_err = EF_ERR_INIT;
	struct image_facts f;
	bool is_whole = image_facts_read(job->data, job->len, &f, err);

	if (!is_whole && !image_facts_read_start(job->data, job->len, &f))
		return ef_context(err, "image '%s'", job->path);
	/* Print the facts first. An error becomes part of the same JSON object. */
	if (job->cli->is_json) {
		job->json = json_new(job->cli->command);
		json_text(job->json, "kind", image_facts_kind(&f));
		image_facts_json(job->json, &f);
		if (!ui_result(job->cli, job->json, &print_err)) {
			*err = print_err;
			return false;
		}
	} else {
		image_facts_print(job->cli->out, &f);
	}
	return (is_whole && ef_image_verify(&f.image, err)) ||
	       ef_context(err, "image '%s'", job->path);
}

/* ---- a partition table ---- */

static bool one_table(struct job *job, struct ef_err *err)
{
	const struct ef_partition_opts opts = { .bootloader_offset = EF_PART_NO_OFFSET };
	struct ef_partition_table table;

	if (job->len > EF_MAX_CSV)
		return ef_fail(err, EF_E_INPUT, "'%s' is neither an image nor a partition table",
			       job->path);
	if (!ef_partition_parse(job->data, job->len, &opts, &table, err))
		return ef_context(err, "partition table '%s'", job->path);
	if (!job->cli->is_json) {
		partition_show(job->cli, &table);
		return true;
	}
	job->json = json_new(job->cli->command);
	json_text(job->json, "kind", "partition-table");
	partition_json(job->json, &table);
	return ui_result(job->cli, job->json, err);
}

/* Return whether the data may be a CSV table. */
static bool is_text(const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (data[i] == 0)
			return false;
	return len > 0 && len <= EF_MAX_CSV && memchr(data, ',', len);
}

/* ---- a whole flash ---- */

static const uint8_t *at_address(const struct job *job, uint32_t addr)
{
	return job->data + (addr - job->layout.base);
}

/* part: the name in messages. partition: NULL for the bootloader. */
static void flash_image(struct job *job, uint32_t addr, size_t room, const char *part,
			const char *partition)
{
	struct ef_err err = EF_ERR_INIT;
	struct image_facts f;
	bool is_whole;

	if (!image_facts_read(at_address(job, addr), room, &f, &err)) {
		if (!job->json)
			fprintf(job->cli->out, "%s\n", err.msg);
		blame(job, &err, part);
		return;
	}
	is_whole = ef_image_verify(&f.image, &err);
	if (!is_whole)
		blame(job, &err, part);
	f.behind = 0; /* the bytes behind it are another part of flash, or padding */
	if (!job->json) {
		image_facts_print(job->cli->out, &f);
		return;
	}
	json_begin_object(job->json, NULL);
	json_number(job->json, "address", addr);
	json_text(job->json, "partition", partition);
	json_text(job->json, "kind", image_facts_kind(&f));
	image_facts_json(job->json, &f);
	json_end(job->json);
}

static void bootloader(struct job *job)
{
	uint32_t off = job->layout.bootloader_off;
	size_t end = job->layout.has_table && job->layout.table_off > off
			     ? job->layout.table_off
			     : job->layout.base + job->len;

	if (!job->json)
		fprintf(job->cli->out, "Bootloader at 0x%" PRIx32 "\n", off);
	flash_image(job, off, end - off, "bootloader", NULL);
}

/*
 * Return the bytes of the file that may hold the image. 0: there is no image; the reason is
 * printed.
 */
static size_t app_room(struct job *job, const struct ef_partition *p)
{
	size_t end = job->layout.base + job->len;
	size_t room = p->offset >= job->layout.base && p->offset < end ? end - p->offset : 0;
	const char *what = NULL;

	if (room > p->size)
		room = p->size;
	if (room == 0)
		what = "not in this file";
	else if (ef_is_blank(at_address(job, p->offset), room < PEEK ? room : PEEK))
		what = "empty";
	else if (!ef_image_need(at_address(job, p->offset), room))
		what = "no image, or an encrypted one";
	if (what && !job->json)
		fprintf(job->cli->out, "%s\n", what);
	return what ? 0 : room;
}

static void apps(struct job *job)
{
	for (size_t i = 0; i < job->layout.table.count; i++) {
		const struct ef_partition *p = &job->layout.table.part[i];
		char name[sizeof(p->name)], part[64];
		size_t room;

		if (p->type != EF_PART_APP)
			continue;
		(void)ef_strlcpy(name, sizeof(name), p->name);
		ef_clean_text(name);
		(void)ef_snprintf(part, sizeof(part), "partition '%s'", name);
		if (!job->json)
			fprintf(job->cli->out, "\nApp partition '%s' at 0x%" PRIx32 "\n", name,
				p->offset);
		room = app_room(job, p);
		if (room)
			flash_image(job, p->offset, room, part, name);
	}
}

static void flash_table(struct job *job)
{
	struct ef_file_layout *l = &job->layout;
	const struct ef_partition_opts opts = {
		.table_offset = l->table_off,
		.bootloader_offset = l->has_bootloader ? l->bootloader_off : EF_PART_NO_OFFSET,
	};
	struct ef_err err = l->table_err;

	if (!job->json)
		fprintf(job->cli->out, "%sPartition table at 0x%" PRIx32 "\n",
			l->has_bootloader ? "\n" : "", l->table_off);
	if (!l->is_table_valid) {
		if (!job->json)
			fprintf(job->cli->out, "%s\n", err.msg);
		blame(job, &err, "partition table");
		return;
	}
	if (!ef_partition_check(&l->table, &opts, &err))
		blame(job, &err, "partition table");
	if (!job->json)
		partition_show(job->cli, &l->table);
}

static void flash_json(struct job *job)
{
	const struct ef_file_layout *l = &job->layout;

	json_text(job->json, "kind", "merged");
	json_number(job->json, "size", job->len);
	json_begin_array(job->json, "images");
	if (l->has_bootloader)
		bootloader(job);
	if (l->is_table_valid)
		apps(job);
	json_end(job->json);
	if (!l->has_table) {
		json_null(job->json, "partition_table");
		return;
	}
	json_begin_object(job->json, "partition_table");
	json_number(job->json, "address", l->table_off);
	partition_json(job->json, &l->table);
	json_end(job->json);
	flash_table(job);
}

static bool whole_flash(struct job *job, struct ef_err *err)
{
	const struct ef_file_layout *l = &job->layout;

	if (job->cli->is_json) {
		job->json = json_new(job->cli->command);
		if (!job->json)
			return ef_fail(err, EF_E_IO, "out of memory for JSON output");
		flash_json(job);
	} else {
		if (l->has_bootloader)
			bootloader(job);
		if (l->has_table)
			flash_table(job);
		if (l->is_table_valid)
			apps(job);
	}
	if (job->json && !ui_result(job->cli, job->json, err))
		return false;
	if (job->first.code == EF_OK)
		return true;
	*err = job->first;
	return false;
}

/* ---- what names other files, or has to be unpacked ---- */

static bool show_thing(struct cli *cli, const struct image_info_args *a, struct ef_err *err)
{
	const struct ef_input_opts opts = thing_opts(&a->thing, a->chip);
	struct thing t;
	bool ok = thing_open(&t, a->file, &opts, err);

	if (ok && cli->is_json) {
		struct json_out *j = json_new(cli->command);

		json_text(j, "kind", "plan");
		thing_json(j, &t);
		ok = ui_result(cli, j, err);
	} else if (ok) {
		thing_print(cli, &t);
	}
	thing_release(&t);
	return ok;
}

/* Show how 'flash' would treat the file, if it is not an image or if the user asks for that. */
static bool wants_plan(const struct image_info_args *a)
{
	return a->thing.fill_gaps || a->thing.keep_fs || a->thing.environment ||
	       thing_is_container(a->file);
}

static bool check_chip(const struct job *job, const struct ef_chip *chip, struct ef_err *err)
{
	struct ef_image_info info;

	if (!chip || !ef_image_parse_start(job->data, job->len, &info) ||
	    info.chip_id == chip->image_id)
		return true;
	return ef_fail(err, EF_E_INPUT, "image '%s' is for another chip than %s (its id is %u)",
		       job->path, chip->label, info.chip_id);
}

bool cmd_image_info(struct cli *cli, const void *args, struct ef_err *err)
{
	const struct image_info_args *a = args;
	struct job job = { .cli = cli, .path = a->file, .first = EF_ERR_INIT };
	struct ef_map file = { 0 };
	bool ok;

	if (wants_plan(a))
		return show_thing(cli, a, err);
	if (!ef_map_open(&file, a->file, EF_MAX_IMAGE, err))
		return false;
	job.data = file.data;
	job.len = file.len;
	ef_file_survey(file.data, file.len, &job.layout);
	switch (job.layout.kind) {
	case EF_FILE_MERGED:
		ok = whole_flash(&job, err);
		break;
	case EF_FILE_TABLE:
		ok = one_table(&job, err);
		break;
	case EF_FILE_ESP8266:
		ok = ef_fail(err, EF_E_UNSUPP,
			     "'%s' is an image for the ESP8266, which is not supported", a->file);
		break;
	case EF_FILE_UNKNOWN:
		if (is_text(file.data, file.len)) {
			ok = one_table(&job, err);
			break;
		}
		ok = one_image(&job, err); /* its error names what is missing */
		break;
	case EF_FILE_IMAGE:
	default:
		ok = one_image(&job, err);
		break;
	}
	ok = ok && check_chip(&job, a->chip, err);
	ef_map_release(&file);
	return ok;
}
