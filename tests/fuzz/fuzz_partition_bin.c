/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a binary partition table. The MD5 row is put right for inputs
 * that have one, so that mutations get past it. What is accepted and written
 * again reads the same.
 */
#include <stdlib.h>
#include <string.h>

#include <espflash/partition.h>

#include "base/hash.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAX 8192
#define ROW 32

static void require(bool ok)
{
	if (!ok)
		abort();
}

static void mend_md5(uint8_t *data, size_t size)
{
	for (size_t at = 0; at + ROW <= size; at += ROW) {
		if (data[at] == 0xeb && data[at + 1] == 0xeb) {
			ef_md5(data, at, data + at + 16);
			return;
		}
	}
}

static void round_trip(const uint8_t *data, size_t size)
{
	static struct ef_partition_table table, again;
	uint8_t one[EF_PARTITION_TABLE_SIZE], two[EF_PARTITION_TABLE_SIZE];
	struct ef_err err = EF_ERR_INIT;
	char *csv = NULL;

	if (!ef_partition_parse_binary(data, size, &table, &err)) {
		require(err.code == EF_E_INPUT && err.msg[0]);
		return;
	}
	require(table.count <= EF_PARTITIONS_MAX);
	if (ef_partition_to_binary(&table, one, &err)) {
		require(ef_partition_parse_binary(one, sizeof(one), &again, &err));
		require(ef_partition_to_binary(&again, two, &err));
		require(!memcmp(one, two, sizeof(one)) && again.count == table.count);
	} else {
		require(table.has_md5 && table.count == EF_PARTITIONS_MAX);
		ef_err_clear(&err); /* 95 rows and an MD5 row: read, but not written */
	}
	require(ef_partition_to_csv(&table, &csv, &err));
	free(csv);
	(void)ef_partition_target(&table, NULL);
	if (!ef_partition_check(&table, NULL, &err))
		require(err.code == EF_E_INPUT);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy;

	if (size > MAX)
		return 0;
	copy = calloc(1, size + 1);
	require(copy != NULL);
	if (size)
		memcpy(copy, data, size);
	round_trip(copy, size);
	mend_md5(copy, size);
	round_trip(copy, size);
	free(copy);
	return 0;
}
