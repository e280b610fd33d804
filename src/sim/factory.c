/* SPDX-License-Identifier: MIT */
/*
 * Makes a bootloader image of our own. Header, checksum, digest and descriptor are valid. Its code
 * is an endless loop, because boot.c does the bootloader's work.
 */
#include "base/hash.h"
#include "sim/parts.h"
#include "sim/sim.h"
#include "sim/request.h"

/* RISC-V "j ." and Xtensa "j ." (06 ff ff), each padded to a word */
#define LOOP_RISCV  0x0000006fu
#define LOOP_XTENSA 0x00ffff06u

static bool is_xtensa(const struct sim *sim)
{
	return sim->chip->image_id == 0 || sim->chip->image_id == 2 || sim->chip->image_id == 9;
}

static void put_descriptor(struct ef_wr *w)
{
	uint8_t d[80] = { 0x50 };
	static const char version[] = "espsim bootloader", date[] = "Jan  1 2026 00:00:00";

	ef_put_le32(d + 4, 1);
	memcpy(d + 8, version, sizeof(version));
	memcpy(d + 40, date, sizeof(date));
	ef_wr_bytes(w, d, sizeof(d));
}

static uint8_t size_code(const struct sim *sim)
{
	uint8_t code = 0;

	while (code < 7 && (1u << 20) << code < sim->flash.size)
		code++;
	return code;
}

static size_t build(const struct sim *sim, uint8_t *out, size_t cap)
{
	struct ef_wr w = ef_wr_init(out, cap);
	const struct sim_chip *chip = sim->chip;
	uint32_t data_at = chip->mem.ram[0].start + 0x8000, code_at;
	uint8_t hash[32];

	/* on chips with one RAM for both, code follows data */
	code_at = chip->mem.ram[1].start >= 0x40000000 && is_xtensa(sim)
			  ? chip->mem.ram[1].start + 0x8000
			  : data_at + 0x1000;
	ef_wr_u8(&w, 0xe9);
	ef_wr_u8(&w, 2);
	ef_wr_u8(&w, 2); /* DIO */
	/* code 0xf is the fastest frequency, except on the C6, where 0 is 80 MHz */
	ef_wr_u8(&w, (uint8_t)(size_code(sim) << 4 | (chip->image_id == 13 ? 0 : 15)));
	ef_wr_le32(&w, code_at);
	ef_wr_u8(&w, 0xee); /* no write-protect pin */
	ef_wr_fill(&w, 0, 3);
	ef_wr_le16(&w, chip->image_id);
	ef_wr_u8(&w, 0);
	ef_wr_le16(&w, 0);
	ef_wr_le16(&w, 0xffff);
	ef_wr_fill(&w, 0, 4);
	ef_wr_u8(&w, 1); /* digest appended */
	ef_wr_le32(&w, data_at);
	ef_wr_le32(&w, 80);
	put_descriptor(&w);
	ef_wr_le32(&w, code_at);
	ef_wr_le32(&w, 256);
	for (unsigned i = 0; i < 64; i++)
		ef_wr_le32(&w, is_xtensa(sim) ? LOOP_XTENSA : LOOP_RISCV);
	ef_wr_fill(&w, 0, 15 - w.len % 16);
	ef_wr_u8(&w, (uint8_t)(sim_checksum(out + 32, 80) ^ sim_checksum(out + 32 + 80 + 8, 256) ^
			       0xef));
	if (w.bad)
		return 0;
	ef_sha256(out, w.len, hash);
	ef_wr_bytes(&w, hash, sizeof(hash));
	return w.bad ? 0 : w.len;
}

/* Write only to blank flash: a board's own bootloader stays. */
void sim_factory(struct sim *sim)
{
	uint8_t image[1024];
	size_t len = build(sim, image, sizeof(image));
	uint32_t at = sim->chip->boot_addr;

	if (!len || !sim->flash.data || !sim_flash_is_blank(sim, at, 0x1000))
		return;
	if (sim_crypt_is_on(sim))
		sim_crypt(at, image, len);
	memcpy(sim->flash.data + at, image, len);
}
