/* SPDX-License-Identifier: MIT */
/* Finds out which apps a plan writes, and which of them the bootloader will start. */
#include "cli/start/boot_check.h"

#include "base/bytes.h"
#include "base/util.h"

#define IMAGE_MAGIC 0xe9 /* esp_image_format.h: ESP_IMAGE_HEADER_MAGIC */

/* Return the byte that the plan puts there; -1: none. */
static int byte_at(const struct flash_view *v, uint32_t addr)
{
	for (size_t i = 0; i < v->region_count; i++)
		if (addr >= v->regions[i].region.addr &&
		    addr - v->regions[i].region.addr < v->regions[i].region.len)
			return v->regions[i].region.data[addr - v->regions[i].region.addr];
	return -1;
}

static bool is_app(const struct flash_view *v, const struct ef_partition *p)
{
	return p->type == EF_PART_APP && byte_at(v, p->offset) == IMAGE_MAGIC;
}

/* App partitions begin at multiples of 64 KiB, behind the table. */
static bool may_hold_app(const struct flash_view *v, uint32_t table_offset)
{
	for (size_t i = 0; i < v->region_count; i++) {
		const struct ef_region *r = &v->regions[i].region;
		uint64_t end = (uint64_t)r->addr + r->len;

		for (uint64_t at = ((uint64_t)r->addr + 0xffff) / 0x10000 * 0x10000; at < end;
		     at += 0x10000) {
			if (at > table_offset && r->data[at - r->addr] == IMAGE_MAGIC)
				return true;
			/* the system maps the pages around each byte, too */
			if (at % EF_MIB == 0)
				ef_map_passed(r->data, (size_t)(at - r->addr));
		}
	}
	return false;
}

/* Read the table that will be in flash; false if there is none. */
static bool read_table(const struct flash_view *v, uint32_t offset, struct ef_partition_table *ret,
		       bool *ret_has, struct ef_err *err)
{
	uint8_t bin[EF_PARTITION_TABLE_SIZE];
	struct ef_err why = EF_ERR_INIT;

	*ret_has = false;
	if (v->closed && !flash_view_writes(v, offset))
		return true;
	if (!flash_view_read_table(v, offset, bin, err))
		return false;
	*ret_has = ef_partition_parse_binary(bin, sizeof(bin), ret, &why) && ret->count > 0;
	return true;
}

static bool nothing_to_boot(bool wants_boot, struct ef_err *err)
{
	if (!wants_boot)
		return true;
	ef_fail(err, EF_E_INPUT,
		"'--boot' has nothing to start: no file is an app at the start of "
		"an app partition");
	return ef_hint_own(err, "write it to a partition by name (ota_1), and see whether "
				"the table is the right one: espflash-c ota");
}

static bool several(struct ef_err *err)
{
	ef_fail(err, EF_E_USAGE, "'--boot' needs a single app, and there are several");
	return ef_hint_own(err, "leave it out, and choose afterwards: espflash-c ota switch LABEL");
}

/*
 * Find the app that the plan writes. Among several, prefer the one that starts anyway, else the
 * first.
 */
static const struct ef_partition *find_written(const struct flash_view *v,
					       const struct ef_partition_table *t,
					       size_t *ret_count)
{
	const struct ef_partition *first = NULL;

	*ret_count = 0;
	for (size_t i = 0; i < t->count; i++) {
		if (!is_app(v, &t->part[i]))
			continue;
		if (!first)
			first = &t->part[i];
		++*ret_count;
	}
	return first;
}

/* Among several apps, it is enough that one starts. */
static bool starts_one(const struct flash_view *v, const struct ef_partition_table *t,
		       struct boot_check *ret, bool *ret_starts, struct ef_err *err)
{
	const struct ef_partition *part;

	*ret_starts = false;
	if (v->closed)
		return true;
	if (!boot_slots_read(v, t, &ret->slots, err)) {
		/* boot_check gets the same error and reports it */
		ef_err_clear(err);
		return true;
	}
	part = ret->slots.boot[0].part;
	*ret_starts = part && is_app(v, part) && boot_slots_starts(&ret->slots, part);
	if (*ret_starts) {
		ret->written = part;
		ret->is_known = true;
	}
	return true;
}

bool boot_check_regions(const struct flash_view *view, const struct ef_partition_table *fallback,
			uint32_t table_offset, bool wants_boot, struct ef_partition_table *storage,
			struct boot_check *ret, struct ef_err *err)
{
	const struct ef_partition_table *known = fallback;
	const struct ef_partition *written;
	bool has_table, starts = false;
	size_t count;

	*ret = (struct boot_check){ .written = NULL };
	if (!may_hold_app(view, table_offset))
		return nothing_to_boot(wants_boot, err);
	if (!read_table(view, table_offset, storage, &has_table, err))
		return false;
	if (has_table)
		known = storage;
	if (!known)
		return nothing_to_boot(wants_boot, err);
	written = find_written(view, known, &count);
	if (!written)
		return nothing_to_boot(wants_boot, err);
	if (count > 1 && !starts_one(view, known, ret, &starts, err))
		return false;
	if (starts)
		return true;
	if (count > 1 && wants_boot)
		return several(err);
	return boot_check(view, known, written, wants_boot, ret, err);
}
