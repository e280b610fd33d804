/* SPDX-License-Identifier: MIT */
/*
 * Knows the records of an otadata partition (esp_ota_select_entry_t in ESP-IDF's
 * esp_flash_partitions.h), how the bootloader chooses by them (bootloader_utility.c,
 * bootloader_common_loader.c; the same from ESP-IDF 4.0 to 6.1), and how otatool.py
 * changes them.
 */
#include <espflash/otadata.h>

#include "base/bytes.h"

enum { SEQ_OFF = 0, STATE_OFF = 24, CRC_OFF = 28 };

/* Subtypes 0x10 to 0x1f (esp_flash_partitions.h: PART_SUBTYPE_OTA_FLAG, _MASK). */
#define OTA_MASK 0x0fu

void ef_ota_slots_find(const struct ef_partition_table *table, struct ef_ota_slots *ret)
{
	*ret = (struct ef_ota_slots){ .count = 0 };
	/* If two rows are alike, the bootloader uses the last one. */
	for (size_t i = 0; i < table->count; i++) {
		const struct ef_partition *p = &table->part[i];

		if (p->type == EF_PART_DATA && p->subtype == EF_PART_DATA_OTA)
			ret->otadata = p;
		if (p->type != EF_PART_APP)
			continue;
		if (p->subtype == EF_PART_APP_FACTORY)
			ret->factory = p;
		else if (p->subtype == EF_PART_APP_TEST)
			ret->test = p;
		else if ((p->subtype & ~OTA_MASK) == EF_PART_APP_OTA_0) {
			ret->slot[p->subtype & OTA_MASK] = p;
			ret->count++;
		}
	}
}

/* ---- records ---- */

/*
 * bootloader_common_ota_select_crc: esp_rom_crc32_le(UINT32_MAX, seq). That function inverts
 * its start value, so this is the bare CRC register: it starts with 0, and ends inverted.
 */
static uint32_t seq_crc(const uint8_t seq[4])
{
	uint32_t crc = 0;

	for (unsigned i = 0; i < 4; i++) {
		crc ^= seq[i];
		for (unsigned bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}

void ef_ota_entry_parse(const uint8_t data[EF_OTA_ENTRY_SIZE], struct ef_ota_entry *ret)
{
	ret->seq = ef_le32(data + SEQ_OFF);
	ret->state = ef_le32(data + STATE_OFF);
	ret->crc = ef_le32(data + CRC_OFF);
	ret->is_blank = ret->seq == UINT32_MAX;
	ret->is_crc_valid = ret->crc == seq_crc(data + SEQ_OFF);
	memcpy(ret->raw, data, sizeof(ret->raw));
}

const char *ef_ota_state_name(uint32_t state)
{
	static const char *const names[] = {
		[EF_OTA_NEW] = "NEW",         [EF_OTA_PENDING_VERIFY] = "PENDING_VERIFY",
		[EF_OTA_VALID] = "VALID",     [EF_OTA_INVALID] = "INVALID",
		[EF_OTA_ABORTED] = "ABORTED",
	};

	return state < EF_ARRAY_LEN(names) ? names[state] : "UNDEFINED";
}

/* ---- the bootloader's choice ---- */

/* bootloader_common_ota_select_invalid */
static bool is_out_of_use(const struct ef_ota_entry *e, bool has_rollback)
{
	if (e->is_blank || e->state == EF_OTA_INVALID || e->state == EF_OTA_ABORTED)
		return true;
	/* With rollback the bootloader first makes this state ABORTED. */
	return has_rollback && e->state == EF_OTA_PENDING_VERIFY;
}

/* bootloader_common_get_active_otadata */
static int active_entry(const struct ef_otadata *data, bool has_rollback)
{
	const struct ef_ota_entry *e = data->entry;
	bool valid[2];

	for (unsigned i = 0; i < 2; i++)
		valid[i] = !is_out_of_use(&e[i], has_rollback) && e[i].is_crc_valid;
	if (valid[0] && valid[1])
		return e[0].seq >= e[1].seq ? 0 : 1;
	return valid[0] ? 0 : valid[1] ? 1 : -1;
}

/* bootloader_utility_get_selected_boot_partition */
void ef_ota_choose(const struct ef_ota_slots *slots, const struct ef_otadata *data,
		   bool has_rollback, struct ef_ota_choice *ret)
{
	*ret = (struct ef_ota_choice){ EF_OTA_FACTORY, -1, EF_OTA_NO_OTADATA };
	if (!slots->otadata)
		return;
	if (slots->otadata->size < EF_OTADATA_SIZE) {
		*ret = (struct ef_ota_choice){ EF_OTA_NOTHING, -1, EF_OTA_TOO_SMALL };
		return;
	}
	if (slots->count == 0 || (is_out_of_use(&data->entry[0], has_rollback) &&
				  is_out_of_use(&data->entry[1], has_rollback))) {
		ret->reason = EF_OTA_BY_DEFAULT;
		ret->index = slots->factory ? EF_OTA_FACTORY : 0;
		return;
	}
	ret->entry = active_entry(data, has_rollback);
	ret->reason = ret->entry < 0 ? EF_OTA_BY_DAMAGE : EF_OTA_BY_ENTRY;
	if (ret->entry >= 0)
		ret->index = (int)((data->entry[ret->entry].seq - 1) % slots->count);
}

/* index_to_partition */
static const struct ef_partition *by_index(const struct ef_ota_slots *slots, int index)
{
	if (index == EF_OTA_FACTORY)
		return slots->factory;
	return index >= 0 && index < EF_OTA_SLOTS_MAX && index < (int)slots->count
		       ? slots->slot[index]
		       : NULL;
}

/*
 * bootloader_utility_load_boot_image: from the chosen slot down to factory, then up from the
 * one above it, then the test app. Rows that the table lacks are not attempts.
 */
const struct ef_partition *ef_ota_attempt(const struct ef_ota_slots *slots, int index, unsigned n)
{
	const struct ef_partition *p;

	if (index == EF_OTA_NOTHING)
		return NULL;
	for (int i = index; i >= EF_OTA_FACTORY; i--)
		if ((p = by_index(slots, i)) != NULL && p->size && n-- == 0)
			return p;
	for (int i = index + 1; i < (int)slots->count; i++)
		if ((p = by_index(slots, i)) != NULL && p->size && n-- == 0)
			return p;
	return n == 0 && slots->test && slots->test->size ? slots->test : NULL;
}

/* ---- changing it ---- */

/* otatool's base: the record with the higher number whose CRC is right. States don't count. */
static int base_entry(const struct ef_otadata *data)
{
	const struct ef_ota_entry *e = data->entry;
	bool ok[2] = { !e[0].is_blank && e[0].is_crc_valid, !e[1].is_blank && e[1].is_crc_valid };

	if (ok[0] && ok[1])
		return e[0].seq >= e[1].seq ? 0 : 1;
	return ok[0] ? 0 : ok[1] ? 1 : -1;
}

/* Return the lowest number for the slot that is not below the base's. */
static uint64_t next_seq(uint32_t base, unsigned slot, unsigned count)
{
	uint64_t first = (slot + 1u) % count;

	if (base <= first)
		return first;
	return first + (base - first + count - 1) / count * (uint64_t)count;
}

static bool starts_slot(const struct ef_ota_slots *slots, const struct ef_otadata *data,
			unsigned slot)
{
	struct ef_ota_choice choice;

	for (unsigned rollback = 0; rollback < 2; rollback++) {
		ef_ota_choose(slots, data, rollback != 0, &choice);
		if (choice.reason != EF_OTA_BY_ENTRY || choice.index != (int)slot)
			return false;
	}
	return true;
}

static void put_seq(uint8_t *entry, uint32_t seq)
{
	ef_put_le32(entry + SEQ_OFF, seq);
	ef_put_le32(entry + CRC_OFF, seq_crc(entry + SEQ_OFF));
}

static bool used_up(struct ef_err *err)
{
	return ef_fail(err, EF_E_UNSUPP,
		       "otadata has no higher sequence number: it has to be erased first");
}

bool ef_ota_switch(const struct ef_ota_slots *slots, const struct ef_otadata *old, unsigned slot,
		   unsigned *ret_entry, uint8_t ret[EF_OTA_ENTRY_SIZE], struct ef_err *err)
{
	struct ef_otadata data = *old;
	uint8_t entry[EF_OTA_ENTRY_SIZE];
	uint64_t seq = (uint64_t)slot + 1;
	int base;
	unsigned at;

	if (!slots->otadata || slots->otadata->size < EF_OTADATA_SIZE)
		return ef_fail(err, EF_E_INPUT, "the table has no otadata of two sectors");
	if (slot >= slots->count || !by_index(slots, (int)slot))
		return ef_fail(err, EF_E_INPUT,
			       "the bootloader never starts ota_%u: the table has %u OTA slots",
			       slot, slots->count);
	base = base_entry(&data);
	at = base == 0 ? 1 : 0;
	if (base >= 0)
		seq = next_seq(data.entry[base].seq, slot, slots->count);
	memcpy(entry, old->entry[at].raw, sizeof(entry));
	for (unsigned i = 0; i < 3; i++) {
		if (seq >= UINT32_MAX)
			return used_up(err);
		put_seq(entry, (uint32_t)seq);
		ef_ota_entry_parse(entry, &data.entry[at]);
		if (starts_slot(slots, &data, slot))
			break;
		/*
		 * If otatool's record does not work, change its state first, then its number as
		 * well.
		 */
		if (i == 0)
			ef_put_le32(entry + STATE_OFF, EF_OTA_UNDEFINED);
		else
			seq += slots->count;
	}
	*ret_entry = at;
	memcpy(ret, entry, sizeof(entry));
	return true;
}
