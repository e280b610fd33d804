/* SPDX-License-Identifier: MIT */
/*
 * Checks whether the eFuses have what flash encryption needs. The checks are those that esptool
 * asks before it lets a loader encrypt (targets: is_flash_encryption_key_valid and
 * get_flash_crypt_config).
 */
#include <espflash/chip.h>

/* Purposes of a key block: espefuse, efuse_defs, KEY_PURPOSE_0 of all chips since the S2 */
#define XTS_AES_256_KEY_1 2u
#define XTS_AES_256_KEY_2 3u
#define XTS_AES_128_KEY   4u
/* FLASH_CRYPT_CONFIG: all four parts of an address change the key; esptool wants no other. */
#define CONFIG_ALL 0xfu

static bool has_purpose(const struct ef_chip_crypt *c, const struct ef_regs *regs, bool *ret,
			struct ef_err *err)
{
	uint32_t seen = 0, value;

	for (size_t i = 0; i < EF_CHIP_KEYS; i++) {
		if (!ef_efuse_read(&c->purpose[i], regs, &value, err))
			return false;
		seen |= 1u << value;
	}
	*ret = seen & 1u << XTS_AES_128_KEY ||
	       (seen & 1u << XTS_AES_256_KEY_1 && seen & 1u << XTS_AES_256_KEY_2);
	return true;
}

/* A read-protected key counts as burnt; one that can be read must not be all zeros. */
static bool is_block_written(const struct ef_chip_crypt *c, const struct ef_regs *regs, bool *ret,
			     struct ef_err *err)
{
	uint32_t is_long, hidden, value = 0;
	unsigned words = c->block_words;

	if (!ef_efuse_read(&c->is_long, regs, &is_long, err) ||
	    !ef_efuse_read(&c->hidden, regs, &hidden, err))
		return false;
	if (is_long)
		words *= 2;
	*ret = is_long ? hidden == 3 : hidden & 1u;
	for (unsigned i = 0; i < words && !*ret; i++) {
		if (!regs->read(regs->ctx, c->block + 4 * i, &value, err))
			return false;
		*ret = value != 0;
	}
	return true;
}

bool ef_chip_crypt_key(const struct ef_chip *chip, const struct ef_regs *regs, bool *ret,
		       struct ef_err *err)
{
	const struct ef_chip_crypt *c = &chip->crypt;

	return c->block ? is_block_written(c, regs, ret, err) : has_purpose(c, regs, ret, err);
}

bool ef_chip_crypt_config(const struct ef_chip *chip, const struct ef_regs *regs, bool *ret,
			  struct ef_err *err)
{
	const struct ef_chip_crypt *c = &chip->crypt;
	uint32_t hidden, value;

	*ret = true;
	if (!c->config.part[0].width)
		return true;
	if (!ef_efuse_read(&c->config_hidden, regs, &hidden, err) ||
	    !ef_efuse_read(&c->config, regs, &value, err))
		return false;
	*ret = hidden || value == CONFIG_ALL;
	return true;
}
