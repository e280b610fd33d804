/* SPDX-License-Identifier: MIT */
/*
 * Estimates what it takes to write sectors. A stub receives a block while it erases and programs
 * the one before, so the slower of the two counts most. But it works only when 32 KiB are inflated,
 * so for that much of each run both count. A ROM does one after the other.
 */
#include "flasher/diff_cost.h"

#include "base/util.h"
#include "flasher/baud.h"

/*
 * A flash chip erases a sector in 45 ms and 64 KiB in 150 ms, and programs a page of 256 bytes in
 * 0.4 ms (Winbond W25Q32JV datasheet, typical values). Both loaders erase aligned blocks of 64 KiB
 * at once (esp-flasher-stub command_handler.c; ESP-IDF esp_rom_spiflash_erase_area).
 */
#define ERASE_SECTOR_US 45000u
#define ERASE_BLOCK_US  150000u
#define PROGRAM_US      6554u /* of a sector */
#define USB_NS_PER_BYTE 1000u
/* BEGIN, the last block, END, and the wait until the last block is written. */
#define RUN_EXCHANGES 4u
/* A stub's inflate buffer (esptool cmds.py) */
#define STEP 8u
/*
 * The chip works in steps, and only one block is on its way meanwhile. So part of the shorter work
 * counts, too: about a third in front of the virtual board, at 460800 to 2000000 baud.
 */
#define UNEVEN 3u
/* A group is asked about in so many parts. */
#define PARTS 4u

/* Return the time of two works that go on beside each other. *ret_more: else, so much more. */
static uint64_t beside(uint64_t wire_us, uint64_t chip_us, uint64_t *ret_more)
{
	uint64_t slow_us = wire_us > chip_us ? wire_us : chip_us;
	uint64_t all_us = slow_us + (wire_us + chip_us - slow_us) / UNEVEN;

	*ret_more = wire_us + chip_us - all_us;
	return all_us;
}

void diff_cost_find(struct diff_cost *ret, const struct ef_flasher *f, unsigned packed_percent)
{
	uint64_t wire_ns = ef_baud_has_rate(f) && f->rate_hz ? 10000000000u / f->rate_hz
							     : USB_NS_PER_BYTE;
	bool is_stub = f->rom.loader == EF_LOADER_STUB;
	uint64_t wire_us = wire_ns * EF_SECTOR / 1000u * (is_stub ? packed_percent : 100u) / 100u;
	uint64_t sector_us = ERASE_SECTOR_US + PROGRAM_US;
	uint64_t block_us = ERASE_BLOCK_US / DIFF_BLOCK + PROGRAM_US;

	if (is_stub) {
		ret->sector_us = beside(wire_us, sector_us, &ret->sector_more_us);
		ret->block_us = beside(wire_us, block_us, &ret->block_more_us);
	} else {
		ret->sector_us = wire_us + sector_us;
		ret->block_us = wire_us + block_us;
		ret->sector_more_us = ret->block_more_us = 0;
	}
}

uint64_t diff_cost_exchanges_us(uint64_t trip_us)
{
	return RUN_EXCHANGES * trip_us;
}

uint32_t diff_cost_first(uint32_t sectors)
{
	return sectors < STEP ? sectors : STEP;
}

uint64_t diff_cost_run_us(const struct diff_cost *c, uint32_t sectors, uint64_t trip_us)
{
	return sectors * c->sector_us + diff_cost_first(sectors) * c->sector_more_us +
	       diff_cost_exchanges_us(trip_us);
}

uint64_t diff_cost_block_us(const struct diff_cost *c, uint64_t trip_us)
{
	return DIFF_BLOCK * c->block_us + diff_cost_first(DIFF_BLOCK) * c->block_more_us +
	       diff_cost_exchanges_us(trip_us);
}

/* Return the number of questions that tell which of these sectors differ, times 1000. */
static uint64_t questions(uint32_t sectors, uint64_t same)
{
	uint64_t part_same = same * same / 1000u * same / 1000u * same / 1000u; /* all of a part */

	if (sectors <= PARTS)
		return sectors * UINT64_C(1000);
	return ef_div_up(sectors, PARTS) * UINT64_C(1000) + sectors * (1000u - part_same);
}

uint64_t diff_cost_parts_us(const struct diff_cost *c, uint32_t sectors, uint32_t same_permille,
			    uint64_t trip_us)
{
	uint64_t same = same_permille, differ = 1000u - same, written = sectors * differ;
	/* a run begins at the first sector, and at each that follows one that is the same */
	uint64_t runs = differ * (1000u + (sectors - 1) * same) / 1000u;
	uint64_t first = runs * STEP < written ? runs * STEP : written;

	return (written * c->sector_us + first * c->sector_more_us +
		runs * diff_cost_exchanges_us(trip_us) + questions(sectors, same) * trip_us) /
	       1000u;
}

uint64_t diff_cost_program_us(uint32_t sectors)
{
	return (uint64_t)sectors * PROGRAM_US;
}

uint64_t diff_cost_erase_us(uint32_t sectors)
{
	return (uint64_t)sectors * ERASE_SECTOR_US;
}
