/* SPDX-License-Identifier: MIT */
/* partition-table: checks, shows and converts partition tables. */
#include "cli/cmd/cmd.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/firmware/partition_show.h"
#include "cli/ui/json_out.h"
#include "cli/ui/ui.h"
#include "base/util.h"
#include <espflash/partition.h>

/* ---- the table ---- */

static bool show_json(struct cli *cli, const struct ef_partition_table *table, struct ef_err *err)
{
	struct json_out *j = json_new(cli->command);

	partition_json(j, table);
	return ui_result(cli, j, err);
}

/* ---- conversion ---- */

static bool put(struct cli *cli, const char *path, const void *data, size_t len, struct ef_err *err)
{
	if (path)
		return ef_file_write(path, data, len, err);
	if (fwrite(data, 1, len, cli->out) == len)
		return true;
	/* ui_flush decides whether this is an error: the reader may have left. */
	return ui_flush(cli, err);
}

static bool to_binary(struct cli *cli, const char *path, const struct ef_partition_table *table,
		      struct ef_err *err)
{
	uint8_t bin[EF_PARTITION_TABLE_SIZE];

	return ef_partition_to_binary(table, bin, err) && put(cli, path, bin, sizeof(bin), err);
}

static bool to_csv(struct cli *cli, const char *path, const struct ef_partition_table *table,
		   struct ef_err *err)
{
	char *csv = NULL;
	bool ok;

	if (!ef_partition_to_csv(table, &csv, err))
		return false;
	ok = put(cli, path, csv, strlen(csv), err);
	free(csv);
	return ok;
}

static bool check_args(const struct partition_table_args *a, struct ef_err *err)
{
	if (a->primary_bootloader_offset.is_set &&
	    a->primary_bootloader_offset.value >= a->offset.value) {
		ef_fail(err, EF_E_USAGE,
			"the bootloader at 0x%08" PRIx32
			" would not be below the partition table at 0x%08" PRIx32,
			a->primary_bootloader_offset.value, a->offset.value);
		return ef_hint_own(err, "check '--primary-bootloader-offset' and "
					"'--partition-table-offset'");
	}
	return true;
}

/* Warn, as the generator does: bits of a newer format may mean something. */
static void warn_flags(struct cli *cli, const struct ef_partition_table *table)
{
	for (size_t i = 0; i < table->count; i++) {
		uint32_t flags = ef_partition_unknown_flags(&table->part[i]);

		if (flags)
			ui_log(cli, EF_LOG_WARN,
			       "partition '%s' has unknown flags 0x%08" PRIx32
			       ": a newer format? A CSV can't hold them",
			       table->part[i].name, flags);
	}
}

bool cmd_partition_table(struct cli *cli, const void *args, struct ef_err *err)
{
	const struct partition_table_args *a = args;
	const struct ef_partition_opts opts = {
		.table_offset = a->offset.value,
		.flash_size = (uint32_t)a->flash_size,
		.bootloader_offset = a->primary_bootloader_offset.is_set
					     ? a->primary_bootloader_offset.value
					     : EF_PART_NO_OFFSET,
		.recovery_offset = a->recovery_bootloader_offset.value,
	};
	struct ef_buf file = EF_BUF_INIT(EF_MAX_CSV);
	struct ef_partition_table table;
	bool ok = false;

	if (!check_args(a, err))
		return false;
	if (!ef_file_read(a->file, &file, err)) {
		if (err->code == EF_E_INPUT && err->hint.id == EF_HINT_NONE)
			ef_hint_own(err, "a table is smaller; 'espflash-c image-info' shows the "
					 "content of an image or a whole flash");
		goto out;
	}
	if (!ef_partition_parse(file.data, file.len, &opts, &table, err)) {
		ef_context(err, "partition table '%s'", a->file);
		goto out;
	}
	warn_flags(cli, &table);
	if (a->to_binary)
		ok = to_binary(cli, a->output, &table, err);
	else if (a->to_csv)
		ok = to_csv(cli, a->output, &table, err);
	else if (cli->is_json)
		ok = show_json(cli, &table, err);
	else {
		partition_show(cli, &table);
		ok = true;
	}
out:
	ef_buf_release(&file);
	return ok;
}
