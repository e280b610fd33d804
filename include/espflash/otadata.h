/* SPDX-License-Identifier: MIT */
/**
 * @file
 * otadata: two small records in flash that tell ESP-IDF's bootloader which app to start. Read
 * and write them, and decide as the bootloader does. Nothing here does I/O.
 *
 * Three things that the bootloader was built with are not visible from outside: rollback,
 * anti-rollback, and a pin that selects the test app. Callers ask once with rollback and once
 * without; the other two are not modelled.
 */
#ifndef ESPFLASH_OTADATA_H
#define ESPFLASH_OTADATA_H

#include <espflash/partition.h>

EF_API_BEGIN

#define EF_OTA_SLOTS_MAX  16
#define EF_OTA_SECTOR     0x1000u /**< each of the two records is in a sector of its own */
#define EF_OTADATA_SIZE   0x2000u /**< the bootloader refuses a smaller partition */
#define EF_OTA_ENTRY_SIZE 32
#define EF_OTA_FACTORY    (-1) /**< in place of a slot's number */
#define EF_OTA_NOTHING    (-2) /**< the bootloader starts nothing: otadata is too small */

/** States of a record; any other number counts as UNDEFINED. */
enum ef_ota_state {
	EF_OTA_NEW = 0,            /**< not started yet; with rollback it becomes PENDING_VERIFY */
	EF_OTA_PENDING_VERIFY = 1, /**< started once and not confirmed; with rollback the next
					start makes it ABORTED */
	EF_OTA_VALID = 2,
	EF_OTA_INVALID = 3,
	EF_OTA_ABORTED = 4,
};
#define EF_OTA_UNDEFINED UINT32_MAX

struct ef_ota_entry {
	uint32_t seq, state, crc;
	bool is_blank;     /**< the sequence number is that of erased flash */
	bool is_crc_valid; /**< crc is the one of seq */
	uint8_t raw[EF_OTA_ENTRY_SIZE];
};
/** The two records of an otadata partition. */
struct ef_otadata {
	struct ef_ota_entry entry[2];
};

/** What a table has for the bootloader. All point into the table; NULL: there is none. */
struct ef_ota_slots {
	const struct ef_partition *otadata, *factory, *test;
	const struct ef_partition *slot[EF_OTA_SLOTS_MAX]; /**< ota_0, ota_1, ... */
	/** OTA partitions in the table. A slot whose number is not below this never starts. */
	unsigned count;
};
void ef_ota_slots_find(const struct ef_partition_table *table, struct ef_ota_slots *ret);

/** Read the record at the start of a sector. */
void ef_ota_entry_parse(const uint8_t data[EF_OTA_ENTRY_SIZE], struct ef_ota_entry *ret);
/** "NEW", "PENDING_VERIFY", ... "UNDEFINED". Static text. */
const char *ef_ota_state_name(uint32_t state);

/** Why the bootloader begins with a partition. */
enum ef_ota_reason {
	EF_OTA_BY_ENTRY,   /**< a record selects it */
	EF_OTA_BY_DEFAULT, /**< no record is in use, or the table has no OTA slots */
	EF_OTA_BY_DAMAGE,  /**< a record is in use, but its CRC is wrong */
	EF_OTA_NO_OTADATA, /**< the table has no otadata */
	EF_OTA_TOO_SMALL,  /**< the otadata partition is too small */
};
struct ef_ota_choice {
	int index; /**< slot number, EF_OTA_FACTORY or EF_OTA_NOTHING */
	int entry; /**< the record that selects it; -1: none */
	enum ef_ota_reason reason;
};
/** Compute the bootloader's choice. data may be NULL if the table has no otadata. */
void ef_ota_choose(const struct ef_ota_slots *slots, const struct ef_otadata *data,
		   bool has_rollback, struct ef_ota_choice *ret);
/**
 * Return the partition that the bootloader tries in its n-th attempt, counted from 0, after it
 * chose index: it goes on to the next one when an app is not valid. NULL: there are no more.
 */
const struct ef_partition *ef_ota_attempt(const struct ef_ota_slots *slots, int index, unsigned n);

/**
 * Make slot the selected one: compute the new record as ESP-IDF's otatool.py does. *ret_entry is
 * the record's number (0 or 1), ret its bytes; all bytes that stand for neither number
 * nor CRC are those of old. If the bootloader would not follow otatool's record (it kept the
 * state INVALID, say), the state becomes UNDEFINED. Errors: INPUT (the slot never starts, or the
 * otadata partition is too small), UNSUPP (the sequence numbers are used up: erase otadata).
 */
bool ef_ota_switch(const struct ef_ota_slots *slots, const struct ef_otadata *old, unsigned slot,
		   unsigned *ret_entry, uint8_t ret[EF_OTA_ENTRY_SIZE],
		   struct ef_err *err) EF_MUST_CHECK;

EF_API_END
#endif
