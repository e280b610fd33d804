/* SPDX-License-Identifier: MIT */
/*
 * Reads the partition table that names partitions, and turns "0x10000", "nvs",
 * "4096" and "ALL" into addresses and sizes.
 */
#include "cli/firmware/place.h"

#include <inttypes.h>
#include <string.h>

#include "cli/board/sink.h"
#include "cli/ui/ui.h"
#include "base/util.h"

/* ---- the table ---- */

bool table_open(struct table *ret, const struct table_args *args, struct ef_err *err)
{
	const struct ef_partition_opts opts = {
		.table_offset = args->offset.value,
		.bootloader_offset = args->primary_bootloader_offset.is_set
					     ? args->primary_bootloader_offset.value
					     : EF_PART_NO_OFFSET,
		.recovery_offset = args->recovery_bootloader_offset.value,
	};
	struct ef_buf file = EF_BUF_INIT(EF_MAX_CSV);
	bool ok = true;

	ret->args = args;
	ret->is_loaded = false;
	if (!args->file)
		return true;
	ok = ef_file_read(args->file, &file, err);
	if (ok && !ef_partition_parse(file.data, file.len, &opts, &ret->parts, err))
		ok = ef_context(err, "partition table '%s'", args->file);
	ret->is_loaded = ok;
	ef_buf_release(&file);
	return ok;
}

static bool no_table(uint32_t offset, struct ef_err *err)
{
	ef_context(err, "no partition table can be read from flash at 0x%" PRIx32, offset);
	return ef_hint_own(err, "name a file with '--partition-table', or give the table's address "
				"with '--partition-table-offset'");
}

bool table_load(struct cli *cli, struct table *t, struct session *s, struct ef_err *err)
{
	struct ef_buf bin = EF_BUF_INIT(EF_PARTITION_TABLE_SIZE);
	uint32_t offset = t->args->offset.value;
	bool ok;

	if (t->is_loaded)
		return true;
	ui_log(cli, EF_LOG_INFO, "Reading the partition table at 0x%" PRIx32, offset);
	ok = ef_flasher_read_labelled(s->flasher, offset, EF_PARTITION_TABLE_SIZE,
				      "partition table", sink_to_buf, &bin, err);
	if (ok)
		ok = ef_partition_parse_binary(bin.data, bin.len, &t->parts, err);
	if (ok && t->parts.count == 0)
		ok = ef_fail(err, EF_E_INPUT, "the flash is erased there");
	if (!ok && (err->code == EF_E_INPUT || err->code == EF_E_UNSUPP))
		no_table(offset, err);
	t->is_loaded = ok;
	ef_buf_release(&bin);
	return ok;
}

bool table_find(const struct table *t, const char *label, const struct ef_partition **ret,
		struct ef_err *err)
{
	const struct ef_partition *part = ef_partition_find(&t->parts, label);
	char names[200] = "";

	if (part) {
		*ret = part;
		return true;
	}
	for (size_t i = 0; i < t->parts.count; i++) {
		size_t len = strlen(names);

		(void)ef_snprintf(names + len, sizeof(names) - len, "%s%s", i ? ", " : "",
				  t->parts.part[i].name);
	}
	ef_clean_text(names);
	ef_fail(err, EF_E_INPUT, "the partition table has no partition '%.40s'", label);
	return ef_hint_own(err, "it has: %s", *names ? names : "none");
}

/* ---- places ---- */

bool place_check(const struct table *t, const char *text, struct ef_err *err)
{
	const struct ef_partition *part;
	uint32_t addr;

	if (ef_parse_u32(text, UINT32_MAX, &addr))
		return true;
	/* The text looks like a number, so it is one that is too large, and not a name. */
	if ((text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) ||
	    text[strspn(text, "0123456789_")] == '\0') {
		ef_fail(err, EF_E_USAGE, "'%.40s' is not a number of 32 bits", text);
		return ef_hint_own(err, "give an address such as 0x10000, or a partition's name");
	}
	return !t->is_loaded || table_find(t, text, &part, err);
}

bool place_known(const struct table *t, const char *text, uint32_t *ret_addr)
{
	const struct ef_partition *part = t->is_loaded ? ef_partition_find(&t->parts, text) : NULL;

	if (ef_parse_u32(text, UINT32_MAX, ret_addr))
		return true;
	if (part)
		*ret_addr = part->offset;
	return part != NULL;
}

void place_at(const struct session *s, uint32_t addr, struct place *ret)
{
	uint32_t flash_size = ef_flasher_device(s->flasher)->flash_size;

	*ret = (struct place){ .addr = addr, .is_past_end = flash_size && addr >= flash_size };
	if (flash_size > addr)
		ret->room = flash_size - addr;
}

bool place_find(struct cli *cli, struct table *t, struct session *s, const char *text,
		struct place *ret, struct ef_err *err)
{
	uint32_t addr;

	*ret = (struct place){ .part = NULL };
	if (ef_parse_u32(text, UINT32_MAX, &addr)) {
		place_at(s, addr, ret);
		return true;
	}
	if (!table_load(cli, t, s, err) || !table_find(t, text, &ret->part, err))
		return false;
	ret->addr = ret->part->offset;
	ret->room = ret->part->size;
	return true;
}

/* ---- sizes ---- */

bool place_parse_size(const char *text, uint32_t *ret, struct ef_err *err)
{
	if (ef_str_ieq(text, "all")) {
		*ret = 0;
		return true;
	}
	if (ef_parse_size(text, UINT32_MAX, ret) && *ret > 0)
		return true;
	ef_fail(err, EF_E_USAGE, "'%.40s' is not a size", text);
	return ef_hint_own(err,
			   "sizes are decimal, hexadecimal after 0x, in K or M, or 'ALL': 4096, "
			   "0x1000, 4K");
}

bool place_size(const struct place *place, uint32_t parsed, uint32_t *ret, struct ef_err *err)
{
	if (parsed && (!place->part || parsed <= place->room)) {
		*ret = parsed;
		return true;
	}
	if (parsed) {
		ef_fail(err, EF_E_INPUT,
			"0x%" PRIx32 " bytes are more than partition '%s' has (0x%" PRIx32 ")",
			parsed, place->part->name, place->room);
		return ef_hint_own(err, "use ALL for the whole partition, or a smaller size");
	}
	if (place->room) {
		*ret = place->room;
		return true;
	}
	if (place->is_past_end) {
		ef_fail(err, EF_E_INPUT, "0x%08" PRIx32 " is past the end of the flash",
			place->addr);
		return ef_hint_own(err, "choose a lower address; 'flash-id' shows the flash size");
	}
	ef_fail(err, EF_E_UNSUPP, "the size of 'ALL' is unknown at 0x%08" PRIx32, place->addr);
	return ef_hint_own(err, "give the size as a number, or the flash size with '--flash-size'");
}
