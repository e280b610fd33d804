/* SPDX-License-Identifier: MIT */
/*
 * Decides what depends on the connected chip: the slot of an app without address, the header of the
 * bootloader, and the flash content that shares a sector with a part.
 */
#include "cli/firmware/thing_place.h"

#include <inttypes.h>
#include <stdlib.h>

#include "cli/board/sink.h"
#include "cli/firmware/pairs.h"
#include "cli/start/boot_slots.h"
#include "cli/ui/ui.h"

#define BASE_REGIONS EF_ARRAY_LEN(((struct ef_firmware *)0)->region)

/* ---- the slot ---- */

static bool no_table(const struct thing *t, struct ef_err *why, struct ef_err *err)
{
	ef_fail(err, EF_E_INPUT,
		"'%s' is an app, and its place is unknown: the chip has no partition table (%s)",
		t->path, why->msg);
	return ef_hint_own(err,
			   "flash the merged or 'factory' file of this firmware, which has a "
			   "bootloader and a table; or name the place: write-bin 0x10000 %s",
			   t->path);
}

static const struct ef_partition *find_slot(const struct table *table,
					    const struct boot_slots *slots, const char *label)
{
	const struct ef_partition *p;

	if (label)
		return ef_partition_find(&table->parts, label);
	p = slots->boot[0].part;
	return p ? p : ef_partition_target(&table->parts, NULL);
}

static bool choose_slot(struct thing_place *ret, struct cli *cli, struct thing *t,
			struct session *s, const char *label, struct ef_input_part *part,
			struct ef_err *err)
{
	const struct table_args args = {
		.offset = { EF_PARTITION_TABLE_OFFSET, true },
	};
	struct table table = { .args = &args };
	struct ef_err why = EF_ERR_INIT;
	const struct ef_partition *p;
	struct boot_slots slots;
	struct flash_view view;

	if (!table_load(cli, &table, s, &why)) {
		if (why.code == EF_E_INPUT)
			return no_table(t, &why, err);
		*err = why;
		return false;
	}
	if (!flash_view_init(&view, cli, s, err) ||
	    !boot_slots_read(&view, &table.parts, &slots, err))
		return false;
	p = find_slot(&table, &slots, label);
	if (!p || p->type != EF_PART_APP)
		return ef_fail(err, EF_E_INPUT, "the chip's table has no app partition%s%s",
			       label ? " called " : "", label ? label : "");
	part->addr = p->offset;
	part->is_app = false;
	part->role = EF_ROLE_APP;
	(void)ef_strlcpy(ret->slot, sizeof(ret->slot), p->name);
	ef_clean_text(ret->slot);
	(void)ef_strlcpy(part->name, sizeof(part->name), ret->slot);
	ui_log(cli, EF_LOG_INFO, "The app goes to '%s' at 0x%" PRIx32 "%s", ret->slot, p->offset,
	       label ? "" : ", which the chip starts");
	return true;
}

/* ---- the bootloader's header ---- */

void thing_settings(struct cli *cli, const struct thing *t, const struct flash_config_args *given,
		    struct flash_config_args *ret)
{
	const struct ef_input_settings *s = &t->input.settings;

	*ret = *given;
	if (s->mode_plus && !cli_is_given(cli, "flash-mode"))
		ret->mode_plus = s->mode_plus;
	if (s->freq_mhz && !cli_is_given(cli, "flash-freq"))
		ret->freq_mhz = s->freq_mhz;
	if (!cli_is_given(cli, "flash-size") && (s->size || s->finds_size))
		ret->size = s->size ? (int)s->size : FLASH_SIZE_DETECT;
}

static bool patch_header(struct thing_place *ret, struct cli *cli, const struct thing *t,
			 const struct ef_device *dev, const struct flash_config_args *settings,
			 struct ef_err *err)
{
	const struct ef_input *in = &t->input;

	ret->header.content = (struct ef_buf)EF_BUF_INIT(EF_MAX_IMAGE);
	ret->pairs = calloc(1, sizeof(*ret->pairs));
	if (!ret->pairs)
		return ef_fail(err, EF_E_IO, "out of memory");
	for (size_t i = 0; i < in->part_count; i++) {
		const struct ef_input_part *p = &in->parts[i];

		if (p->addr != dev->chip->image.boot_addr)
			continue;
		ret->pairs->pair[0] = (struct pair){ .text = p->name,
						     .path = p->name,
						     .file = { .data = p->data, .len = p->len },
						     .place = { .addr = p->addr } };
		ret->pairs->count = 1;
	}
	return ret->pairs->count == 0 ||
	       boot_header_patch(cli, settings, ret->pairs, dev, &ret->header, err);
}

static const uint8_t *content_of(const struct thing_place *place, const struct ef_input_part *p)
{
	return place->header.pair && place->header.pair->file.data == p->data
		       ? place->header.content.data
		       : p->data;
}

/* ---- regions ---- */

/* If a part begins within a sector, keep the content before it. */
static bool add_head(struct thing_place *ret, struct session *s, struct ef_plan_region *r,
		     struct ef_err *err)
{
	uint32_t head = r->region.addr % EF_SECTOR;
	struct ef_buf *buf = &ret->heads[ret->head_count++];

	*buf = (struct ef_buf)EF_BUF_INIT(EF_MAX_IMAGE);
	if (!ef_flasher_read_labelled(s->flasher, r->region.addr - head, head, "shared sector",
				      sink_to_buf, buf, err) ||
	    !ef_buf_add(buf, r->region.data, r->region.len, err))
		return false;
	r->region.addr -= head;
	r->region.data = buf->data;
	r->region.len += head;
	r->kept = head;
	return true;
}

static bool add_region(struct thing_place *ret, const struct ef_input_part *p, struct session *s,
		       struct ef_err *err)
{
	struct ef_plan_region *r = &ret->regions[ret->count++];

	*r = (struct ef_plan_region){
		.region = { .addr = p->addr,
			    .data = content_of(ret, p),
			    .len = p->len,
			    .label = p->name },
		.role = p->role,
		.origin = *p->origin ? p->origin : NULL,
		.encrypts = ret->encrypts && p->is_encrypted,
	};
	if (p->addr % EF_SECTOR == 0 || !s)
		return true;
	/* the loader encrypts a whole sector or none of it */
	return r->encrypts ? pair_fail_encrypted(p->name, p->addr, err) : add_head(ret, s, r, err);
}

/* Place the whole firmware that thing_base made of the only part. */
static bool add_base(struct thing_place *ret, const struct thing *t)
{
	const struct ef_firmware *l = &ret->base->layout;

	for (size_t i = 0; i < l->count; i++) {
		struct ef_plan_region *r = &ret->regions[ret->count++];
		const char *origin = t->input.parts[0].origin;

		*r = (struct ef_plan_region){ .region = l->region[i],
					      .role = EF_ROLE_APP,
					      .encrypts = ret->encrypts &&
							  t->input.parts[0].is_encrypted };
		if (r->region.data == l->table_bin) {
			r->role = EF_ROLE_TABLE;
			origin = ret->base->table_from.path;
		} else if (r->region.data == ret->base->bootloader.data) {
			r->role = EF_ROLE_BOOTLOADER;
			origin = ret->base->bootloader_from.path;
		}
		r->origin = *origin ? origin : NULL;
	}
	return true;
}

/* s: NULL without a board. */
static bool add_regions(struct thing_place *ret, struct cli *cli, const struct thing *t,
			const struct ef_device *dev, struct session *s,
			const struct flash_config_args *settings, struct ef_err *err)
{
	const struct ef_input *in = &t->input;

	if (!patch_header(ret, cli, t, dev, settings, err))
		return false;
	ret->regions = calloc(in->part_count + BASE_REGIONS, sizeof(*ret->regions));
	ret->heads = calloc(in->part_count + 1, sizeof(*ret->heads));
	if (!ret->regions || !ret->heads)
		return ef_fail(err, EF_E_IO, "out of memory");
	if (ret->base)
		return add_base(ret, t);
	for (size_t i = 0; i < in->part_count; i++)
		if (!add_region(ret, &in->parts[i], s, err))
			return false;
	return true;
}

bool thing_regions(struct thing_place *ret, struct cli *cli, const struct thing *t,
		   const struct flash_config_args *settings, struct ef_err *err)
{
	const struct ef_input *in = &t->input;
	const struct ef_device dev = { .chip = in->chip };

	if (!in->chip) {
		ef_fail(err, EF_E_INPUT, "'%s' does not name its chip", t->path);
		return ef_hint_text(err, EF_HINT_INPUT_SEVERAL_CHIPS, "CHIP");
	}
	for (size_t i = 0; i < in->part_count; i++)
		if (in->parts[i].is_app)
			return ef_fail(err, EF_E_INPUT,
				       "'%s' is an app, and only a partition table has its address",
				       t->path);
	return add_regions(ret, cli, t, &dev, NULL, settings, err);
}

bool thing_place(struct thing_place *ret, struct cli *cli, struct thing *t, struct session *s,
		 const struct flash_config_args *settings, const char *label, struct ef_err *err)
{
	struct ef_input *in = &t->input;

	for (size_t i = 0; i < in->part_count; i++)
		if (in->parts[i].is_app && !choose_slot(ret, cli, t, s, label, &in->parts[i], err))
			return false;
	return add_regions(ret, cli, t, ef_flasher_device(s->flasher), s, settings, err);
}

void thing_place_release(struct thing_place *p)
{
	boot_header_release(&p->header);
	for (size_t i = 0; i < p->head_count; i++)
		ef_buf_release(&p->heads[i]);
	free(p->heads);
	free(p->regions);
	free(p->pairs);
	firmware_free(p->base);
	memset(p, 0, sizeof(*p));
}
