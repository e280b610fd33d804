/* SPDX-License-Identifier: MIT */
/*
 * Brings a plan before the gate: collects the facts of the connected chip that the
 * gate asks for, and keeps a copy of the plan that passed. Only such a copy can be written
 * or erased, so no command can leave the gate out.
 */
#include <stdlib.h>
#include <string.h>

#include <espflash/log.h>

#include "base/hash.h"
#include "flasher/check.h"
#include "flasher/session.h"
#include "flasher/spi_flash.h"
#include "flasher/words.h"

/* ---- eFuses ---- */

/* Flash encryption is on if an odd number of bits is set (esptool get_flash_encryption_enabled). */
static bool is_odd(uint32_t bits)
{
	bool odd = false;

	for (; bits; bits &= bits - 1)
		odd = !odd;
	return odd;
}

static bool read_crypt_count(struct ef_flasher *f, const struct ef_regs *regs, uint32_t *ret,
			     struct ef_err *err)
{
	*ret = f->dev.has_security ? f->dev.security.crypt_cnt : 0;
	return f->dev.has_security || f->dev.is_secure_download ||
	       ef_efuse_read(&f->dev.chip->efuse.crypt_cnt, regs, ret, err);
}

bool ef_flasher_is_encrypted(struct ef_flasher *f, bool *ret, struct ef_err *err)
{
	const struct ef_regs regs = ef_words_regs(f);
	uint32_t bits;

	if (!read_crypt_count(f, &regs, &bits, err))
		return false;
	*ret = is_odd(bits);
	return true;
}

static bool encrypts(const struct ef_plan *plan)
{
	for (size_t i = 0; i < plan->region_count; i++)
		if (plan->regions[i].encrypts)
			return true;
	return false;
}

/* Facts that matter only if the loader must encrypt. */
static bool read_crypt(struct ef_flasher *f, struct ef_locks *ret, struct ef_err *err)
{
	const struct ef_chip *chip = f->dev.chip;
	const struct ef_regs regs = ef_words_regs(f);
	uint32_t no_encrypt, manager;
	bool has_key, has_config;

	ret->is_unknown = f->dev.is_secure_download;
	if (ret->is_unknown)
		return true;
	if (!ef_efuse_read(&chip->efuse.no_encrypt, &regs, &no_encrypt, err) ||
	    !ef_efuse_read(&chip->efuse.key_manager, &regs, &manager, err) ||
	    !ef_chip_crypt_key(chip, &regs, &has_key, err) ||
	    !ef_chip_crypt_config(chip, &regs, &has_config, err))
		return false;
	ret->has_no_encrypt = no_encrypt != 0;
	ret->has_no_key = !has_key && !manager;
	ret->has_wrong_config = !has_config;
	return true;
}

static bool read_locks(struct ef_flasher *f, struct ef_locks *ret, struct ef_err *err)
{
	const struct ef_chip_efuse *e = &f->dev.chip->efuse;
	const struct ef_regs regs = ef_words_regs(f);
	uint32_t bits, value;

	*ret = (struct ef_locks){ .is_secure_boot = f->dev.is_secure_boot };
	if (!read_crypt_count(f, &regs, &bits, err))
		return false;
	ret->is_encrypted = is_odd(bits);
	if (f->dev.is_secure_download) {
		/* registers can't be read; esptool takes the loader's encryption for off, too */
		ret->has_no_encrypt = ret->is_encrypted;
		return true;
	}
	if (ret->is_encrypted) {
		if (!ef_efuse_read(&e->no_encrypt, &regs, &bits, err) ||
		    !ef_efuse_read(&e->key_manager, &regs, &value, err))
			return false;
		ret->has_no_encrypt = bits != 0;
		ret->is_key_manager = value != 0;
	}
	/* only chips without security info have version 1: bit 0 of the field */
	if (ret->is_secure_boot && !f->dev.has_security) {
		if (!ef_efuse_read(&e->secure_boot, &regs, &bits, err))
			return false;
		ret->is_secure_boot_v1 = bits & 1u;
	}
	return true;
}

/* Context of the step that reads the locks. */
struct locks_read {
	struct ef_flasher *f;
	bool encrypts;
	struct ef_locks locks;
};

static bool locks_step(void *ctx, struct ef_err *err)
{
	struct locks_read *l = ctx;

	return read_locks(l->f, &l->locks, err) &&
	       (!l->encrypts || read_crypt(l->f, &l->locks, err));
}

static bool try_locks(struct ef_flasher *f, const struct ef_plan *plan, struct ef_locks *ret,
		      struct ef_err *err)
{
	struct locks_read l = { .f = f, .encrypts = encrypts(plan) };
	struct ef_try reading = { .work = EF_WORK_READ, .step = locks_step, .ctx = &l };

	if (!ef_try(f, &reading, err))
		return false;
	*ret = l.locks;
	return true;
}

/* ---- the table on the chip ---- */

/* It is not an error if the table can't be read or is invalid: the gate then has fewer facts. */
static bool read_table(struct ef_flasher *f, uint32_t at, struct ef_partition_table *ret)
{
	uint8_t bin[EF_PARTITION_TABLE_SIZE];
	struct ef_err why = EF_ERR_INIT;
	bool ok = ef_flasher_read_table(f, at, bin, &why) &&
		  ef_partition_parse_binary(bin, sizeof(bin), ret, &why) && ret->count > 0;

	if (!ok)
		ef_log(EF_LOG_DEBUG, "no partition table at 0x%08x: %s", at, why.msg);
	return ok;
}

static bool may_have_table(const struct ef_flasher *f, const struct ef_plan *plan, uint32_t at)
{
	uint32_t size = f->dev.flash_size;

	return !f->dev.is_secure_download && ef_plan_needs_table(plan) && size &&
	       ef_range_ok(at, EF_PARTITION_TABLE_SIZE, size);
}

/* The usual case when a board is flashed again. It spares reading the table. */
static bool has_same_table(struct ef_flasher *f, const struct ef_plan *plan)
{
	const struct ef_plan_region *r = ef_plan_table_region(plan);
	uint8_t is[EF_MD5_LEN], want[EF_MD5_LEN];
	struct ef_err why = EF_ERR_INIT;

	if (!r || !ef_flasher_md5(f, r->region.addr, r->region.len, is, &why))
		return false;
	ef_md5(r->region.data, r->region.len, want);
	return memcmp(is, want, sizeof(is)) == 0;
}

/* ---- the plan that passed ---- */

void ef_checked_free(struct ef_checked *c)
{
	if (!c)
		return;
	free(c->regions);
	free(c->encrypts);
	free(c->erases);
	free(c);
}

static struct ef_checked *keep(const struct ef_plan *plan)
{
	struct ef_checked *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->regions = calloc(plan->region_count + 1, sizeof(*c->regions));
	c->encrypts = calloc(plan->region_count + 1, sizeof(*c->encrypts));
	c->erases = calloc(plan->erase_count + 1, sizeof(*c->erases));
	if (!c->regions || !c->encrypts || !c->erases) {
		ef_checked_free(c);
		return NULL;
	}
	for (size_t i = 0; i < plan->region_count; i++) {
		c->regions[i] = plan->regions[i].region;
		c->encrypts[i] = plan->regions[i].encrypts;
	}
	for (size_t i = 0; i < plan->erase_count; i++)
		c->erases[i] = plan->erases[i];
	c->region_count = plan->region_count;
	c->erase_count = plan->erase_count;
	return c;
}

static bool refused(const struct ef_findings *found, bool force, struct ef_err *err)
{
	for (size_t i = 0; i < found->count; i++) {
		const struct ef_finding *f = &found->v[i];

		if (!f->is_refusal || (force && !ef_finding_is_final(f->id)))
			continue;
		*err = f->err;
		return true;
	}
	return false;
}

/* A flash that ends before the limit has no addresses that wrap. */
static uint32_t reach_of(const struct ef_flasher *f)
{
	uint32_t reach = ef_flash_reach(f), size = f->dev.flash_size;

	return size && size <= reach ? 0 : reach;
}

static bool check(struct ef_flasher *f, const struct ef_plan *plan, bool force,
		  struct ef_findings *found, struct ef_err *err)
{
	struct ef_target target = { .chip = f->dev.chip,
				    .has_revision = f->dev.has_revision,
				    .revision = f->dev.revision,
				    .flash_size = f->dev.flash_size,
				    .reach = reach_of(f),
				    .is_plain_loader = !ef_session_encrypts(f) };
	uint32_t at = plan->table_offset ? plan->table_offset : EF_PARTITION_TABLE_OFFSET;
	struct ef_partition_table table;

	if (!try_locks(f, plan, &target.locks, err))
		return false;
	if (may_have_table(f, plan, at) && !has_same_table(f, plan) && read_table(f, at, &table))
		target.table = &table;
	ef_plan_check(plan, &target, found);
	return !refused(found, force, err);
}

bool ef_flasher_check(struct ef_flasher *f, const struct ef_plan *plan, bool force,
		      struct ef_findings *ret_findings, const struct ef_checked **ret,
		      struct ef_err *err)
{
	struct ef_findings *own = ret_findings ? NULL : calloc(1, sizeof(*own));
	struct ef_findings *found = own ? own : ret_findings;
	bool ok;

	ef_checked_free(f->to_write.checked);
	f->to_write.checked = NULL;
	if (!found)
		return ef_fail(err, EF_E_IO, "out of memory");
	found->count = found->left_out = 0;
	ok = check(f, plan, force, found, err);
	free(own);
	if (!ok)
		return false;
	f->to_write.checked = keep(plan);
	if (!f->to_write.checked)
		return ef_fail(err, EF_E_IO, "out of memory");
	*ret = f->to_write.checked;
	return true;
}
