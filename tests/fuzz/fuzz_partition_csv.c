/* SPDX-License-Identifier: MIT */
/*
 * Any text as a partition table. What is accepted comes back the same from
 * its binary and from its CSV, and passes the checks.
 */
#include <stdlib.h>
#include <string.h>

#include <espflash/partition.h>

#include "base/util.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool ok)
{
	if (!ok)
		abort();
}

static void require_same(const struct ef_partition_table *a, const struct ef_partition_table *b)
{
	require(a->count == b->count && a->has_md5 == b->has_md5);
	for (size_t i = 0; i < a->count; i++) {
		const struct ef_partition *p = &a->part[i], *q = &b->part[i];

		require(p->type == q->type && p->subtype == q->subtype && p->offset == q->offset &&
			p->size == q->size && p->flags == q->flags && !strcmp(p->name, q->name));
	}
}

/* Names that were cut (16 bytes) or need cleaning don't come back from a CSV. */
static bool survives_csv(const struct ef_partition_table *t)
{
	char clean[17];

	for (size_t i = 0; i < t->count; i++) {
		ef_strlcpy(clean, sizeof(clean), t->part[i].name);
		ef_clean_text(clean);
		if (strlen(clean) == 16 || strcmp(clean, t->part[i].name) != 0)
			return false;
	}
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct ef_partition_opts opts = { 0x8000, 0, 0x1000, 0 };
	static struct ef_partition_table table, again;
	struct ef_err err = EF_ERR_INIT;
	uint8_t binary[EF_PARTITION_TABLE_SIZE];
	char *csv = NULL;

	if (!ef_partition_parse_csv(data, size, &opts, &table, &err)) {
		require(err.code == EF_E_INPUT && err.msg[0]);
		return 0;
	}
	require(table.count <= 94 && ef_partition_check(&table, &opts, &err));
	require(ef_partition_to_binary(&table, binary, &err));
	require(ef_partition_parse_binary(binary, sizeof(binary), &again, &err));
	require_same(&table, &again);
	require(ef_partition_to_csv(&table, &csv, &err));
	if (survives_csv(&table)) {
		require(ef_partition_parse_csv((const uint8_t *)csv, strlen(csv), &opts, &again,
					       &err));
		require_same(&table, &again);
	}
	free(csv);
	return 0;
}
