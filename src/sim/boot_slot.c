/* SPDX-License-Identifier: MIT */
/*
 * Chooses the application that the second-stage bootloader starts: by otadata, and by its further
 * tries if the first choice is not valid (ESP-IDF bootloader_utility.c). Like the bootloader it
 * writes otadata: the first number of a table without factory app, and with rollback the states.
 * Independent of src/image.
 */
#include "base/hash.h"
#include "sim/boot_parts.h"
#include "sim/parts.h"

enum { STATE_NEW, STATE_PENDING, STATE_VALID, STATE_INVALID, STATE_ABORTED };

#define FACTORY  (-1)
#define NO_SLOT  (-2)
#define ENTRY    32u
#define APP      0
#define DATA     1
#define TEST_APP 0x20

struct chooser {
	struct sim_log *log;
	const struct sim_table *table;
	const struct sim_part *otadata; /* NULL: there is none */
	unsigned slots;
	uint8_t entry[2][ENTRY];
	bool is_initial; /* no factory app and no number yet: the first start writes one */
};

/* The last of several equal rows counts. */
static const struct sim_part *find(const struct sim_table *t, uint8_t type, unsigned subtype)
{
	for (unsigned i = t->count; i-- > 0;)
		if (t->part[i].type == type && t->part[i].subtype == subtype)
			return &t->part[i];
	return NULL;
}

/* ---- otadata ---- */

static uint32_t seq(const uint8_t *entry)
{
	return ef_le32(entry);
}

static uint32_t state(const uint8_t *entry)
{
	return ef_le32(entry + 24);
}

static uint32_t crc_of(const uint8_t *entry)
{
	return (uint32_t)crc32_z(UINT32_MAX, entry, 4); /* esp_rom_crc32_le(UINT32_MAX, ...) */
}

static bool has_number(const uint8_t *entry)
{
	return seq(entry) != UINT32_MAX && ef_le32(entry + 28) == crc_of(entry);
}

/* Return whether the bootloader drops the entry before it looks at its CRC. */
static bool is_out(const uint8_t *entry)
{
	return seq(entry) == UINT32_MAX || state(entry) == STATE_INVALID ||
	       state(entry) == STATE_ABORTED;
}

static void store(struct chooser *c, unsigned i)
{
	uint8_t *sector = c->log->sim->flash.data + c->otadata->off + i * SIM_SECTOR;

	memset(sector, 0xff, SIM_SECTOR);
	memcpy(sector, c->entry[i], ENTRY);
}

static void set_state(struct chooser *c, unsigned i, uint32_t value)
{
	ef_put_le32(c->entry[i] + 24, value);
	store(c, i);
}

/* False: the partition is too small, and the bootloader gives up. */
static bool load(struct chooser *c)
{
	const struct sim *sim = c->log->sim;

	if (c->otadata->size < 2 * SIM_SECTOR ||
	    !ef_range_ok(c->otadata->off, 2 * SIM_SECTOR, sim->flash.size)) {
		sim_log(c->log, 'E', "boot",
			"ota_info partition size %u is too small (minimum %u bytes)",
			c->otadata->size, 2 * SIM_SECTOR);
		return false;
	}
	for (unsigned i = 0; i < 2; i++) {
		memcpy(c->entry[i], sim->flash.data + c->otadata->off + i * SIM_SECTOR, ENTRY);
		if (sim->opts.boot.has_rollback && state(c->entry[i]) == STATE_PENDING)
			set_state(c, i, STATE_ABORTED);
	}
	return true;
}

static int by_default(struct chooser *c)
{
	if (find(c->table, APP, 0)) {
		sim_log(c->log, 'I', "boot", "Defaulting to factory image");
		return FACTORY;
	}
	sim_log(c->log, 'I', "boot", "No factory image, trying OTA 0");
	c->is_initial = !has_number(c->entry[0]) && !has_number(c->entry[1]);
	return 0;
}

static int by_entry(struct chooser *c)
{
	bool ok[2];
	unsigned i;

	for (i = 0; i < 2; i++)
		ok[i] = !is_out(c->entry[i]) && has_number(c->entry[i]);
	if (!ok[0] && !ok[1]) {
		sim_log(c->log, 'E', "boot",
			find(c->table, APP, 0)
				? "ota data partition invalid, falling back to factory"
				: "ota data partition invalid and no factory, will try all "
				  "partitions");
		return FACTORY;
	}
	i = ok[0] && ok[1] ? seq(c->entry[0]) < seq(c->entry[1]) : ok[1];
	if (c->log->sim->opts.boot.has_rollback && state(c->entry[i]) == STATE_NEW)
		set_state(c, i, STATE_PENDING);
	return (int)((seq(c->entry[i]) - 1) % c->slots);
}

static int first_choice(struct chooser *c)
{
	if (!c->otadata)
		return FACTORY;
	if (!load(c))
		return NO_SLOT;
	if (c->slots == 0 || (is_out(c->entry[0]) && is_out(c->entry[1])))
		return by_default(c);
	return by_entry(c);
}

/* ---- the attempts ---- */

static void store_first_number(struct chooser *c, int index)
{
	if (index < 0 || !c->is_initial)
		return;
	memset(c->entry[0], 0xff, ENTRY);
	ef_put_le32(c->entry[0], (uint32_t)index + 1);
	ef_put_le32(c->entry[0] + 24, STATE_VALID);
	ef_put_le32(c->entry[0] + 28, crc_of(c->entry[0]));
	store(c, 0);
	sim_log(c->log, 'I', "boot", "Set actual ota_seq=%d in otadata[0]", index + 1);
}

static bool attempt(struct chooser *c, int index, struct sim_image *img)
{
	const struct sim_part *part = index == FACTORY
					      ? find(c->table, APP, 0)
					      : find(c->table, APP, 0x10 + (unsigned)index);

	if (!part || part->size == 0)
		return false;
	if (sim_app_check(c->log, part, img)) {
		sim_log(c->log, 'I', "boot", "Loaded app from partition at offset 0x%x", part->off);
		store_first_number(c, index);
		return true;
	}
	if (index == FACTORY)
		sim_log(c->log, 'E', "boot", "Factory app partition is not bootable");
	else
		sim_log(c->log, 'E', "boot", "OTA app partition slot %d is not bootable", index);
	return false;
}

static bool try_test_app(struct chooser *c, struct sim_image *img)
{
	const struct sim_part *part = find(c->table, APP, TEST_APP);

	if (!part || part->size == 0 || !sim_app_check(c->log, part, img))
		return false;
	sim_log(c->log, 'I', "boot", "Loaded app from partition at offset 0x%x", part->off);
	sim_log(c->log, 'W', "boot", "Falling back to test app as only bootable partition");
	return true;
}

/* Try the chosen slot, those before it, the factory app, those behind it, the test app. */
bool sim_slot_choose(struct sim_log *log, const struct sim_table *table, struct sim_image *ret)
{
	struct chooser c = { .log = log, .table = table, .otadata = find(table, DATA, 0) };
	int start;

	for (unsigned i = 0; i < table->count; i++)
		c.slots += table->part[i].type == APP && (table->part[i].subtype & 0xf0) == 0x10;
	start = first_choice(&c);
	if (start == NO_SLOT)
		return false;
	for (int i = start; i >= FACTORY; i--)
		if (i < (int)c.slots && attempt(&c, i, ret))
			return true;
	for (int i = start + 1; i < (int)c.slots && i < 16; i++)
		if (attempt(&c, i, ret))
			return true;
	if (try_test_app(&c, ret))
		return true;
	sim_log(log, 'E', "boot", "No bootable app partitions in the partition table");
	return false;
}
