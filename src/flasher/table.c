/* SPDX-License-Identifier: MIT */
/*
 * Reads the partition table on the chip. The gate and the caller both want it before a flash, so
 * its rows are kept, until the session sends a request that changes the flash.
 */
#include <string.h>

#include <espflash/partition.h>

#include "flasher/flasher_priv.h"

static bool to_rows(void *user, const uint8_t *data, size_t len, struct ef_err *err)
{
	struct ef_table_rows *t = user;

	if (len > sizeof(t->bin) - t->len)
		return ef_fail(err, EF_E_PROTOCOL, "more bytes of flash than were asked for");
	memcpy(t->bin + t->len, data, len);
	t->len += len;
	return true;
}

static bool read_rows(struct ef_flasher *f, uint32_t at, struct ef_table_rows *t,
		      struct ef_err *err)
{
	const uint32_t first = EF_PARTITION_TABLE_FIRST;

	*t = (struct ef_table_rows){ .at = at };
	if (!ef_flasher_read(f, at, first, to_rows, t, err))
		return false;
	if (ef_partition_goes_on(t->bin, t->len))
		return ef_flasher_read(f, at + first, EF_PARTITION_TABLE_SIZE - first, to_rows, t,
				       err);
	memset(t->bin + t->len, 0xff, sizeof(t->bin) - t->len);
	return true;
}

bool ef_flasher_read_table(struct ef_flasher *f, uint32_t at, uint8_t ret[EF_PARTITION_TABLE_SIZE],
			   struct ef_err *err)
{
	struct ef_table_rows *t = &f->record.rows;
	ef_event_fn *event = f->opts.event;

	if (!t->is_kept || t->at != at || t->flash_changes != f->rom.flash_changes) {
		f->opts.event = NULL;
		t->is_kept = read_rows(f, at, t, err);
		f->opts.event = event;
		t->flash_changes = f->rom.flash_changes;
	}
	if (t->is_kept)
		memcpy(ret, t->bin, sizeof(t->bin));
	return t->is_kept;
}
