/* SPDX-License-Identifier: MIT */
/*
 * Any two records, any table: the choice is a partition of the table or nothing, every
 * partition is tried at most once, and after a switch the bootloader begins with that slot.
 */
#include <stdlib.h>
#include <string.h>

#include <espflash/otadata.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define RECORDS (2u * EF_OTA_ENTRY_SIZE)

static void require(bool ok)
{
	if (!ok)
		abort();
}

/* Two bytes a row: the type in the upper bits of the first, then the subtype. */
static void make_table(const uint8_t *data, size_t size, struct ef_partition_table *ret)
{
	static const uint32_t sizes[] = { 0, 0x1000, EF_OTADATA_SIZE, 0x100000 };

	ret->count = 0;
	for (size_t i = 0; i + 2 <= size && ret->count < EF_PARTITIONS_MAX; i += 2)
		ret->part[ret->count++] = (struct ef_partition){
			.type = data[i] >> 6,
			.subtype = data[i + 1],
			.size = sizes[data[i] & 3],
		};
}

static void check_attempts(const struct ef_ota_slots *slots, int index)
{
	const struct ef_partition *p, *q;

	for (unsigned n = 0; (p = ef_ota_attempt(slots, index, n)) != NULL; n++) {
		require(n < EF_OTA_SLOTS_MAX + 2);
		for (unsigned k = 0; k < n; k++) {
			q = ef_ota_attempt(slots, index, k);
			require(q && q != p);
		}
	}
}

static void check_switch(const struct ef_ota_slots *slots, const struct ef_otadata *old,
			 unsigned slot)
{
	struct ef_err err = EF_ERR_INIT;
	struct ef_ota_choice choice;
	struct ef_otadata data = *old;
	uint8_t entry[EF_OTA_ENTRY_SIZE];
	unsigned at;

	if (!ef_ota_switch(slots, old, slot, &at, entry, &err)) {
		require(err.code == EF_E_INPUT || err.code == EF_E_UNSUPP);
		return;
	}
	require(at < 2);
	ef_ota_entry_parse(entry, &data.entry[at]);
	for (unsigned rollback = 0; rollback < 2; rollback++) {
		ef_ota_choose(slots, &data, rollback != 0, &choice);
		require(choice.reason == EF_OTA_BY_ENTRY && choice.index == (int)slot);
	}
}

/* All that are there, and one that may not be: a refusal takes longer than all else here. */
static bool is_tried(const struct ef_ota_slots *slots, unsigned slot, size_t size)
{
	return (slot < EF_OTA_SLOTS_MAX && slots->slot[slot]) ||
	       slot == size % (EF_OTA_SLOTS_MAX + 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ef_partition_table table;
	struct ef_ota_slots slots;
	struct ef_ota_choice choice;
	struct ef_otadata records;

	if (size < RECORDS)
		return 0;
	make_table(data + RECORDS, size - RECORDS, &table);
	ef_ota_slots_find(&table, &slots);
	for (unsigned i = 0; i < 2; i++)
		ef_ota_entry_parse(data + (size_t)i * EF_OTA_ENTRY_SIZE, &records.entry[i]);
	for (unsigned rollback = 0; rollback < 2; rollback++) {
		ef_ota_choose(&slots, &records, rollback != 0, &choice);
		require(choice.index >= EF_OTA_NOTHING && choice.index < EF_PARTITIONS_MAX);
		check_attempts(&slots, choice.index);
	}
	for (unsigned slot = 0; slot < EF_OTA_SLOTS_MAX + 2; slot++)
		if (is_tried(&slots, slot, size))
			check_switch(&slots, &records, slot);
	return 0;
}
