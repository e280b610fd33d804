/* SPDX-License-Identifier: MIT */
/*
 * Checks a partition table as ESP-IDF's generator does (gen_esp32part.py 1.5,
 * PartitionTable.verify), and makes two more checks of esp-idf-part.
 */
#include <stdarg.h>
#include <stdio.h>

#include "image/partition_priv.h"

#define OTADATA_SIZE    0x2000u /* two sectors, one a copy */
#define NVS_RW_MIN_SIZE 0x3000u
#define DATA_TEE_OTA    0x90

struct ef_partition_opts part_opts(const struct ef_partition_opts *opts)
{
	struct ef_partition_opts o = { 0, 0, EF_PART_NO_OFFSET, 0 };

	if (opts)
		o = *opts;
	if (o.table_offset == 0)
		o.table_offset = EF_PARTITION_TABLE_OFFSET;
	return o;
}

bool part_is_primary(uint8_t type, uint8_t subtype)
{
	return subtype == 0 && (type == EF_PART_BOOTLOADER || type == EF_PART_TABLE);
}

uint32_t part_align(uint8_t type)
{
	return type == EF_PART_APP ? PART_APP_ALIGN : EF_SECTOR;
}

/* "line 4, field 'size' of partition 'nvs': ..."; without the line for a binary table. */
static bool fail_at(const struct ef_partition *p, const char *field, struct ef_err *err,
		    const char *fmt, ...) EF_PRINTF(4, 5);

static bool fail_at(const struct ef_partition *p, const char *field, struct ef_err *err,
		    const char *fmt, ...)
{
	char what[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	if (p->line)
		return ef_fail(err, EF_E_INPUT, "line %u, field '%s' of partition '%s': %s",
			       p->line, field, p->name, what);
	return ef_fail(err, EF_E_INPUT, "field '%s' of partition '%s': %s", field, p->name, what);
}

static bool check_entry(const struct ef_partition *p, struct ef_err *err)
{
	uint32_t align = part_align(p->type);
	bool is_data = p->type == EF_PART_DATA;

	if (p->offset % align)
		return fail_at(p, "offset", err, "0x%08x is not a multiple of 0x%x", p->offset,
			       align);
	if (p->type == EF_PART_APP && p->size % EF_SECTOR)
		return fail_at(p, "size", err, "0x%x is not a multiple of 0x%x", p->size,
			       EF_SECTOR);
	if ((p->flags & EF_PART_READONLY) && is_data &&
	    (p->subtype == EF_PART_DATA_OTA || p->subtype == EF_PART_DATA_COREDUMP))
		return fail_at(p, "flags", err, "otadata and coredump cannot be 'readonly'");
	if (is_data && p->subtype == EF_PART_DATA_NVS && p->size < NVS_RW_MIN_SIZE &&
	    !(p->flags & EF_PART_READONLY))
		return fail_at(p, "size", err,
			       "nvs of 0x%x bytes must be 'readonly' (writing needs 0x%x)", p->size,
			       NVS_RW_MIN_SIZE);
	if (is_data && (p->subtype == EF_PART_DATA_OTA || p->subtype == DATA_TEE_OTA) &&
	    p->size != OTADATA_SIZE)
		return fail_at(p, "size", err, "otadata must have 0x%x bytes, not 0x%x",
			       OTADATA_SIZE, p->size);
	return true;
}

/* A table may have only one partition of this type and subtype. */
static bool check_single(const struct ef_partition_table *t, uint8_t type, uint8_t subtype,
			 const char *what, struct ef_err *err)
{
	const struct ef_partition *first = NULL;

	for (size_t i = 0; i < t->count; i++) {
		const struct ef_partition *p = &t->part[i];

		if (p->type != type || p->subtype != subtype)
			continue;
		if (first)
			return fail_at(p, "subtype", err, "'%s' is already the %s partition",
				       first->name, what);
		first = p;
	}
	return true;
}

static bool check_names(const struct ef_partition_table *t, struct ef_err *err)
{
	for (size_t i = 1; i < t->count; i++) {
		for (size_t k = 0; k < i; k++) {
			const struct ef_partition *p = &t->part[i];

			if (strcmp(p->name, t->part[k].name) != 0)
				continue;
			/*
			 * The CSV reader compared the full names. Truncated names may
			 * be equal, as in the generator.
			 */
			if (p->line && t->part[k].line && strlen(p->name) == sizeof(p->name) - 1)
				continue;
			return fail_at(p, "name", err, "the name is taken");
		}
	}
	return true;
}

/* Sort indices by offset; partitions with equal offsets stay in file order. */
static void sort_by_offset(const struct ef_partition_table *t, uint8_t order[EF_PARTITIONS_MAX])
{
	for (size_t i = 0; i < t->count; i++) {
		size_t k = i;

		for (; k > 0 && t->part[order[k - 1]].offset > t->part[i].offset; k--)
			order[k] = order[k - 1];
		order[k] = (uint8_t)i;
	}
}

static bool check_places(const struct ef_partition_table *t, const struct ef_partition_opts *o,
			 struct ef_err *err)
{
	uint8_t order[EF_PARTITIONS_MAX] = { 0 };
	uint64_t first_free = (uint64_t)o->table_offset + EF_SECTOR;
	const struct ef_partition *last = NULL;

	sort_by_offset(t, order);
	for (size_t i = 0; i < t->count; i++) {
		const struct ef_partition *p = &t->part[order[i]];
		uint64_t end = (uint64_t)p->offset + p->size;

		if (p->offset < first_free && !part_is_primary(p->type, p->subtype))
			return fail_at(p, "offset", err,
				       "0x%08x is below 0x%08x, the end of the partition table",
				       p->offset, (unsigned)first_free);
		if (last && p->offset < (uint64_t)last->offset + last->size)
			return fail_at(p, "offset", err, "0x%08x overlaps '%s' (0x%08x + 0x%x)",
				       p->offset, last->name, last->offset, last->size);
		if (o->flash_size && end > o->flash_size) {
			fail_at(p, "size", err,
				"it ends at 0x%08llx, beyond the flash of 0x%x bytes",
				(unsigned long long)end, o->flash_size);
			return ef_hint_set(err, EF_HINT_TABLE_BEYOND_FLASH);
		}
		last = p;
	}
	return true;
}

bool ef_partition_check(const struct ef_partition_table *table,
			const struct ef_partition_opts *opts, struct ef_err *err)
{
	struct ef_partition_opts o = part_opts(opts);
	bool has_app = false;
	unsigned max = EF_PARTITIONS_MAX - (table->has_md5 ? 1u : 0u);

	if (table->count > max)
		return ef_fail(err, EF_E_INPUT, "%zu partitions are more than the %u that fit",
			       table->count, max);
	for (size_t i = 0; i < table->count; i++) {
		if (!check_entry(&table->part[i], err))
			return false;
		has_app = has_app || table->part[i].type == EF_PART_APP;
	}
	if (!check_names(table, err) || !check_places(table, &o, err) ||
	    !check_single(table, EF_PART_DATA, EF_PART_DATA_OTA, "otadata", err) ||
	    !check_single(table, EF_PART_DATA, DATA_TEE_OTA, "TEE otadata", err) ||
	    !check_single(table, EF_PART_APP, EF_PART_APP_FACTORY, "factory", err))
		return false;
	if (!has_app) {
		ef_fail(err, EF_E_INPUT, "the partition table has no partition of type 'app'");
		return ef_hint_set(err, EF_HINT_TABLE_WITHOUT_APP);
	}
	return true;
}
