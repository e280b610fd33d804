/* SPDX-License-Identifier: MIT */
/* Finds out whether an app that will be written is the one that will start. */
#ifndef EF_CLI_BOOT_CHECK_H
#define EF_CLI_BOOT_CHECK_H

#include "cli/start/boot_slots.h"

struct boot_check {
	struct boot_slots slots;
	const struct ef_partition *written; /* NULL: no app is written */
	bool is_known;                      /* slots were read: which app starts is known */
	bool must_switch;                   /* --boot: otadata must change after the write */
};

/*
 * Call this before anything is written. Warns if another app than the one for this partition will
 * start, with the way to change that. With wants_boot, checks that it can be changed. view and
 * table must outlive *ret. INPUT, UNSUPP, and the errors of reading.
 */
bool boot_check(const struct flash_view *view, const struct ef_partition_table *table,
		const struct ef_partition *written, bool wants_boot, struct boot_check *ret,
		struct ef_err *err) EF_MUST_CHECK;
/*
 * Do the same for files at any address. Finds the apps and their places from the plan and the
 * partition table that will be at table_offset, which goes into *storage. If no table can be read
 * there, uses fallback (NULL: none). Reads nothing if no file can be an app.
 */
bool boot_check_regions(const struct flash_view *view, const struct ef_partition_table *fallback,
			uint32_t table_offset, bool wants_boot, struct ef_partition_table *storage,
			struct boot_check *ret, struct ef_err *err) EF_MUST_CHECK;
/* Call this when everything is written: change otadata if the user asked for that. */
bool boot_check_apply(const struct boot_check *c, struct ef_err *err) EF_MUST_CHECK;
/* Add "boots": the partition that starts after this run; null: unknown, or nothing starts. */
void boot_check_json(const struct boot_check *c, struct json_out *j);

#endif
