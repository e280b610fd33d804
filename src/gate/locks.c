/* SPDX-License-Identifier: MIT */
/*
 * Knows what secure boot and flash encryption forbid. The rules are esptool's (cmds.py:
 * write_flash, erase_flash, erase_region). In addition, there are rules for images that are not
 * signed, and for plain content where the chip decrypts. esptool doesn't look at content, and
 * ESP-IDF's "Flash Encryption" page says which partitions are always encrypted: apps, otadata and
 * nvs_keys.
 */
#include "gate/gate.h"

#define V1_END       0x8000u /* esptool: "writing to flash regions < 0x8000" */
#define KEY_INFO_END 0x2000u

/* Return whether this is a data partition that the chip reads without decrypting it. */
static bool is_plain_data(const struct gate *g, const struct ef_partition *p)
{
	if (!p || p->type != EF_PART_DATA || p->flags & EF_PART_ENCRYPTED)
		return false;
	return !g->target->locks.is_encrypted ||
	       (p->subtype != EF_PART_DATA_OTA && p->subtype != EF_PART_DATA_NVS_KEYS);
}

/* Return whether the range lies in such partitions and nowhere else. */
static bool is_harmless(const struct gate *g, uint64_t addr, uint64_t end)
{
	while (addr < end) {
		const struct ef_partition *p = addr <= UINT32_MAX
						       ? gate_partition(g, (uint32_t)addr)
						       : NULL;

		if (!is_plain_data(g, p))
			return false;
		addr = (uint64_t)p->offset + p->size;
	}
	return true;
}

/* ---- what the loader is to encrypt ---- */

/* Return why the loader can't encrypt. NULL: as far as we know, it can. */
static const char *why_not(const struct ef_target *t)
{
	if (t->is_plain_loader)
		return "this chip's ROM has no command to encrypt what it writes";
	if (t->locks.has_no_encrypt && !t->locks.is_unknown)
		return "an eFuse (DIS_DOWNLOAD_MANUAL_ENCRYPT) forbids that the loader encrypts";
	return NULL;
}

static void check_key(struct gate *g, const struct spot *file)
{
	const struct ef_locks *l = &g->target->locks;

	if (l->is_unknown)
		gate_hint(gate_add(g, EF_FINDING_ENCRYPT_UNKNOWN, file,
				   ": in secure download mode the chip doesn't tell whether its "
				   "loader still encrypts; where it doesn't, what is written is "
				   "garbage, and nothing here would notice"),
			  EF_HINT_GATE_NO_ENCRYPT);
	else if (l->has_no_key)
		gate_hint(gate_add(g, EF_FINDING_ENCRYPT_KEY, file,
				   " is to be encrypted, and this chip's eFuses have no key for "
				   "that"),
			  EF_HINT_GATE_NO_KEY);
	else if (l->has_wrong_config)
		gate_hint(gate_add(g, EF_FINDING_ENCRYPT_KEY, file,
				   " is to be encrypted, and the eFuse FLASH_CRYPT_CONFIG is not "
				   "0xf; the bootloader would not read it back"),
			  EF_HINT_GATE_NO_KEY);
}

/* Find content that is written encrypted, but not decrypted when it is read. */
static void check_use(struct gate *g, const struct ef_plan_region *r, const struct spot *file)
{
	const struct ef_locks *l = &g->target->locks;
	const struct ef_partition *p = gate_partition(g, file->addr);

	if (!l->is_encrypted && !l->has_no_key)
		gate_add(g, EF_FINDING_ENCRYPT_OFF, file,
			 " is encrypted, and flash encryption is off: the chip can't read it until "
			 "that is switched on");
	if (l->is_encrypted && is_harmless(g, file->addr, gate_end(r)))
		gate_add(g, EF_FINDING_ENCRYPT_DATA, file,
			 " is encrypted, and partition '%.16s' is not marked for that: firmware "
			 "reads it as it is in flash",
			 p ? p->name : "");
}

static void check_encrypts(struct gate *g, const struct ef_plan_region *r)
{
	struct spot file = gate_file_start(g, r);
	const char *why = why_not(g->target);

	if (why) {
		gate_hint(gate_add(g, EF_FINDING_CANNOT_ENCRYPT, &file, ": %s", why),
			  g->target->is_plain_loader ? EF_HINT_GATE_NEEDS_STUB
						     : EF_HINT_GATE_CANNOT_ENCRYPT);
		return;
	}
	check_key(g, &file);
	check_use(g, r, &file);
}

/* ---- what is written as it is ---- */

/* Find content that a chip with flash encryption could not have encrypted. */
static bool is_plain_content(enum ef_content kind)
{
	return kind != EF_CONTENT_UNKNOWN && kind != EF_CONTENT_BLANK;
}

static void check_encryption(struct gate *g, const struct ef_plan_region *r)
{
	struct spot file = gate_file_start(g, r);

	if (r->is_encrypted || is_harmless(g, file.addr, gate_end(r)))
		return;
	if (g->target->locks.has_no_encrypt)
		gate_hint(gate_add(g, EF_FINDING_LOCK_NO_ENCRYPT, &file,
				   ": flash encryption is on, and this chip no longer encrypts "
				   "what is written through its loader; it would read garbage, and "
				   "may never start again"),
			  EF_HINT_GATE_NO_ENCRYPT);
	else if (is_plain_content(file.kind))
		gate_hint(gate_add(g, EF_FINDING_LOCK_PLAIN, &file,
				   ": flash encryption is on, and this is plain (%s); the chip "
				   "would decrypt it into garbage",
				   ef_content_name(file.kind)),
			  EF_HINT_GATE_PLAIN);
}

void gate_locks_write(struct gate *g, const struct ef_plan_region *r)
{
	const struct ef_locks *l = &g->target->locks;
	struct spot file = gate_file_start(g, r);

	if (l->is_secure_boot_v1 && r->region.addr < V1_END)
		gate_hint(gate_add(g, EF_FINDING_LOCK_V1, &file,
				   ": secure boot V1 is on; whatever is written below 0x%x can "
				   "make this chip unusable for good",
				   V1_END),
			  EF_HINT_GATE_LOCKED);
	else if (l->is_encrypted && l->is_key_manager && r->region.addr < KEY_INFO_END)
		gate_hint(gate_add(g, EF_FINDING_LOCK_KEY, &file,
				   ": flash encryption uses the key manager, which keeps what it "
				   "recovers the key from below 0x%x; without it the chip is lost",
				   KEY_INFO_END),
			  EF_HINT_GATE_LOCKED);
	else if (r->encrypts)
		check_encrypts(g, r);
	else if (l->is_encrypted)
		check_encryption(g, r);
}

void gate_locks_erase(struct gate *g, const struct ef_plan_erase *e)
{
	const struct ef_locks *l = &g->target->locks;
	const char *what = !l->is_encrypted    ? "secure boot is"
			   : l->is_secure_boot ? "secure boot and flash encryption are"
					       : "flash encryption is";

	if ((!l->is_secure_boot && !l->is_encrypted) ||
	    (!e->is_whole && is_harmless(g, e->addr, (uint64_t)e->addr + e->len)))
		return;
	if (!e->is_whole)
		gate_hint(gate_add_erase(g, EF_FINDING_LOCK_ERASE, e->addr,
					 "an erase of 0x%x bytes at 0x%08x: %s on, and what is "
					 "erased may be needed to start this chip ever again",
					 e->len, e->addr, what),
			  EF_HINT_GATE_LOCKED);
	else
		gate_hint(gate_add_erase(g, EF_FINDING_LOCK_ERASE, 0,
					 "an erase of the whole flash: %s on, and without its "
					 "bootloader this chip may never start again",
					 what),
			  EF_HINT_GATE_LOCKED);
}
