/* SPDX-License-Identifier: MIT */
/*
 * Models the NOR flash chip. Programming only clears bits, and erasing sets whole sectors. A range
 * beyond the end is an error. The chip doesn't answer until the loader has attached it.
 */
#include <stdlib.h>

#include "base/hash.h"
#include "sim/parts.h"

bool sim_flash_init(struct sim *sim)
{
	uint32_t size = sim->opts.flash_size;

	if (size == SIM_NO_FLASH)
		return true;
	if (size == 0)
		size = 4u << 20;
	if (size < SIM_SECTOR || size % SIM_SECTOR || size > 256u << 20)
		return false;
	sim->flash.size = size;
	sim->flash.data = sim->opts.flash;
	if (!sim->flash.data) {
		sim->flash.data = malloc(size);
		if (!sim->flash.data)
			return false;
		memset(sim->flash.data, 0xff, size);
		sim->flash.is_own = true;
	}
	return true;
}

bool sim_flash_reachable(const struct sim *sim)
{
	return sim->flash.data && sim->flash.is_attached && sim->flash.is_powered;
}

/* Manufacturer Winbond, type 40h, capacity as a power of two: datasheet W25Q, "JEDEC ID". */
uint32_t sim_flash_id(const struct sim *sim)
{
	uint32_t log2 = 0;

	if (!sim_flash_reachable(sim))
		return 0xffffffu;
	while (log2 < 31 && (1u << log2) < sim->flash.size)
		log2++;
	/* beyond 32 MB the codes continue at 20h, as on real parts */
	if (log2 >= 26)
		log2 = log2 - 26 + 0x20;
	return log2 << 16 | 0x40u << 8 | 0xefu;
}

/*
 * Return the flash address that an address of the loader leads to. ROMs and most stubs send 24 bits
 * of it, so addresses above 16 MB wrap to the bottom (esptool docs, "flash sizes above 16 MB").
 */
static uint32_t flash_at(const struct sim *sim, uint32_t addr)
{
	bool is_long = sim->mode == SIM_MODE_STUB && sim->chip->has_long_stub;

	return is_long ? addr : addr & 0xffffffu;
}

void sim_flash_copy(const struct sim *sim, uint32_t addr, uint8_t *ret, uint32_t len)
{
	while (len) {
		uint32_t n = SIM_SECTOR - addr % SIM_SECTOR;

		if (n > len)
			n = len;
		memcpy(ret, sim->flash.data + flash_at(sim, addr), n);
		addr += n;
		ret += n;
		len -= n;
	}
}

bool sim_flash_erase(struct sim *sim, uint32_t addr, uint32_t len)
{
	uint32_t from = addr / SIM_SECTOR * SIM_SECTOR, end;

	if (!sim_flash_reachable(sim) || !ef_range_ok(addr, len, sim->flash.size))
		return false;
	if (!ef_align_u32(addr + len, SIM_SECTOR, &end) || end > sim->flash.size)
		return false;
	if (len == 0)
		return true;
	for (uint32_t at = from; at < end; at += SIM_SECTOR)
		memset(sim->flash.data + flash_at(sim, at), 0xff, SIM_SECTOR);
	sim->flash.erased += end - from;
	return true;
}

static void program_page(struct sim *sim, uint32_t addr, const uint8_t *data, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++)
		sim->flash.data[addr + i] &= data[i];
	if (sim->opts.faults.corrupt_flash) {
		for (uint32_t i = 0; i < len; i++) {
			if (data[i] != 0) {
				sim->flash.data[addr + i] &= (uint8_t)(data[i] - 1);
				sim->opts.faults.corrupt_flash--;
				break;
			}
		}
	}
}

/* Programming takes more current than anything else a loader does. */
static bool is_supply_failing(struct sim *sim)
{
	unsigned every = sim->opts.faults.every.brownout;

	if (!every || sim->flash.programs % every)
		return false;
	sim->mode = SIM_MODE_DEAD;
	sim->reset.at = sim->now + 1000;
	sim->reset.cause = SIM_BROWNOUT;
	return true;
}

bool sim_flash_program(struct sim *sim, uint32_t addr, const uint8_t *data, uint32_t len)
{
	if (!sim_flash_reachable(sim) || !ef_range_ok(addr, len, sim->flash.size))
		return false;
	while (len) {
		uint32_t n = SIM_PAGE - addr % SIM_PAGE;

		if (n > len)
			n = len;
		if (++sim->flash.programs == sim->opts.faults.fail_program_at ||
		    is_supply_failing(sim))
			return false;
		program_page(sim, flash_at(sim, addr), data, n);
		addr += n;
		data += n;
		len -= n;
	}
	return true;
}

bool sim_flash_md5(const struct sim *sim, uint32_t addr, uint32_t len, uint8_t ret[16])
{
	uint8_t *copy;

	if (!sim_flash_reachable(sim) || !ef_range_ok(addr, len, sim->flash.size))
		return false;
	if (flash_at(sim, addr + len) == addr + len) {
		ef_md5(sim->flash.data + addr, len, ret);
		return true;
	}
	copy = malloc(len);
	if (!copy)
		return false;
	sim_flash_copy(sim, addr, copy, len);
	ef_md5(copy, len, ret);
	free(copy);
	return true;
}

bool sim_flash_is_blank(const struct sim *sim, uint32_t addr, uint32_t len)
{
	return ef_range_ok(addr, len, sim->flash.size) && ef_is_blank(sim->flash.data + addr, len);
}

/* Typical times of a W25Q: sector 45 ms, 64 KB block 150 ms, page 0.4 ms. */
uint64_t sim_erase_us(const struct sim *sim, uint32_t addr, uint32_t len)
{
	uint64_t us = 0, end = (uint64_t)addr + len;

	if (!sim->opts.is_paced)
		return 0;
	for (uint64_t a = addr; a < end;) {
		bool is_block = a % SIM_BLOCK == 0 && end - a >= SIM_BLOCK;

		us += is_block ? 150000 : 45000;
		a += is_block ? SIM_BLOCK : SIM_SECTOR;
	}
	return us;
}

uint64_t sim_program_us(const struct sim *sim, uint32_t len)
{
	return sim->opts.is_paced ? (uint64_t)ef_div_up(len, SIM_PAGE) * 400 : 0;
}

/* Reading and hashing run at some 4 MB/s. */
uint64_t sim_md5_us(const struct sim *sim, uint32_t len)
{
	return sim->opts.is_paced ? len / 4 : 0;
}
