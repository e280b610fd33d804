/* SPDX-License-Identifier: MIT */
/*
 * Models flash encryption as a host can observe it. No host has a chip's key, so the cipher is a
 * stand-in: every byte is combined with one that depends on its address alone. Like the real one it
 * gives the same bytes for the same content at the same address, and other bytes at another
 * address.
 */
#include <stdlib.h>

#include "sim/parts.h"
#include "sim/sim.h"

/* Mix the bytes for four addresses with the finalizer of MurmurHash3, an arbitrary choice. */
static uint32_t mask_of(uint32_t addr)
{
	uint32_t x = addr / 4 + 0x5e1f4e55u;

	x = (x ^ x >> 16) * 0x85ebca6bu;
	x = (x ^ x >> 13) * 0xc2b2ae35u;
	return x ^ x >> 16;
}

void sim_crypt(uint32_t addr, uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len; i++, addr++)
		data[i] ^= (uint8_t)(mask_of(addr) >> 8 * (addr % 4));
}

bool sim_crypt_has_key(const struct sim *sim)
{
	return sim->opts.locks.encryption != SIM_ENCRYPTION_OFF;
}

bool sim_crypt_is_on(const struct sim *sim)
{
	return sim_crypt_has_key(sim) && sim->opts.locks.encryption != SIM_ENCRYPTION_KEY;
}

/*
 * Espressif has not published what a chip writes if it has no key, or if an eFuse forbids the
 * loader's encryption. The board then writes plain content, since a host must notice exactly that.
 */
bool sim_crypt_program(struct sim *sim, uint32_t addr, const uint8_t *data, uint32_t len)
{
	/* esptool: FLASH_ENCRYPTED_WRITE_ALIGN of the ESP32; esp-stub-lib flash.c: 16 elsewhere */
	uint32_t align = sim->chip->family == SIM_FAMILY_OLD ? 32 : 16;
	uint8_t *copy;
	bool ok;

	if (addr % align || len % align)
		return false;
	if (!sim_crypt_has_key(sim) || sim->opts.locks.encryption == SIM_ENCRYPTION_RELEASE)
		return sim_flash_program(sim, addr, data, len);
	copy = malloc(len ? len : 1);
	if (!copy)
		return false;
	memcpy(copy, data, len);
	sim_crypt(addr, copy, len);
	ok = sim_flash_program(sim, addr, copy, len);
	free(copy);
	return ok;
}

/* ---- a boot sees the flash decrypted ---- */

uint8_t *sim_crypt_open(struct sim *sim)
{
	uint8_t *was = sim->flash.data, *plain;

	if (!was || !sim_crypt_is_on(sim))
		return NULL;
	plain = malloc(sim->flash.size);
	if (!plain)
		return NULL;
	memcpy(plain, was, sim->flash.size);
	sim_crypt(0, plain, sim->flash.size);
	sim->flash.data = plain;
	return was;
}

/* The bootloader may have written otadata. */
void sim_crypt_close(struct sim *sim, uint8_t *was)
{
	if (!was)
		return;
	sim_crypt(0, sim->flash.data, sim->flash.size);
	for (uint32_t at = 0; at < sim->flash.size; at += SIM_SECTOR)
		if (memcmp(was + at, sim->flash.data + at, SIM_SECTOR) != 0)
			memcpy(was + at, sim->flash.data + at, SIM_SECTOR);
	free(sim->flash.data);
	sim->flash.data = was;
}
