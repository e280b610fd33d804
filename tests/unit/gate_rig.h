/* SPDX-License-Identifier: MIT */
/* Content for the gate, and checks of what it finds: images, tables, one region at a place. */
#ifndef GATE_RIG_H
#define GATE_RIG_H

#include <stdlib.h>

#include <espflash/image.h>

#include "base/bytes.h"
#include "base/hash.h"
#include "flasher_rig.h"

#define FLASH (4u * 1024 * 1024)

struct content {
	uint8_t data[0x20000];
	uint32_t len;
};

/* The expectation: a name of a finding, "" for none. */
static struct ef_findings found;

static inline void expect(const char *name, bool is_refusal, const char *words)
{
	if (!*name) {
		ck_assert_msg(found.count == 0, "%s: %s", ef_finding_name(found.v[0].id),
			      found.v[0].err.msg);
		return;
	}
	ck_assert_msg(found.count > 0, "nothing found, not even %s", name);
	ck_assert_msg(!strcmp(ef_finding_name(found.v[0].id), name), "%s: %s, not %s",
		      ef_finding_name(found.v[0].id), found.v[0].err.msg, name);
	ck_assert_int_eq(found.v[0].is_refusal, is_refusal);
	ck_assert_msg(strstr(found.v[0].err.msg, words) != NULL, "'%s' is not in '%s'", words,
		      found.v[0].err.msg);
}

static inline struct ef_target target_of(const struct ef_chip *chip)
{
	return (struct ef_target){
		.chip = chip, .has_revision = true, .revision = 101, .flash_size = FLASH
	};
}

/* Check one region with a table that is on the chip (NULL: none). */
static inline void check_at(const struct ef_target *target, uint32_t addr, const uint8_t *data,
			    uint32_t len)
{
	const struct ef_plan_region r = { .region = { addr, data, len, "x.bin" } };
	const struct ef_plan plan = { .regions = &r, .region_count = 1 };

	ef_plan_check(&plan, target, &found);
}

/* Check one region and one erase; NULL: none. */
static inline void check_plan(const struct ef_target *t, const struct ef_plan_region *r,
			      const struct ef_plan_erase *e)
{
	const struct ef_plan plan = {
		.regions = r, .region_count = r != NULL, .erases = e, .erase_count = e != NULL
	};

	ef_plan_check(&plan, t, &found);
}

static inline bool has_finding(const char *name)
{
	for (size_t i = 0; i < found.count; i++)
		if (strcmp(ef_finding_name(found.v[i].id), name) == 0)
			return true;
	return false;
}

static uint8_t noise[0x20000]; /* of no known form */

static inline void fill_noise(void)
{
	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (uint8_t)(i * 7 + i / 256);
}

/* ---- images ---- */

static inline uint32_t address_of(const struct ef_chip *chip, enum ef_mem_kind kind,
				  enum ef_mem_kind other)
{
	for (size_t i = 0; i < EF_CHIP_MEMS && chip->mem[i].end; i++)
		if (chip->mem[i].kind == kind || chip->mem[i].kind == other)
			return chip->mem[i].start + 0x20;
	return 0;
}

/* An image of one segment, as esp_app_format.h has it: checksum seed ef, digest behind. */
static inline void make(struct content *c, const struct ef_chip *chip, uint32_t addr,
			const uint8_t *seg, uint32_t seg_len)
{
	uint32_t end = (32 + seg_len) / 16 * 16 + 16;
	uint8_t sum = 0xef;

	memset(c, 0, sizeof(*c));
	memcpy(c->data, (uint8_t[]){ 0xe9, 1, 2, 0x10 }, 4);
	ef_put_le32(c->data + 4, addr);
	c->data[8] = 0xee;
	ef_put_le16(c->data + 12, chip->image_id);
	ef_put_le16(c->data + 17, 0xffff);
	c->data[23] = 1;
	ef_put_le32(c->data + 24, addr);
	ef_put_le32(c->data + 28, seg_len);
	memcpy(c->data + 32, seg, seg_len);
	for (uint32_t i = 0; i < seg_len; i++)
		sum ^= seg[i];
	c->data[end - 1] = sum;
	ef_sha256(c->data, end, c->data + end);
	c->len = end + 32;
}

static inline void make_bootloader(struct content *c, const struct ef_chip *chip)
{
	static const uint8_t seg[256] = "ESP-IDF %s 2nd stage bootloader";

	make(c, chip, address_of(chip, EF_MEM_IRAM, EF_MEM_DRAM), seg, sizeof(seg));
}

static inline void make_app(struct content *c, const struct ef_chip *chip)
{
	static const uint8_t seg[512] = { 0x32, 0x54, 0xcd, 0xab };

	make(c, chip, address_of(chip, EF_MEM_DROM, EF_MEM_IROM), seg, sizeof(seg));
}

static inline void make_ram(struct content *c, const struct ef_chip *chip)
{
	static const uint8_t seg[256] = { 1, 2, 3 };

	make(c, chip, address_of(chip, EF_MEM_IRAM, EF_MEM_DRAM), seg, sizeof(seg));
}

static inline void again(struct content *c) /* a new digest after a change of the header */
{
	ef_sha256(c->data, c->len - 32, c->data + c->len - 32);
}

static inline void make_table(struct ef_partition_table *t)
{
	static const char csv[] = "nvs,data,nvs,0x9000,0x6000\nphy,data,phy,0xf000,0x1000\n"
				  "factory,app,factory,0x10000,0x10000\n"
				  "ota_0,app,ota_0,0x20000,0x100000\n"
				  "storage,data,spiffs,0x120000,0x100000\n"
				  "secret,data,nvs,0x220000,0x3000,encrypted\n";
	struct ef_err err = EF_ERR_INIT;

	ck_ok(ef_partition_parse((const uint8_t *)csv, sizeof(csv) - 1,
				 &(struct ef_partition_opts){ 0 }, t, &err),
	      &err);
}

/* The signature sector of secure boot V2 (ets_secure_boot_sig_block_t): digest at 4, CRC at 1196.
 */
static inline void sign(struct content *c)
{
	uint32_t at = (c->len + 0xfff) / 0x1000 * 0x1000;

	memset(c->data + c->len, 0xff, at - c->len);
	memset(c->data + at, 0, 0x1000);
	c->data[at] = 0xe7;
	c->data[at + 1] = 2;
	ef_sha256(c->data, at, c->data + at + 4);
	ef_put_le32(c->data + at + 1196, ef_crc32(c->data + at, 1196));
	c->len = at + 0x1000;
}

#endif
