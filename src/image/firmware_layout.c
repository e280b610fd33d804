/* SPDX-License-Identifier: MIT */
/*
 * Places bootloader, partition table and app, checks that they fit, and merges them
 * into one file.
 */
#include <stdlib.h>

#include "image/image_priv.h"

struct range {
	const char *kind, *name; /* "partition", "nvs" */
	uint32_t addr, len;
};

static bool fail_past_flash(const struct range *r, uint32_t flash_size, struct ef_err *err)
{
	ef_fail(err, EF_E_INPUT,
		"%s%s%s%s (0x%08x, %u bytes) ends at 0x%08llx, beyond the %s of flash", r->kind,
		r->name ? " '" : "", r->name ? r->name : "", r->name ? "'" : "", r->addr, r->len,
		(unsigned long long)r->addr + r->len, ef_flash_size_name(flash_size));
	return ef_hint_set(err, EF_HINT_FLASH_TOO_SMALL);
}

/* Check that a range lies in the flash, if its size is known. */
static bool check_end(const struct range *r, uint32_t flash_size, struct ef_err *err)
{
	if (flash_size == 0 || ef_range_ok(r->addr, r->len, flash_size))
		return true;
	return fail_past_flash(r, flash_size, err);
}

static bool check_apart(const struct range *a, const struct range *b, struct ef_err *err)
{
	if (!ef_ranges_overlap(a->addr, a->len, b->addr, b->len))
		return true;
	ef_fail(err, EF_E_INPUT, "the %s (0x%08x, %u bytes) overlaps %s%s%s%s (0x%08x, %u bytes)",
		a->kind, a->addr, a->len, b->kind, b->name ? " '" : "", b->name ? b->name : "",
		b->name ? "'" : "", b->addr, b->len);
	return ef_hint_set(err, EF_HINT_PARTS_OVERLAP);
}

static struct range partition_range(const struct ef_partition *p)
{
	return (struct range){ "partition", p->name, p->offset, p->size };
}

static bool check_table_place(const struct ef_firmware_parts *parts, struct ef_err *err)
{
	struct range table = { "partition table", NULL, parts->table_offset, EF_SECTOR };
	uint32_t boot = parts->chip->image.boot_addr;

	if (parts->table_offset % EF_SECTOR != 0) {
		ef_fail(err, EF_E_INPUT,
			"the partition table can't be at 0x%08x: not a multiple of 0x1000",
			parts->table_offset);
		return ef_hint_numbers(err, EF_HINT_TABLE_OFFSET,
				       parts->table_offset / EF_SECTOR * EF_SECTOR, 0);
	}
	if (!check_end(&table, parts->flash_size, err))
		return false;
	if (parts->bootloader == NULL)
		return true;
	if (parts->table_offset >= boot && parts->bootloader_len <= parts->table_offset - boot)
		return true;
	ef_fail(err, EF_E_INPUT,
		"the bootloader (%zu bytes from 0x%08x) reaches into the partition table at 0x%08x",
		parts->bootloader_len, boot, parts->table_offset);
	return ef_hint_set(err, EF_HINT_BOOTLOADER_TOO_LARGE);
}

/* Each partition must lie in the flash and not overlap the bootloader or the table. */
static bool check_partitions(const struct ef_firmware_parts *parts, struct ef_err *err)
{
	struct range table = { "partition table", NULL, parts->table_offset, EF_SECTOR };
	struct range boot = { "bootloader", NULL, parts->chip->image.boot_addr,
			      (uint32_t)parts->bootloader_len };

	for (size_t i = 0; i < parts->table->count; i++) {
		const struct ef_partition *p = &parts->table->part[i];
		struct range r = partition_range(p);

		if (!check_end(&r, parts->flash_size, err))
			return false;
		if (p->type == EF_PART_BOOTLOADER || p->type == EF_PART_TABLE)
			continue;
		if (!check_apart(&table, &r, err))
			return false;
		if (parts->bootloader && !check_apart(&boot, &r, err))
			return false;
	}
	return true;
}

static void hint_slots(const struct ef_partition_table *table, struct ef_err *err)
{
	char names[EF_PART_LIST_SIZE];

	ef_partition_app_names(table, names);
	if (*names)
		ef_hint_text(err, EF_HINT_APP_PARTITIONS, names);
	else
		ef_hint_set(err, EF_HINT_NO_APP_PARTITION);
}

static const struct ef_partition *find_slot(const struct ef_firmware_parts *parts,
					    struct ef_err *err)
{
	const struct ef_partition *slot = ef_partition_target(parts->table, parts->target_label);
	char type[EF_PART_NAME_SIZE];

	if (slot && slot->type == EF_PART_APP)
		return slot;
	if (slot) {
		ef_partition_type_name(slot->type, type);
		ef_fail(err, EF_E_INPUT, "partition '%s' is not for apps: its type is %s",
			slot->name, type);
	} else if (parts->target_label)
		ef_fail(err, EF_E_INPUT, "the partition table has no partition '%s'",
			parts->target_label);
	else
		ef_fail(err, EF_E_INPUT, "the partition table has no app partition");
	hint_slots(parts->table, err);
	return NULL;
}

static bool check_app(const struct ef_firmware_parts *parts, const struct ef_partition *slot,
		      struct ef_err *err)
{
	if (parts->app_len <= slot->size)
		return true;
	ef_fail(err, EF_E_INPUT, "the app has %zu bytes, partition '%s' only %u: %zu too many",
		parts->app_len, slot->name, slot->size, parts->app_len - slot->size);
	return ef_hint_set(err, EF_HINT_APP_TOO_LARGE);
}

static int compare_regions(const void *a, const void *b)
{
	const struct ef_region *x = a, *y = b;

	return x->addr < y->addr ? -1 : x->addr > y->addr;
}

bool ef_firmware_layout(const struct ef_firmware_parts *parts, struct ef_firmware *ret,
			struct ef_err *err)
{
	const struct ef_partition *slot;
	size_t n = 0;

	if (parts->bootloader_len > EF_MAX_IMAGE || parts->app_len > EF_MAX_IMAGE)
		return ef_fail(err, EF_E_INPUT, "larger than any flash chip");
	slot = find_slot(parts, err);
	if (slot == NULL || !check_app(parts, slot, err) || !check_table_place(parts, err) ||
	    !check_partitions(parts, err) ||
	    !ef_partition_to_binary(parts->table, ret->table_bin, err))
		return false;
	if (parts->bootloader)
		ret->region[n++] = (struct ef_region){ parts->chip->image.boot_addr,
						       parts->bootloader,
						       (uint32_t)parts->bootloader_len,
						       "bootloader" };
	ret->region[n++] = (struct ef_region){ parts->table_offset, ret->table_bin,
					       EF_PARTITION_TABLE_SIZE, "partition table" };
	ret->region[n++] = (struct ef_region){ slot->offset, parts->app, (uint32_t)parts->app_len,
					       "app" };
	ret->count = n;
	ret->app_partition = slot;
	qsort(ret->region, n, sizeof(ret->region[0]), compare_regions);
	return true;
}
