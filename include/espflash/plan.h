/* SPDX-License-Identifier: MIT */
/**
 * @file
 * A plan has everything that will be written to and erased from a flash. This header declares it,
 * and the gate that checks it against a chip. The flasher takes only plans that passed the gate
 * (ef_flasher_check in flasher.h).
 *
 * The gate looks at what will be in flash and where. It finds an image for another
 * chip in the middle of a merged file, too. Nothing here does I/O.
 */
#ifndef ESPFLASH_PLAN_H
#define ESPFLASH_PLAN_H

#include <espflash/partition.h>
#include <espflash/region.h>

EF_API_BEGIN

struct ef_chip;

/** What a region is to the chip. */
enum ef_role {
	EF_ROLE_UNKNOWN, /**< its place and its content decide */
	EF_ROLE_BOOTLOADER,
	EF_ROLE_TABLE,
	EF_ROLE_APP,
	EF_ROLE_OTADATA,
	EF_ROLE_DATA, /**< content of a data partition: never looked into */
};

struct ef_plan_region {
	struct ef_region region;
	enum ef_role role;
	/** The region begins and ends with this many bytes that are in flash now and are kept. */
	uint32_t kept, kept_end;
	const char *origin; /**< the file that it comes from; NULL: the program made it */
	bool is_encrypted;  /**< the content was encrypted for this chip already */
	bool encrypts;      /**< the content is plain, and the loader encrypts it as it writes */
};

struct ef_plan_erase {
	uint32_t addr, len; /**< the range; not used if is_whole */
	bool is_whole;      /**< the whole flash */
	const char *label;  /**< for messages; NULL: none */
};

/** The plan's maker says that there is no partition table, so none is looked for. */
#define EF_PLAN_NO_TABLE UINT32_MAX

/** All that is pointed to is borrowed. */
struct ef_plan {
	const struct ef_plan_region *regions;
	size_t region_count;
	const struct ef_plan_erase *erases; /**< carried out before anything is written */
	size_t erase_count;
	/** The table that will be valid, if the maker knows it; NULL: see table_offset. */
	const struct ef_partition_table *table;
	uint32_t table_offset; /**< 0: EF_PARTITION_TABLE_OFFSET; or EF_PLAN_NO_TABLE */
};

/** The burnt eFuses of a chip that limit what may be written. */
struct ef_locks {
	bool is_secure_boot;    /**< the chip starts only signed bootloaders */
	bool is_secure_boot_v1; /**< the key of secure boot is tied to the present bootloader */
	bool is_encrypted;      /**< the chip decrypts what it reads from flash */
	/** The loader can't encrypt: plain content that is written stays unreadable. */
	bool has_no_encrypt;
	bool is_key_manager; /**< flash from 0 to 0x2000 has the recovery info of the key */
	/* The members below are known only for chips whose loader must encrypt something. */
	bool has_no_key; /**< no key of flash encryption is burnt, nor does a key manager have it */
	bool has_wrong_config; /**< FLASH_CRYPT_CONFIG would give another cipher than ESP-IDF's */
	bool is_unknown;       /**< secure download mode: whether the loader encrypts is hidden */
};

/** The facts of a connected chip that a plan is checked against. */
struct ef_target {
	const struct ef_chip *chip;
	bool has_revision;
	uint16_t revision;    /**< major * 100 + minor */
	uint32_t flash_size;  /**< bytes; 0: unknown */
	uint32_t reach;       /**< the loader's addresses wrap here; 0: it has no limit */
	bool is_plain_loader; /**< the loader that runs has no command to encrypt what it writes */
	struct ef_locks locks;
	/** The table that is in the chip's flash now; NULL: none, or it is not known. */
	const struct ef_partition_table *table;
};

/**
 * The one list of findings: name, whether the plan is refused for it (else it is a
 * warning), the code of that error, and what was found.
 */
#define EF_FINDING_LIST(X)                                                                         \
	X(REACH, 1, UNSUPP, "the loader's addresses wrap before the end of the range")             \
	X(CANNOT_ENCRYPT, 1, UNSUPP, "the chip or its loader can't encrypt what is written")       \
	X(ENCRYPT_UNKNOWN, 1, UNSUPP, "secure download mode hides whether the chip encrypts")      \
	X(ENCRYPT_KEY, 1, UNSUPP, "the eFuses lack the key or the setting of flash encryption")    \
	X(LOCK_ERASE, 1, UNSUPP, "secure boot or flash encryption is on: an erase bricks")         \
	X(LOCK_V1, 1, UNSUPP, "secure boot V1 is on: another bootloader bricks")                   \
	X(LOCK_KEY, 1, UNSUPP, "the flash from 0 to 0x2000 has the key's recovery info")           \
	X(LOCK_SIGNATURE, 1, UNSUPP, "secure boot is on, and the image has no valid signature")    \
	X(LOCK_PLAIN, 1, UNSUPP, "flash encryption is on, and the content is not encrypted")       \
	X(LOCK_NO_ENCRYPT, 1, UNSUPP,                                                              \
	  "flash encryption is on for good: nothing plain can be read")                            \
	X(NOT_BOOTABLE, 1, INPUT, "the content for the boot address is not a bootloader")          \
	X(APP_AT_BOOT, 1, INPUT, "an app would be at the boot address")                            \
	X(BOOTLOADER_PLACE, 1, INPUT,                                                              \
	  "a bootloader would be at another address than the boot "                                \
	  "address")                                                                               \
	X(MERGED_PLACE, 1, INPUT, "a merged image would be at another address than its own")       \
	X(NOT_TABLE, 1, INPUT, "the content for the table's address is not a partition table")     \
	X(TABLE_DAMAGED, 1, INPUT, "the partition table is damaged or passes the flash")           \
	X(NOT_APP, 1, INPUT, "the content for an app partition is not an app")                     \
	X(OTHER_CHIP, 1, INPUT, "an image is for another chip")                                    \
	X(REVISION, 1, UNSUPP, "an image is for other revisions of the chip")                      \
	X(DAMAGED, 1, INPUT, "an image is damaged or cut off")                                     \
	X(HEADER_SIZE, 1, INPUT, "the bootloader is set to more flash than there is")              \
	X(APP_TOO_LARGE, 1, INPUT, "an app is larger than its partition")                          \
	X(PAST_PARTITION, 1, INPUT, "a file passes the end of the partition it begins in")         \
	X(STALE_DIGEST, 0, INPUT, "a bootloader starts, though its digest is wrong")               \
	X(BOOT_ERASED, 0, INPUT, "nothing but FF would be at the boot address")                    \
	X(OVER_TABLE, 0, INPUT, "the present partition table would be overwritten")                \
	X(TABLE_REPLACED, 0, INPUT, "the program's own table would replace another one")           \
	X(OVER_BOOTLOADER, 0, INPUT, "the place between boot address and table is written to")     \
	X(TABLE_PLACE, 0, INPUT, "a partition table would be at another address than the table's") \
	X(CONTAINER, 0, INPUT, "a file that has to be unpacked or converted would be written raw") \
	X(SLOT_UNKNOWN, 0, INPUT, "an app partition would get content of an unknown form")         \
	X(APP_IN_DATA, 0, INPUT, "a data partition would get an app for this chip")                \
	X(ENCRYPT_OFF, 0, INPUT, "content is encrypted, and flash encryption is off")              \
	X(ENCRYPT_DATA, 0, INPUT, "content is encrypted that firmware reads as it is in flash")

enum ef_finding_id {
#define EF_FINDING_ENUM(name, refuses, code, meaning) EF_FINDING_##name,
	EF_FINDING_LIST(EF_FINDING_ENUM)
#undef EF_FINDING_ENUM
		EF_FINDING_COUNT
};

struct ef_finding {
	enum ef_finding_id id;
	bool is_refusal;
	const struct ef_plan_region *region; /**< NULL: an erase */
	uint32_t addr;                       /**< where the content begins that was found */
	/** The facts as a sentence, and the remedy; in form as in an error record. */
	struct ef_err err;
};
#define EF_FINDINGS_MAX 12
struct ef_findings {
	struct ef_finding v[EF_FINDINGS_MAX]; /**< refusals first */
	size_t count;
	size_t left_out; /**< further ones for which there was no room */
	/**
	 * The plan writes a bootloader, a partition table or an app, so the chip will start
	 * differently.
	 */
	bool changes_start;
};

/** "OTHER_CHIP" and so on. Never NULL. */
const char *ef_finding_name(enum ef_finding_id id);
/** Return whether the plan is impossible, so that forcing it is refused, too. */
bool ef_finding_is_final(enum ef_finding_id id);

/** Check a plan. ret->count 0: nothing is wrong with it. */
void ef_plan_check(const struct ef_plan *plan, const struct ef_target *target,
		   struct ef_findings *ret);
/** Return the region that writes a partition table to the table's address. NULL: none does. */
const struct ef_plan_region *ef_plan_table_region(const struct ef_plan *plan);
/** Return whether the table of the chip is worth reading before this plan is checked. */
bool ef_plan_needs_table(const struct ef_plan *plan);

EF_API_END
#endif
