/* SPDX-License-Identifier: MIT */
/* Shows slots, apps and otadata, for people and as JSON. */
#include <inttypes.h>

#include "cli/cmd/cmd_ota.h"
#include "cli/ui/ui.h"
#include "base/text.h"
#include "base/util.h"

static bool add_app(struct ota_report *r, const struct ef_partition *part, bool whole,
		    struct ef_err *err)
{
	if (!part)
		return true;
	r->app[r->count].part = part;
	if (!slot_app_read(r->slots.view, part, whole, &r->app[r->count].app, err))
		return false;
	r->count++;
	return true;
}

static const struct slot_app *app_in(const struct ota_report *r, const struct ef_partition *part)
{
	for (size_t i = 0; i < r->count; i++)
		if (r->app[i].part == part)
			return &r->app[i].app;
	return NULL;
}

/* Decide which app starts, now that more is known about the apps. */
static void follow_again(struct ota_report *r)
{
	for (unsigned k = 0; k < 2; k++) {
		const struct ef_partition *part = NULL;
		const struct slot_app *app;

		for (unsigned n = 0;
		     (part = ef_ota_attempt(&r->slots.slots, r->slots.boot[k].choice.index, n)) !=
		     NULL;
		     n++)
			if ((app = app_in(r, part)) != NULL && slot_app_may_start(app))
				break;
		r->slots.boot[k].part = part;
	}
}

bool ota_report_read(struct ota_report *r, bool whole, struct ef_err *err)
{
	const struct ef_ota_slots *s = &r->slots.slots;

	r->count = 0;
	if (!add_app(r, s->factory, whole, err))
		return false;
	for (unsigned i = 0; i < EF_OTA_SLOTS_MAX; i++)
		if (!add_app(r, s->slot[i], whole, err))
			return false;
	if (!add_app(r, s->test, whole, err))
		return false;
	follow_again(r);
	return true;
}

/* Return the partition that a record selects; NULL: none. */
static const struct ef_partition *selected(const struct ota_report *r, unsigned i)
{
	const struct ef_ota_slots *s = &r->slots.slots;
	const struct ef_ota_entry *e = &r->slots.data.entry[i];

	return e->is_blank || !e->is_crc_valid || s->count == 0 ? NULL
								: s->slot[(e->seq - 1) % s->count];
}

static bool has_records(const struct ota_report *r)
{
	return r->slots.slots.otadata && r->slots.slots.otadata->size >= EF_OTADATA_SIZE;
}

/* ---- for people ---- */

static void clean(char *dst, size_t cap, const char *name)
{
	ef_strlcpy(dst, cap, name);
	ef_clean_text(dst);
}

static void print_app(FILE *out, const struct ef_partition *part, const struct slot_app *app)
{
	char name[17], text[SLOT_TEXT_SIZE];
	const char *checked = app->state == SLOT_VALID ? ", checked"
			      : app->state == SLOT_APP ? ", not checked"
						       : "";

	clean(name, sizeof(name), part->name);
	slot_app_text(app, text);
	ef_clean_text(text);
	fprintf(out, "%-16s 0x%08" PRIx32 "  %6" PRIu32 " KiB  %s%s\n", name, part->offset,
		part->size / EF_KIB, text, checked);
}

static void print_record(FILE *out, const struct ota_report *r, unsigned i)
{
	const struct ef_ota_entry *e = &r->slots.data.entry[i];
	const struct ef_partition *part = selected(r, i);
	char name[17];

	fprintf(out, "otadata %u:       ", i);
	if (e->is_blank) {
		fprintf(out, "erased\n");
		return;
	}
	fprintf(out, "number %" PRIu32 ", %s", e->seq, ef_ota_state_name(e->state));
	if (!e->is_crc_valid)
		fprintf(out, ", CRC is wrong");
	if (part) {
		clean(name, sizeof(name), part->name);
		fprintf(out, ", for %s", name);
	}
	fprintf(out, "%s\n", r->slots.boot[0].choice.entry == (int)i ? " (in use)" : "");
}

static void print_boot(FILE *out, const struct ota_report *r, unsigned rollback, const char *title)
{
	const struct ef_partition *part = r->slots.boot[rollback].part;
	char name[17];

	clean(name, sizeof(name), part ? part->name : "");
	if (part)
		fprintf(out, "%s%s at 0x%08" PRIx32 "\n", title, name, part->offset);
	else
		fprintf(out, "%snothing: no partition has an app that can start\n", title);
}

static void print_report(FILE *out, const struct ota_report *r)
{
	for (size_t i = 0; i < r->count; i++)
		print_app(out, r->app[i].part, &r->app[i].app);
	if (!r->slots.slots.otadata)
		fprintf(out, "otadata:         the partition table has none\n");
	else if (!has_records(r))
		fprintf(out, "otadata:         too small, the bootloader refuses it\n");
	for (unsigned i = 0; has_records(r) && i < 2; i++)
		print_record(out, r, i);
	if (r->slots.boot[0].part == r->slots.boot[1].part) {
		print_boot(out, r, 0, "Starts next:     ");
		return;
	}
	/* The flash does not reveal whether the bootloader has rollback. */
	print_boot(out, r, 0, "Starts next:     ");
	print_boot(out, r, 1, "  with rollback: ");
}

/* ---- JSON ---- */

static const char *reason_name(enum ef_ota_reason reason)
{
	static const char *const names[] = {
		[EF_OTA_BY_ENTRY] = "record",     [EF_OTA_BY_DEFAULT] = "default",
		[EF_OTA_BY_DAMAGE] = "damage",    [EF_OTA_NO_OTADATA] = "no-otadata",
		[EF_OTA_TOO_SMALL] = "too-small",
	};

	return names[reason];
}

static void json_record(struct json_out *j, const struct ota_report *r, unsigned i)
{
	const struct ef_ota_entry *e = &r->slots.data.entry[i];
	const struct ef_partition *part = selected(r, i);

	json_begin_object(j, NULL);
	if (e->is_blank) {
		json_null(j, "number");
		json_null(j, "state");
		json_null(j, "crc_valid");
	} else {
		json_number(j, "number", e->seq);
		json_text(j, "state", ef_ota_state_name(e->state));
		json_bool(j, "crc_valid", e->is_crc_valid);
	}
	json_text(j, "partition", part ? part->name : NULL);
	json_bool(j, "is_used", r->slots.boot[0].choice.entry == (int)i);
	json_end(j);
}

static void json_otadata(struct json_out *j, const struct ota_report *r)
{
	const struct ef_partition *p = r->slots.slots.otadata;

	if (!p) {
		json_null(j, "otadata");
		return;
	}
	json_begin_object(j, "otadata");
	json_number(j, "address", p->offset);
	json_number(j, "size", p->size);
	json_begin_array(j, "records");
	for (unsigned i = 0; has_records(r) && i < 2; i++)
		json_record(j, r, i);
	json_end(j);
	json_end(j);
}

static void json_slot(struct json_out *j, const struct ef_partition *part,
		      const struct slot_app *app)
{
	char subtype[EF_PART_NAME_SIZE];

	ef_partition_subtype_name(part->type, part->subtype, subtype);
	json_begin_object(j, NULL);
	json_text(j, "partition", part->name);
	json_text(j, "subtype", subtype);
	json_number(j, "address", part->offset);
	json_number(j, "size", part->size);
	json_text(j, "app", slot_state_name(app->state));
	json_text(j, "why", *app->why ? app->why : NULL);
	json_text(j, "project", app->has_desc ? app->desc.project : NULL);
	json_text(j, "version", app->has_desc ? app->desc.version : NULL);
	json_text(j, "idf_version", app->has_desc ? app->desc.idf_version : NULL);
	json_end(j);
}

static void json_boots(struct json_out *j, const char *key, const struct ef_partition *part)
{
	json_text(j, key, part ? part->name : NULL);
}

static struct json_out *make_json(struct cli *cli, const struct ota_report *r)
{
	struct json_out *j = json_new(cli->command);

	json_bool(j, "changed", r->is_changed);
	json_otadata(j, r);
	json_begin_array(j, "slots");
	for (size_t i = 0; i < r->count; i++)
		json_slot(j, r->app[i].part, &r->app[i].app);
	json_end(j);
	json_boots(j, "boots", r->slots.boot[0].part);
	json_boots(j, "boots_with_rollback", r->slots.boot[1].part);
	json_text(j, "reason", reason_name(r->slots.boot[0].choice.reason));
	return j;
}

bool ota_report_show(struct cli *cli, const struct ota_report *r, struct ef_err *err)
{
	if (cli->is_json)
		return ui_result(cli, make_json(cli, r), err);
	print_report(cli->out, r);
	return true;
}
