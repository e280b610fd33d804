/* SPDX-License-Identifier: MIT */
/*
 * The gate, as a pure function: all chips, kinds of content and places. What must be
 * refused and what must pass is esptool's (cmds.py write_flash), the ROMs' ("Invalid image
 * block, can't boot", "csum err", "Checksum failure", and for a digest "Attempting to boot
 * anyway...") and the ESP-IDF bootloader's (esp_image_format.c, flash_partitions.c).
 */
#include "gate_rig.h"

/* ---- all chips: images at their places ---- */

START_TEST(images_at_their_places)
{
	const struct ef_chip *chip = ef_chip_by_name(rig_chips[_i]);
	struct ef_target t = target_of(chip);
	uint32_t boot = chip->image.boot_addr;
	struct content *c = malloc(sizeof(*c));
	struct ef_partition_table table;

	make_table(&table);
	for (unsigned with_table = 0; with_table < 2; with_table++) {
		t.table = with_table ? &table : NULL;
		make_bootloader(c, chip);
		check_at(&t, boot, c->data, c->len);
		expect("", false, "");
		ck_assert(found.changes_start);
		for (uint32_t at = 0; at < 0x4000; at += 0x1000) {
			if (at == boot)
				continue;
			check_at(&t, at, c->data, c->len);
			expect("BOOTLOADER_PLACE", true, "is a bootloader");
			ck_assert_uint_eq(found.v[0].err.hint.number[0], boot);
		}
		check_at(&t, 0x10000, c->data, c->len);
		expect("BOOTLOADER_PLACE", true, "is a bootloader");
		make_ram(c, chip); /* NuttX, MCUboot, a program for RAM: the ROM starts it */
		check_at(&t, boot, c->data, c->len);
		expect("", false, "");
		make_app(c, chip);
		check_at(&t, 0x10000, c->data, c->len);
		expect("", false, "");
		ck_assert(found.changes_start);
		for (uint32_t at = 0; at <= boot; at += 0x1000) {
			check_at(&t, at, c->data, c->len);
			expect("APP_AT_BOOT", true, "is an app");
			ck_assert_uint_eq(found.v[0].err.hint.number[0], 0x10000);
		}
		check_at(&t, 0x8000, c->data, c->len);
		expect("NOT_TABLE", true, "is an ESP image");
	}
	/* other programs for other chips live in data partitions: a co-processor's firmware */
	t.table = &table;
	make_app(c, ef_chip_by_name(_i ? "esp32" : "esp32c6"));
	check_at(&t, 0x120000, c->data, c->len);
	expect("", false, "");
	make_app(c, chip);
	check_at(&t, 0x120000, c->data, c->len);
	expect("APP_IN_DATA", false, "storage");
	free(c);
}
END_TEST

START_TEST(images_for_another_chip)
{
	const struct ef_chip *chip = ef_chip_by_name(rig_chips[_i]);
	const struct ef_target t = target_of(chip);
	struct content *c = malloc(sizeof(*c));

	for (int i = 0; i < RIG_CHIPS; i++) {
		const struct ef_chip *other = ef_chip_by_name(rig_chips[i]);

		if (other == chip)
			continue;
		make_bootloader(c, other);
		check_at(&t, chip->image.boot_addr, c->data, c->len);
		expect("OTHER_CHIP", true, other->label);
		make_app(c, other);
		check_at(&t, 0x10000, c->data, c->len);
		expect("OTHER_CHIP", true, chip->label);
		/* where it begins counts, even if it reaches over the table's address */
		check_at(&t, 0x7000, c->data, c->len);
		expect("OTHER_CHIP", true, "at 0x00007000");
		check_at(&t, chip->image.boot_addr ? 0 : 0x1000, c->data, c->len);
		expect("OTHER_CHIP", true, other->label);
		check_at(&t, 0x8000, c->data, c->len);
		expect("OTHER_CHIP", true, other->label);
	}
	make_app(c, chip);
	c->data[12] = 0xf0;
	again(c);
	check_at(&t, 0x10000, c->data, c->len);
	expect("OTHER_CHIP", true, "id 240");
	free(c);
}
END_TEST

/* esptool write_flash: min_rev, min_rev_full, max_rev_full; C3 counts the old byte as minor. */
static const struct {
	const char *chip;
	uint16_t revision, min, max;
	uint8_t legacy;
	bool passes;
} revisions[] = {
	{ "esp32c3", 4, 4, 0xffff, 4, true },      { "esp32c3", 3, 4, 0xffff, 4, false },
	{ "esp32c3", 101, 3, 99, 3, false },       { "esp32c3", 3, 0, 0, 3, true },
	{ "esp32c3", 3, 0, 0, 4, false },          { "esp32c3", 104, 0, 0, 4, true },
	{ "esp32c3", 101, 0, 199, 0, true },       { "esp32", 301, 0, 399, 0, true },
	{ "esp32", 100, 0, 0, 3, false },          { "esp32", 300, 0, 0, 3, true },
	{ "esp32", 100, 0, 0xffff, 3, false },     { "esp32p4", 103, 301, 399, 3, false },
	{ "esp32p4", 301, 301, 399, 3, true },     { "esp32p4", 300, 301, 399, 3, false },
	{ "esp32p4", 301, 0, 199, 0, false },      { "esp32p4", 199, 0, 199, 0, true },
	{ "esp32s3", 2, 0, 99, 0, true },          { "esp32s3", 100, 0, 99, 0, false },
	{ "esp32c3", 3, 3, 0xffff, 4, true },      { "esp32c6", 2, 0, 0xffff, 0, true },
	{ "esp32h2", 102, 200, 0xffff, 0, false },
};

START_TEST(revisions_of_images)
{
	const struct ef_chip *chip = ef_chip_by_name(revisions[_i].chip);
	struct ef_target t = target_of(chip);
	struct content *c = malloc(sizeof(*c));

	t.revision = revisions[_i].revision;
	for (unsigned is_app = 0; is_app < 2; is_app++) {
		if (is_app)
			make_app(c, chip);
		else
			make_bootloader(c, chip);
		c->data[14] = revisions[_i].legacy;
		ef_put_le16(c->data + 15, revisions[_i].min);
		ef_put_le16(c->data + 17, revisions[_i].max);
		again(c);
		check_at(&t, is_app ? 0x10000 : chip->image.boot_addr, c->data, c->len);
		if (revisions[_i].passes)
			expect("", false, "");
		else
			expect("REVISION", true, "this chip is v");
	}
	t.has_revision = false; /* secure download mode: not known, so nothing is refused */
	check_at(&t, 0x10000, c->data, c->len);
	expect("", false, "");
	free(c);
}
END_TEST

START_TEST(damaged_images)
{
	const struct ef_chip *chip = ef_chip_by_name(rig_chips[_i]);
	const struct ef_target t = target_of(chip);
	uint32_t boot = chip->image.boot_addr;
	struct content *c = malloc(sizeof(*c));

	make_bootloader(c, chip);
	c->data[3] = 0x00; /* patched without a new digest: ROMs boot it anyway */
	check_at(&t, boot, c->data, c->len);
	expect("STALE_DIGEST", false, "starts it all the same");
	c->data[60] ^= 1;
	check_at(&t, boot, c->data, c->len);
	expect("DAMAGED", true, "checksum");
	make_bootloader(c, chip);
	check_at(&t, boot, c->data, 100);
	expect("DAMAGED", true, "truncated");
	make_bootloader(c, chip);
	c->data[3] = 0x40;
	again(c);
	check_at(&t, boot, c->data, c->len);
	expect("HEADER_SIZE", true, "16MB");
	make_app(c, chip);
	c->data[3] ^= 0x20; /* an app's digest is checked by the bootloader */
	check_at(&t, 0x10000, c->data, c->len);
	expect("DAMAGED", true, "digest");
	make_app(c, chip);
	c->data[3] = 0x70; /* the size in an app's header has no effect */
	again(c);
	check_at(&t, 0x10000, c->data, c->len);
	expect("", false, "");
	free(c);
}
END_TEST

/* ---- files that can't be meant ---- */

static const struct {
	const char *text;
	uint32_t len;
	const char *name;
	bool at_boot, at_table, at_slot; /* refused there */
} files[] = {
	{ "404: Not Found", 14, "text", true, true, true },
	{ "\n\n <!DOCTYPE html>\n<html>", 25, "a web page (HTML)", true, true, true },
	{ "<html><body>", 12, "a web page (HTML)", true, true, true },
	{ "\177ELF\1\1\1\0\0\0\0\0", 12, "an ELF file", true, true, true },
	{ ":020000040000FA\r\n:10", 20, "Intel HEX text", true, true, true },
	{ "S00F000068656C6C6F", 18, "Motorola S-record text", true, true, true },
	{ "UF2\nWQ]\x9e\0\x20\0\0", 12, "a UF2 file", true, true, true },
	{ "\x1f\x8b\x08\0\0\0\0\0", 8, "a gzip file", true, true, true },
	{ "PK\3\4\x14\0\0\0", 8, "a zip archive", true, true, true },
	{ "{ \"name\": \"x\" }", 15, "JSON text", true, true, true },
	{ "# Name, Type\nnvs, data, nvs, 0x9000, 0x6000\n", 44, "a partition table as text", true,
	  true, true },
	{ "\x89PNG\r\n\x1a\n\0\0\0\r", 12, "a picture or document", true, true, true },
	{ "\x3d\xb8\xf3\x96\0\0\0\0", 8, "an app for MCUboot", true, true, false },
	{ "\0\0\0\0\1\2\3\4", 8, "data of an unknown form", true, true, false },
};

START_TEST(files_that_cannot_be_meant)
{
	const uint8_t *data = (const uint8_t *)files[_i].text;
	struct ef_partition_table table;

	make_table(&table);
	for (int i = 0; i < RIG_CHIPS; i++) {
		const struct ef_chip *chip = ef_chip_by_name(rig_chips[i]);
		struct ef_target t = target_of(chip);

		check_at(&t, chip->image.boot_addr, data, files[_i].len);
		expect("NOT_BOOTABLE", true, files[_i].name);
		check_at(&t, 0x8000, data, files[_i].len);
		expect("NOT_TABLE", true, files[_i].name);
		t.table = &table;
		check_at(&t, 0x20000, data, files[_i].len);
		if (files[_i].at_slot)
			expect("NOT_APP", true, files[_i].name);
		else if (data[0])
			expect("", false, "");
		else
			expect("SLOT_UNKNOWN", false, "");
		check_at(&t, 0x120000, data, files[_i].len); /* data is anything */
		expect("", false, "");
		check_at(&t, 0x9000, data, files[_i].len);
		expect("", false, "");
	}
}
END_TEST

/* ---- valid uses ---- */

START_TEST(valid_uses_pass)
{
	const struct ef_chip *c3 = ef_chip_by_name("esp32c3"), *esp32 = ef_chip_by_name("esp32");
	struct ef_target t = target_of(c3);
	static uint8_t blank[0x3000], blob[0x6000];
	static const uint8_t direct[] = "\x1d\x04\xdb\xae\x1d\x04\xdb\xae";
	struct ef_partition_table table;

	memset(blank, 0xff, sizeof(blank));
	for (size_t i = 0; i < sizeof(blob); i++)
		blob[i] = (uint8_t)(i * 7 + i / 256);
	make_table(&table);
	check_at(&t, 0, direct, 8); /* esp32c3-direct-boot-example */
	expect("", false, "");
	check_at(&t, 0x9000, blob, sizeof(blob)); /* an NVS image, no table on the chip */
	expect("", false, "");
	check_at(&t, 0x200000, blob, sizeof(blob));
	expect("", false, "");
	t.table = &table;
	check_at(&t, 0x9000, blob, sizeof(blob));
	expect("", false, "");
	check_at(&t, 0xd000, blob, 0x3000); /* ends with a partition: a copy of two of them */
	expect("", false, "");
	check_at(&t, 0xe000, blob, 0x1800);
	expect("PAST_PARTITION", true, "partition 'nvs'");
	check_at(&t, 0x120000, blob, sizeof(blob));
	expect("", false, "");
	check_at(&t, 0x10000, blank, sizeof(blank));
	expect("", false, "");
	check_at(&t, 0, blank, sizeof(blank));
	expect("BOOT_ERASED", false, "0xff");
	memcpy(blob, "\x3d\xb8\xf3\x96", 4); /* MCUboot's slots are in no table of ESP-IDF's */
	check_at(&t, 0xe000, blob, 0x4100);
	expect("", false, "");
	t.table = NULL;
	check_at(&t, 0x10000, (const uint8_t *)"<html>", 6);
	expect("CONTAINER", false, "a web page");
	check_at(&t, 0x10000, (const uint8_t *)"404: Not Found", 14); /* GitHub's */
	expect("CONTAINER", false, "text '404: Not Found'");
	check_at(&t, 0x30000, (const uint8_t *)"hello\n", 6);
	expect("", false, "");
	/* an ELF that reaches over the table's address */
	memset(blob, 0, sizeof(blob));
	memcpy(blob,
	       "\x7f"
	       "ELF\1\1\1",
	       7);
	check_at(&t, 0x4000, blob, sizeof(blob));
	expect("CONTAINER", false, "an ELF file");
	for (size_t i = 0; i < sizeof(blob); i++)
		blob[i] = (uint8_t)(i * 7 + i / 256);
	t = target_of(esp32);
	check_at(&t, 0, blob, 0x100); /* secure boot V1's digest lies there */
	expect("", false, "");
}
END_TEST

/* ---- locks ---- */

static void check_erase(const struct ef_target *t, uint32_t addr, uint32_t len)
{
	const struct ef_plan_erase e = { .addr = addr, .len = len, .is_whole = len == 0 };
	const struct ef_plan plan = { .erases = &e, .erase_count = 1 };

	ef_plan_check(&plan, t, &found);
}

START_TEST(signed_images_pass)
{
	const struct ef_chip *chip = ef_chip_by_name(rig_chips[_i]);
	struct ef_target t = target_of(chip);
	struct content *c = malloc(sizeof(*c));
	struct ef_partition_table table;

	make_table(&table);
	t.table = &table;
	t.locks.is_secure_boot = true;
	make_bootloader(c, chip);
	sign(c);
	check_at(&t, chip->image.boot_addr, c->data, c->len);
	expect("", false, "");
	make_app(c, chip);
	sign(c);
	check_at(&t, 0x10000, c->data, c->len);
	expect("", false, "");
	c->data[8] = 0; /* changed after it was signed */
	ef_sha256(c->data, 560, c->data + 560);
	check_at(&t, 0x10000, c->data, c->len);
	expect("LOCK_SIGNATURE", true, "no valid signature");
	free(c);
}
END_TEST

START_TEST(locks)
{
	const struct ef_chip *chip = ef_chip_by_name(rig_chips[_i]);
	struct ef_target t = target_of(chip);
	uint32_t boot = chip->image.boot_addr;
	struct content *c = malloc(sizeof(*c));
	struct ef_partition_table table;

	make_table(&table);
	t.table = &table;
	check_erase(&t, 0, 0);
	expect("", false, "");
	t.locks.is_secure_boot = true;
	check_erase(&t, 0, 0);
	expect("LOCK_ERASE", true, "secure boot");
	check_erase(&t, boot, 0x1000);
	expect("LOCK_ERASE", true, "secure boot");
	check_erase(&t, 0x10000, 0x1000);
	expect("LOCK_ERASE", true, "secure boot");
	check_erase(&t, 0x9000, 0x6000); /* settings are never started */
	expect("", false, "");
	make_bootloader(c, chip);
	check_at(&t, boot, c->data, c->len);
	expect("LOCK_SIGNATURE", true, "no valid signature");
	make_app(c, chip);
	check_at(&t, 0x10000, c->data, c->len);
	expect("LOCK_SIGNATURE", true, "no valid signature");
	t.locks.is_secure_boot_v1 = true;
	make_bootloader(c, chip);
	check_at(&t, boot, c->data, c->len);
	expect("LOCK_V1", true, "below 0x8000");

	t.locks = (struct ef_locks){ .is_encrypted = true };
	check_at(&t, boot, c->data, c->len);
	expect("LOCK_PLAIN", true, "flash encryption");
	check_at(&t, 0x9000, c->data, c->len);
	expect("", false, "");
	check_at(&t, 0x220000, (const uint8_t *)"text", 4);
	expect("LOCK_PLAIN", true, "flash encryption");
	for (uint32_t i = 0; i < c->len; i++)
		c->data[i] ^= (uint8_t)(0x5a + i * 11); /* ciphertext, for all that can be told */
	t.table = NULL;
	check_at(&t, boot, c->data, c->len);
	expect("", false, "");
	check_erase(&t, 0, 0);
	expect("LOCK_ERASE", true, "flash encryption");
	t.locks.has_no_encrypt = true;
	check_at(&t, 0x10000, c->data, c->len);
	expect("LOCK_NO_ENCRYPT", true, "garbage");
	t.locks.is_key_manager = true;
	check_at(&t, 0x1000, c->data, 16);
	expect("LOCK_KEY", true, "0x2000");
	free(c);
}
END_TEST

Suite *suite_plan_check(void);
Suite *suite_plan_check(void)
{
	Suite *s = suite_create("plan_check");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, images_at_their_places, 0, RIG_CHIPS);
	tcase_add_loop_test(t, images_for_another_chip, 0, RIG_CHIPS);
	tcase_add_loop_test(t, revisions_of_images, 0, (int)EF_ARRAY_LEN(revisions));
	tcase_add_loop_test(t, damaged_images, 0, RIG_CHIPS);
	tcase_add_loop_test(t, files_that_cannot_be_meant, 0, (int)EF_ARRAY_LEN(files));
	tcase_add_test(t, valid_uses_pass);
	tcase_add_loop_test(t, signed_images_pass, 0, RIG_CHIPS);
	tcase_add_loop_test(t, locks, 0, RIG_CHIPS);
	suite_add_tcase(s, t);
	return s;
}
