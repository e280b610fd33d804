/* SPDX-License-Identifier: MIT */
/*
 * Follows the bootloader through the slots, and changes otadata. Only the sector that the
 * bootloader does not use is written, so that a loss of power leaves the old choice.
 */
#include "cli/start/boot_slots.h"

#include <inttypes.h>

#include "cli/board/gate.h"
#include "cli/board/work.h"
#include "base/bytes.h"

static bool read_records(struct boot_slots *b, struct ef_err *err)
{
	const struct ef_partition *p = b->slots.otadata;
	uint8_t raw[EF_OTA_ENTRY_SIZE];

	if (p && flash_view_ends_before(b->view, p->offset, p->size)) {
		ef_fail(err, EF_E_INPUT, "partition '%s' ends beyond the flash", p->name);
		return ef_hint_own(err, "the table is for a larger flash: 'flash-id' prints the "
					"size of this one");
	}
	memset(raw, 0xff, sizeof(raw));
	for (unsigned i = 0; i < 2; i++) {
		if (p && p->size >= EF_OTADATA_SIZE &&
		    !flash_view_read(b->view, p->offset + i * EF_OTA_SECTOR, sizeof(raw), NULL, raw,
				     err))
			return ef_context(err, "reading otadata");
		ef_ota_entry_parse(raw, &b->data.entry[i]);
	}
	return true;
}

/* Try the partitions in the bootloader's order, up to one whose app may start. */
static bool follow(struct boot_slots *b, unsigned rollback, struct ef_err *err)
{
	const struct ef_partition *part;
	int index = b->boot[rollback].choice.index;

	for (unsigned n = 0; (part = ef_ota_attempt(&b->slots, index, n)) != NULL; n++) {
		struct slot_app app;

		if (!slot_app_read(b->view, part, false, &app, err))
			return ef_context(err, "looking at the app in '%s'", part->name);
		if (!slot_app_may_start(&app))
			continue;
		b->boot[rollback].part = part;
		b->boot[rollback].app = app;
		break;
	}
	return true;
}

bool boot_slots_read(const struct flash_view *view, const struct ef_partition_table *table,
		     struct boot_slots *ret, struct ef_err *err)
{
	*ret = (struct boot_slots){ .view = view, .table = table };
	ef_ota_slots_find(table, &ret->slots);
	if (!read_records(ret, err))
		return false;
	for (unsigned i = 0; i < 2; i++)
		ef_ota_choose(&ret->slots, &ret->data, i == 1, &ret->boot[i].choice);
	if (!follow(ret, 0, err))
		return false;
	if (ret->boot[1].choice.index != ret->boot[0].choice.index)
		return follow(ret, 1, err);
	ret->boot[1] = ret->boot[0];
	return true;
}

bool boot_slots_starts(const struct boot_slots *b, const struct ef_partition *part)
{
	return b->boot[0].part == part && b->boot[1].part == part;
}

/* ---- changing it ---- */

static bool no_otadata(const struct boot_slots *b, struct ef_err *err)
{
	const struct ef_partition *first = ef_ota_attempt(&b->slots, EF_OTA_FACTORY, 0);

	ef_fail(err, EF_E_INPUT,
		"the partition table has no otadata: the bootloader always begins with '%s'",
		first ? first->name : "");
	return ef_hint_own(err, "add a row to the table: otadata, data, ota, , 0x2000");
}

static bool is_factory(const struct boot_slots *b, const struct ef_partition *part)
{
	return part == b->slots.factory;
}

static unsigned slot_number(const struct ef_partition *part)
{
	return part->subtype - (unsigned)EF_PART_APP_OTA_0;
}

static bool is_slot(const struct ef_partition *part)
{
	return part->type == EF_PART_APP && part->subtype >= EF_PART_APP_OTA_0 &&
	       slot_number(part) < EF_OTA_SLOTS_MAX;
}

bool boot_slots_can_switch(const struct boot_slots *b, const struct ef_partition *part,
			   struct ef_err *err)
{
	uint8_t entry[EF_OTA_ENTRY_SIZE];
	unsigned at;

	if (!b->slots.otadata)
		return no_otadata(b, err);
	if (is_factory(b, part))
		return true;
	if (!is_slot(part)) {
		ef_fail(err, EF_E_INPUT, "otadata can't select '%s': it is not an OTA slot",
			part->name);
		return ef_hint_own(err, "a test app starts while a pin is held that was chosen in "
					"the bootloader's build");
	}
	if (ef_ota_switch(&b->slots, &b->data, slot_number(part), &at, entry, err))
		return true;
	return err->code == EF_E_UNSUPP
		       ? ef_hint_own(err, "erase it: espflash-c ota erase; then switch again")
		       : ef_hint_own(err, "slots are numbered from ota_0 without gaps, and otadata "
					  "has 0x2000 bytes");
}

bool boot_slots_erase(const struct boot_slots *b, struct ef_err *err)
{
	const struct ef_partition *p = b->slots.otadata;
	struct ef_flasher *f = b->view->session->flasher;
	struct ef_plan_erase erase;
	const struct ef_plan plan = { .erases = &erase, .erase_count = 1, .table = b->table };
	const struct ef_checked *checked;

	if (!p)
		return no_otadata(b, err);
	erase = (struct ef_plan_erase){ .addr = p->offset, .len = p->size, .label = p->name };
	if (!gate_pass(b->view->cli, f, &plan, false, &checked, NULL, err) ||
	    !ef_flasher_erase(f, checked, 0, err))
		return false;
	work_region(b->view->cli, p->offset, p->size, p->name, "erased");
	return true;
}

static bool write_sector(const struct boot_slots *b, uint32_t addr,
			 const uint8_t sector[EF_OTA_SECTOR], struct ef_err *err)
{
	const struct ef_write_opts opts = { .no_skip = false };
	const struct ef_plan_region region = {
		.region = { .addr = addr,
			    .data = sector,
			    .len = EF_OTA_SECTOR,
			    .label = "otadata" },
		.role = EF_ROLE_OTADATA,
	};
	const struct ef_plan plan = { .regions = &region, .region_count = 1, .table = b->table };
	const struct ef_checked *checked;
	struct ef_flasher *f = b->view->session->flasher;

	return gate_pass(b->view->cli, f, &plan, false, &checked, NULL, err) &&
	       ef_flasher_write(f, checked, &opts, NULL, err);
}

bool boot_slots_switch(const struct boot_slots *b, const struct ef_partition *part,
		       struct ef_err *err)
{
	struct flash_view chip = { .cli = b->view->cli, .session = b->view->session };
	uint8_t sector[EF_OTA_SECTOR], entry[EF_OTA_ENTRY_SIZE];
	uint32_t addr;
	unsigned at;

	if (!boot_slots_can_switch(b, part, err))
		return false;
	if (is_factory(b, part))
		return boot_slots_erase(b, err);
	if (!ef_ota_switch(&b->slots, &b->data, slot_number(part), &at, entry, err))
		return false;
	addr = b->slots.otadata->offset + at * EF_OTA_SECTOR;
	/* Otatool keeps the rest of the sector. */
	if (!flash_view_read(&chip, addr, sizeof(sector), NULL, sector, err))
		return false;
	memcpy(sector, entry, sizeof(entry));
	return write_sector(b, addr, sector, err);
}
