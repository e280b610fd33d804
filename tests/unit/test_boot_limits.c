/* SPDX-License-Identifier: MIT */
/*
 * Limits of what is known of bootloaders: the strings and the form that make one, how long a
 * search goes on, which two differ only in their crystal, and each line of a configuration.
 */
#include <espflash/boot.h>

#include "base/util.h"
#include "boot_maker.h"

static uint8_t image[MADE_BOOT_MAX];
static struct ef_err err;

/* ---- versions without a descriptor ---- */

/* IDF_VER is "v", a digit, a dot, a digit, and printable text up to a NUL; it begins a string. */
static const struct {
	const char *text, *version;
} versions[] = {
	{ "v4.4", "v4.4" },
	{ "v4.4.3-dirty", "v4.4.3-dirty" },
	{ "v0.9~", "v0.9~" },
	{ "v9.0", "v9.0" },
	{ "w4.4", "" },
	{ "v/.4", "" },
	{ "v:.4", "" },
	{ "v4,4", "" },
	{ "v4./", "" },
	{ "v4.:", "" },
	{ "v4.4 beta", "" },
	{ "v4.4\x7f", "" },
	{ "v4.4\x1f", "" },
	{ "av4.4", "" },
	{ "v1.2.......................... 32", "" },
	{ "v1.2............................", "v1.2............................" }, /* 32 */
	{ "v1.2.............................", "" },                                /* 33 */
};

START_TEST(version_of_an_old_one)
{
	const struct make_boot m = { .chip = "esp32", .text = versions[_i].text };
	size_t len = make_boot(&m, image);
	struct ef_boot b;

	ck_ok(ef_boot_judge(image, len, &b, &err), &err);
	ck_assert_str_eq(b.idf_version, versions[_i].version);
	ck_assert_str_eq(b.date, "");
	ck_assert(!b.is_certain && !b.burns_efuses);
	ck_assert_uint_eq(b.len, len);
	ck_assert_uint_eq(b.off, 0);
	ck_assert_ptr_eq(b.data, image);
}
END_TEST

/* The first that fits its field counts. */
START_TEST(first_version_counts)
{
	const struct make_boot m = { .chip = "esp32",
				     .text = "v1.2............................."
					     "" };
	struct ef_boot b;

	(void)make_boot(&m, image);
	memcpy(image + 200, "v2.2\0v3.3", 9);
	for (unsigned i = 0; i < 10; i++)
		image[24 + 8 + 256 + 8 + 15] ^= image[200 + i]; /* keeps the checksum */
	ck_ok(ef_boot_judge(image, sizeof(image), &b, &err), &err);
	ck_assert_str_eq(b.idf_version, "v2.2");
}
END_TEST

START_TEST(version_of_a_descriptor)
{
	const struct make_boot m = { .chip = "esp32", .version = "v5.4", .text = "v4.4" };
	struct ef_boot b;

	ck_ok(ef_boot_judge(image, make_boot(&m, image), &b, &err), &err);
	ck_assert_str_eq(b.idf_version, "v5.4");
	ck_assert_str_eq(b.date, "Jan  1 2026 00:00:00");
	ck_assert(b.is_certain);
}
END_TEST

/* ---- the form ---- */

static size_t with_segments(unsigned count, uint32_t ram)
{
	size_t at = 24, end;
	uint8_t sum = 0xef;

	memset(image, 0, sizeof(image));
	memcpy(image, "\xe9\0\2\x20", 4);
	image[1] = (uint8_t)count;
	ef_put_le32(image + 4, ram + 16 * (count - 1));
	image[12] = 5; /* ESP32-C3 */
	image[23] = 1;
	for (unsigned i = 0; i < count; i++) {
		at = made_segment(image, at, ram + 16 * i, 4) + 4;
		image[at - 1] = (uint8_t)(i + 1);
		sum ^= (uint8_t)(i + 1);
	}
	end = (at / 16 + 1) * 16;
	image[end - 1] = sum;
	ef_sha256(image, end, image + end);
	return end + 32;
}

/* A header has room for 16 segments, and all of them count. */
START_TEST(sixteen_segments)
{
	struct ef_boot b;
	size_t len = with_segments((unsigned)_i, 0x3fc90000);

	ck_ok(ef_boot_judge(image, len, &b, &err), &err);
	ck_assert_uint_eq(b.info.segment_count, (unsigned)_i);
	ck_assert(b.info.is_digest_valid);
	len = with_segments((unsigned)_i, 0x3c000020);
	ck_fails(ef_boot_judge(image, len, &b, &err), &err, EF_E_INPUT,
		 "it is an app, not a bootloader");
	len = with_segments((unsigned)_i, 0x70000000);
	ck_fails(ef_boot_judge(image, len, &b, &err), &err, EF_E_INPUT,
		 "it is not a bootloader: 4 bytes of it belong to 0x70000000, which is not RAM of "
		 "ESP32-C3");
}
END_TEST

/* ---- a search ends ---- */

#define FAKES    67u
#define FAKE_LEN 0x40000u /* the longest bootloader */

static unsigned found;
static size_t found_at;

static bool count_found(void *user, const struct ef_boot *boot)
{
	(void)user;
	found++;
	found_at = boot->off;
	return true;
}

/*
 * Headers that announce the longest bootloader, and a good one behind them. The search may sum
 * 16 MiB and the length of the data.
 */
START_TEST(a_search_has_a_budget)
{
	const struct make_boot m = { .chip = "esp32c3", .version = "v5.4" };
	size_t boot_len = make_boot(&m, image);
	size_t len = FAKES * FAKE_LEN + boot_len - 16 * EF_MIB;
	uint8_t *data = calloc(1, len);

	ck_assert_ptr_nonnull(data);
	for (unsigned i = 0; i < FAKES; i++) {
		uint8_t *p = data + i * 64;

		p[0] = 0xe9;
		p[1] = 1;
		p[12] = 5;
		p[23] = 1;
		ef_put_le32(p + 28, FAKE_LEN - 48 - 32);
	}
	data[0x1f00] = 0xe9; /* a byte alone costs nothing */
	memcpy(data + 0x2000, image, boot_len);
	found = 0;
	ef_boot_scan(data, len, count_found, NULL);
	ck_assert_uint_eq(found, 1);
	ck_assert_uint_eq(found_at, 0x2000);
	ef_boot_scan(data, len - 1, count_found, NULL);
	ck_assert_uint_eq(found, 1);
	/* one that is too long costs nothing */
	ef_put_le32(data + 28, FAKE_LEN - 48 - 32 + 16);
	ef_boot_scan(data, len - 1, count_found, NULL);
	ck_assert_uint_eq(found, 2);
	free(data);
}
END_TEST

/* ---- crystals ---- */

static uint8_t images[3][MADE_BOOT_MAX];
static struct ef_boot boots[3];

/* li a0, 40; and li a0, 26 as c.li, with c.nop */
static const uint8_t load_40[] = { 0x13, 0x05, 0x80, 0x02 }, load_26[] = { 0x69, 0x45, 1, 0 };

static void judged(unsigned i, const struct make_boot *m)
{
	ck_ok(ef_boot_judge(images[i], make_boot(m, images[i]), &boots[i], &err), &err);
}

/* Two that differ in nothing else are told apart; those that do, and three, are not. */
START_TEST(which_are_siblings)
{
	const struct make_boot of_40 = { "esp32c2", 1, 199, "v5.4", NULL, load_40, 4, false };
	struct make_boot other = { "esp32c2", 1, 199, "v5.4", NULL, load_26, 4, false };
	bool is_pair = _i == 0;

	other.min_rev = _i == 1 ? 2 : 1;
	other.max_rev = _i == 2 ? 198 : 199;
	other.version = _i == 3 ? "v5.5" : "v5.4";
	judged(0, &of_40);
	judged(1, &other);
	judged(2, &other);
	ef_boot_tell_crystals(boots, _i == 4 ? 3 : 2);
	ck_assert_uint_eq(boots[0].xtal_mhz, is_pair ? 40 : 0);
	ck_assert_uint_eq(boots[1].xtal_mhz, is_pair ? 26 : 0);
	/* the crystal of the third one is known: then the two others are a pair */
	if (_i != 4)
		return;
	boots[1].xtal_mhz = 60;
	ef_boot_tell_crystals(boots, 3);
	ck_assert_uint_eq(boots[0].xtal_mhz, 40);
	ck_assert_uint_eq(boots[1].xtal_mhz, 60);
	ck_assert_uint_eq(boots[2].xtal_mhz, 26);
}
END_TEST

/* Instructions like the two, which load something else or nothing. */
static const uint8_t alike[][4] = {
	{ 0x13, 0x05, 0x90, 0x02 },                       /* addi a0, zero, 41 */
	{ 0x13, 0x85, 0x80, 0x02 },                       /* addi a0, a1, 40 */
	{ 0x13, 0x15, 0x80, 0x02 },                       /* slli */
	{ 0x93, 0x07, 0x90, 0x02 }, { 0x69, 0x05, 1, 0 }, /* c.nop with a constant */
	{ 0x69, 0x40, 1, 0 },                             /* c.li to zero */
	{ 0x69, 0x65, 1, 0 },                             /* c.lui */
	{ 0x6d, 0x45, 1, 0 },                             /* c.li a0, 27 */
	{ 0x6a, 0x45, 1, 0 },
};

START_TEST(other_instructions_tell_nothing)
{
	const struct make_boot a = { "esp32c2", 1, 199, "v5.4", NULL, load_40, 4, false };
	const struct make_boot b = { "esp32c2", 1, 199, "v5.4", NULL, alike[_i], 4, false };
	const struct make_boot c = { "esp32c2", 1, 199, "v5.4", NULL, load_26, 4, false };

	judged(0, &a);
	judged(1, &b);
	ef_boot_tell_crystals(boots, 2);
	ck_assert_uint_eq(boots[0].xtal_mhz, 0);
	ck_assert_uint_eq(boots[1].xtal_mhz, 0);
	judged(0, &c);
	ef_boot_tell_crystals(boots, 2);
	ck_assert_uint_eq(boots[0].xtal_mhz, 0);
	ck_assert_uint_eq(boots[1].xtal_mhz, 0);
}
END_TEST

/* ---- a configuration ---- */

static const struct {
	const char *line, *target;
	uint8_t xtal;
	uint16_t min, max;
	bool burns;
	uint32_t table;
} lines[] = {
	{ "CONFIG_IDF_TARGET=\"esp32c61\"", "esp32c61", 0, 0, 0, false, 0 },
	{ "CONFIG_IDF_TARGET=\"123456789012345\"", "123456789012345", 0, 0, 0, false, 0 },
	{ "CONFIG_IDF_TARGET=\"1234567890123456\"", "", 0, 0, 0, false, 0 },
	{ "CONFIG_IDF_TARGET=\"a\"", "a", 0, 0, 0, false, 0 },
	{ "CONFIG_IDF_TARGET=\"\"", "", 0, 0, 0, false, 0 },
	{ "CONFIG_IDF_TARGET=\"", "", 0, 0, 0, false, 0 },
	{ "CONFIG_IDF_TARGET=esp32\"", "", 0, 0, 0, false, 0 },
	{ "CONFIG_IDF_TARGET=\"esp32", "", 0, 0, 0, false, 0 },
	{ "CONFIG_IDF_TARGET", "", 0, 0, 0, false, 0 },
	{ "CONFIG_XTAL_FREQ=48", "", 48, 0, 0, false, 0 },
	{ "CONFIG_ESP32_XTAL_FREQ=26", "", 26, 0, 0, false, 0 },
	{ "CONFIG_XTAL_FREQ=100", "", 100, 0, 0, false, 0 },
	{ "CONFIG_XTAL_FREQ=101", "", 0, 0, 0, false, 0 },
	{ "CONFIG_XTAL_FREQ=x", "", 0, 0, 0, false, 0 },
	{ "CONFIG_ESP_REV_MIN_FULL=65535", "", 0, 65535, 0, false, 0 },
	{ "CONFIG_ESP_REV_MIN_FULL=65536", "", 0, 0, 0, false, 0 },
	{ "CONFIG_ESP_REV_MAX_FULL=65535", "", 0, 0, 65535, false, 0 },
	{ "CONFIG_ESP_REV_MAX_FULL=65536", "", 0, 0, 0, false, 0 },
	{ "CONFIG_PARTITION_TABLE_OFFSET=0xffffffff", "", 0, 0, 0, false, 0xffffffff },
	{ "CONFIG_PARTITION_TABLE_OFFSET=0x100000000", "", 0, 0, 0, false, 0 },
	{ "CONFIG_SECURE_BOOT=y", "", 0, 0, 0, true, 0 },
	{ "CONFIG_SECURE_BOOT_ENABLED=y", "", 0, 0, 0, true, 0 },
	{ "CONFIG_SECURE_FLASH_ENC_ENABLED=y", "", 0, 0, 0, true, 0 },
	{ "CONFIG_FLASH_ENCRYPTION_ENABLED=y", "", 0, 0, 0, true, 0 },
	{ "CONFIG_BOOTLOADER_APP_ANTI_ROLLBACK=y", "", 0, 0, 0, true, 0 },
	{ "CONFIG_BOOTLOADER_APP_ANTI_ROLLBACK=n", "", 0, 0, 0, false, 0 },
	{ "CONFIG_SECURE_BOOT=yes", "", 0, 0, 0, false, 0 },
	{ "CONFIG_SOMETHING_ELSE=y", "", 0, 0, 0, false, 0 },
};

START_TEST(a_line_of_a_configuration)
{
	char text[512];
	struct ef_sdkconfig c;

	/* lines around it change nothing */
	(void)snprintf(text, sizeof(text), "A=1\n\n%s%s\nB\nC=y\n", lines[_i].line,
		       _i % 2 ? "\r" : "");
	ef_sdkconfig_read((const uint8_t *)text, strlen(text), &c);
	ck_assert_str_eq(c.target, lines[_i].target);
	ck_assert_uint_eq(c.xtal_mhz, lines[_i].xtal);
	ck_assert_uint_eq(c.min_rev, lines[_i].min);
	ck_assert_uint_eq(c.max_rev, lines[_i].max);
	ck_assert_int_eq(c.has_revs, lines[_i].max != 0);
	ck_assert_int_eq(c.burns_efuses, lines[_i].burns);
	ck_assert_uint_eq(c.table_offset, lines[_i].table);
}
END_TEST

Suite *suite_boot_limits(void);
Suite *suite_boot_limits(void)
{
	Suite *s = suite_create("boot_limits");
	TCase *t = tcase_create("boot_limits");

	tcase_add_loop_test(t, version_of_an_old_one, 0, (int)EF_ARRAY_LEN(versions));
	tcase_add_test(t, first_version_counts);
	tcase_add_test(t, version_of_a_descriptor);
	tcase_add_loop_test(t, sixteen_segments, 1, 17);
	tcase_add_test(t, a_search_has_a_budget);
	tcase_add_loop_test(t, which_are_siblings, 0, 5);
	tcase_add_loop_test(t, other_instructions_tell_nothing, 0, (int)EF_ARRAY_LEN(alike));
	tcase_add_loop_test(t, a_line_of_a_configuration, 0, (int)EF_ARRAY_LEN(lines));
	suite_add_tcase(s, t);
	return s;
}
