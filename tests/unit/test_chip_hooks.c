/* SPDX-License-Identifier: MIT */
/*
 * What is read from a chip: a fake register file with the words of real chips
 * or of esptool's bit definitions, addresses written out here once more.
 */
#include "fake_regs.h"

/* Expected texts: espflash's words, then esptool's get_chip_features and _description. */
static const struct reading {
	const char *chip;
	struct word words[8];
	uint16_t revision;
	const char *package, *features;
} readings[] = {
	{ "esp32", { { 0 } }, 0, "ESP32-D0WDQ6", "WiFi, BT, Dual Core, Coding Scheme None" },
	/* a WROOM-32E: revision 3.0, 240 MHz, VRef */
	{ "esp32",
	  { { 0x3ff5a00c, 1u << 15 | 1u << 13 | 1u << 9 },
	    { 0x3ff5a014, 1u << 20 },
	    { 0x3ff6607c, 0x96042000 },
	    { 0x3ff5a010, 0x0d36 } },
	  300,
	  "ESP32-D0WD-V3",
	  "WiFi, BT, Dual Core, 240MHz, VRef calibration in efuse, Coding Scheme None" },
	{ "esp32",
	  { { 0x3ff5a00c, 1u << 15 | 5u << 9 }, { 0x3ff5a014, 1u << 24 } },
	  101,
	  "ESP32-PICO-D4",
	  "WiFi, BT, Dual Core, Embedded Flash, Coding Scheme None" },
	{ "esp32",
	  { { 0x3ff5a00c, 1u << 15 | 6u << 9 | 1u << 13 | 1u << 12 | 1u << 14 },
	    { 0x3ff5a014, 1u << 20 | 1u << 24 },
	    { 0x3ff6607c, 1u << 31 },
	    { 0x3ff5a018, 1 } },
	  301,
	  "ESP32-PICO-V3-02",
	  "WiFi, BT, Dual Core, 160MHz, Embedded Flash, Embedded PSRAM, BLK3 partially reserved, "
	  "Coding Scheme 3/4" },
	/* bit 15 and 20: revision 2; single core without Bluetooth */
	{ "esp32",
	  { { 0x3ff5a00c, 1u << 15 | 3 }, { 0x3ff5a014, 1u << 20 } },
	  200,
	  "ESP32-S0WDQ6",
	  "WiFi, Single Core, Coding Scheme None" },
	/* packages with memory: esptool esp32.py, get_chip_features */
	{ "esp32",
	  { { 0x3ff5a00c, 1u << 15 | 2u << 9 } },
	  100,
	  "ESP32-D2WD",
	  "WiFi, BT, Dual Core, Embedded Flash, Coding Scheme None" },
	{ "esp32",
	  { { 0x3ff5a00c, 1u << 15 | 4u << 9 } },
	  100,
	  "ESP32-U4WDH",
	  "WiFi, BT, Dual Core, Embedded Flash, Coding Scheme None" },
	{ "esp32",
	  { { 0x3ff5a00c, 1u << 15 | 7u << 9 } },
	  100,
	  "ESP32-D0WDR2-V3",
	  "WiFi, BT, Dual Core, Embedded PSRAM, Coding Scheme None" },
	/* a pattern that was never made */
	{ "esp32",
	  { { 0x3ff5a014, 1u << 20 }, { 0x3ff5a00c, 1u << 2 } },
	  0,
	  "ESP32",
	  "WiFi, BT, Dual Core, Coding Scheme None" },
	{ "esp32s2",
	  { { 0 } },
	  0,
	  "ESP32-S2",
	  "WiFi, No Embedded Flash, No Embedded PSRAM, No calibration in BLK2 of efuse, "
	  "Single Core, 240MHz" },
	{ "esp32s2",
	  { { 0x3f41a050, 1u << 28 | 2u << 21 | 1u << 18 }, { 0x3f41a06c, 2u << 4 } },
	  100,
	  "ESP32-S2FNR2",
	  "WiFi, Embedded Flash 4MB, Embedded PSRAM 2MB, "
	  "ADC and temperature sensor calibration in BLK2 of efuse V2, Single Core, 240MHz" },
	{ "esp32s2",
	  { { 0x3f41a050, 1u << 20 | 9u << 21 }, { 0x3f41a054, 7u << 4 }, { 0x3f41a06c, 7u << 4 } },
	  15,
	  "ESP32-S2",
	  "WiFi, Unknown Embedded Flash, No Embedded PSRAM, Unknown Calibration in BLK2, "
	  "Single Core, 240MHz" },
	/* revision 0.2, 8 MB octal PSRAM, no flash in the package: WROOM-1-N16R8 */
	{ "esp32s3",
	  { { 0x60007050, 2u << 18 }, { 0x60007054, 1u << 3 | 2u << 7 } },
	  2,
	  "ESP32-S3 (QFN56)",
	  "WiFi, BLE, Dual Core, 240MHz, Embedded PSRAM 8MB (AP_1v8)" },
	{ "esp32s3",
	  { { 0x60007050, 2u << 18 | 1u << 21 | 1u << 27 },
	    { 0x60007054, 2 | 1u << 7 },
	    { 0x60007058, 1u << 19 } },
	  2,
	  "ESP32-S3-PICO-1 (LGA56)",
	  "WiFi, BLE, Dual Core, 240MHz, Embedded Flash 8MB (GD), Embedded PSRAM 4MB (AP_3v3)" },
	/* block version 1.1 and low minor bits 0: revision 0.0, whatever the rest says */
	{ "esp32s3",
	  { { 0x6000706c, 1 }, { 0x60007050, 1u << 24 }, { 0x60007058, 3u << 23 } },
	  0,
	  "ESP32-S3 (QFN56)",
	  "WiFi, BLE, Dual Core, 240MHz" },
	/* ... and with a minor bit it is as written */
	{ "esp32s3",
	  { { 0x6000706c, 1 }, { 0x60007050, 1u << 24 | 1u << 18 }, { 0x60007058, 1u << 24 } },
	  101,
	  "ESP32-S3 (QFN56)",
	  "WiFi, BLE, Dual Core, 240MHz" },
	{ "esp32c2",
	  { { 0x60008844, 1u << 20 | 2u << 16 | 1u << 22 }, { 0x6000885c, 2u << 29 | 1u << 24 } },
	  102,
	  "ESP8684H",
	  "WiFi, BLE, Single Core, 120MHz, Embedded Flash 2MB (XMC)" },
	{ "esp32c3",
	  { { 0x60008850, 4u << 18 | 1u << 27 }, { 0x60008854, 1 } },
	  4,
	  "ESP32-C3 (QFN32)",
	  "WiFi, BLE, Single Core, 160MHz, Embedded Flash 4MB (XMC)" },
	{ "esp32c3",
	  { { 0x60008850, 1u << 18 | 3u << 21 | 7u << 27 }, { 0x60008858, 1u << 24 | 1u << 23 } },
	  109,
	  "ESP8686 (QFN24)",
	  "WiFi, BLE, Single Core, 160MHz, Unknown Embedded Flash" },
	{ "esp32c5",
	  { { 0x600b484c, 1u << 4 | 1u << 13 | 2u << 19 } },
	  100,
	  "ESP32-C5",
	  "WiFi, BLE, IEEE802.15.4, 240MHz, Single Core, Embedded Flash, Embedded PSRAM" },
	{ "esp32c6",
	  { { 0x600b0850, 1u << 18 } },
	  1,
	  "ESP32-C6 (QFN40)",
	  "WiFi 6, BT 5, IEEE802.15.4, Single Core, 160MHz" },
	{ "esp32c6",
	  { { 0x600b0850, 1u << 18 | 1u << 24 }, { 0x600b0854, 1 } },
	  1,
	  "ESP32-C6FH4 (QFN32)",
	  "WiFi 6, BT 5, IEEE802.15.4, Single Core, 160MHz, Embedded Flash 4MB" },
	{ "esp32c6",
	  { { 0x600b0850, 1u << 22 | 1u << 24 }, { 0x600b0854, 2 } },
	  100,
	  "ESP32-C6FH8 (QFN32)",
	  "WiFi 6, BT 5, IEEE802.15.4, Single Core, 160MHz, Embedded Flash 8MB" },
	{ "esp32c61",
	  { { 0x600b484c, 1u << 4 } },
	  100,
	  "ESP32-C61",
	  "WiFi 6, BT 5, Single Core, 160MHz" },
	{ "esp32h2",
	  { { 0x600b0850, 2u << 18 | 1u << 24 }, { 0 } },
	  2,
	  "ESP32-H2",
	  "BLE, IEEE802.15.4, Single Core, 96MHz, Embedded Flash" },
	{ "esp32h2",
	  { { 0x600b0854, 5 }, { 0x600b0850, 1u << 21 } },
	  100,
	  "ESP32-H2",
	  "BLE, IEEE802.15.4, Single Core, 96MHz" },
	{ "esp32p4",
	  { { 0x5012d04c, 1u << 4 | 3 } },
	  103,
	  "ESP32-P4",
	  "High-Performance MCU, Dual Core, 400MHz" },
	{ "esp32p4",
	  { { 0x5012d04c, 3u << 4 | 1 | 2u << 13 } },
	  301,
	  "ESP32-P4",
	  "High-Performance MCU, Dual Core, 400MHz, Embedded PSRAM" },
	{ "esp32p4",
	  { { 0x5012d04c, 1u << 23 | 1u << 4 } },
	  500,
	  "ESP32-P4",
	  "High-Performance MCU, Dual Core, 400MHz" },
	{ "esp32s31",
	  { { 0x2071505c, 1u << 22 | 2u << 18 | 1u << 31 } },
	  102,
	  "ESP32-S31",
	  "WiFi 6, BT 5.4, IEEE802.15.4, Dual Core, 320MHz, Embedded PSRAM" },
};
#define READINGS ((int)(sizeof(readings) / sizeof(readings[0])))

START_TEST(revision_and_features)
{
	const struct reading *r = &readings[_i];
	const struct ef_chip *chip = ef_chip_by_name(r->chip);
	struct fake f = { .words = r->words };
	struct ef_regs regs = fake_regs(&f);
	struct ef_chip_features got;
	struct ef_err err = EF_ERR_INIT;
	uint16_t revision = 0xeeee;

	ck_ok(ef_chip_revision(chip, &regs, &revision, &err), &err);
	ck_assert_uint_eq(revision, r->revision);
	ck_ok(ef_chip_read_features(chip, &regs, revision, &got, &err), &err);
	ck_assert_str_eq(got.text, r->features);
	ck_assert_str_eq(got.package, r->package);
}
END_TEST

/* Whichever read fails: the error comes out, and outputs are untouched. */
START_TEST(failing_reads)
{
	const struct reading *r = &readings[_i];
	const struct ef_chip *chip = ef_chip_by_name(r->chip);
	struct ef_err err = EF_ERR_INIT;
	bool ok = false;

	for (unsigned n = 1; !ok; n++) {
		struct fake f = { .words = r->words, .fail_at = n };
		struct ef_regs regs = fake_regs(&f);
		struct ef_chip_features got = { "x", "y" };
		uint16_t revision = 0xeeee;
		uint8_t mac[6] = { 0xee };
		uint32_t xtal = 0xeeee;

		ok = ef_chip_revision(chip, &regs, &revision, &err) &&
		     ef_chip_mac(chip, &regs, mac, &err) &&
		     ef_chip_xtal_mhz(chip, &regs, 115200, &xtal, &err) &&
		     ef_chip_read_features(chip, &regs, revision, &got, &err);
		if (!ok)
			ck_fails(ok, &err, EF_E_TIMEOUT, "no answer");
		ck_assert(ok || !strcmp(got.text, "x"));
		ck_assert_uint_lt(n, 100);
	}
}
END_TEST

START_TEST(mac_high_first)
{
	static const struct {
		const char *chip;
		struct word words[3];
	} cases[] = {
		{ "esp32", { { 0x3ff5a004, 0x2a3b4c5d }, { 0x3ff5a008, 0x9900240a } } },
		{ "esp32c2", { { 0x60008840, 0x2a3b4c5d }, { 0x60008844, 0xffff240a } } },
		{ "esp32c3", { { 0x60008844, 0x2a3b4c5d }, { 0x60008848, 0x0000240a } } },
		{ "esp32s31", { { 0x20715050, 0x2a3b4c5d }, { 0x20715054, 0x0000240a } } },
	};
	static const uint8_t want[6] = { 0x24, 0x0a, 0x2a, 0x3b, 0x4c, 0x5d };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fake f = { .words = cases[i].words };
		struct ef_regs regs = fake_regs(&f);
		struct ef_err err = EF_ERR_INIT;
		uint8_t mac[6];

		ck_ok(ef_chip_mac(ef_chip_by_name(cases[i].chip), &regs, mac, &err), &err);
		ck_assert_mem_eq(mac, want, 6);
	}
}
END_TEST

/* The CRC is an example of espefuse's manual: "48:63:92:15:72:16 (CRC 0x75 OK)". */
START_TEST(mac_that_can_be_one)
{
	static const struct {
		const char *chip;
		uint32_t crc;
		uint8_t mac[6];
		bool is_valid;
	} cases[] = {
		{ "esp32", 0x75, { 0x48, 0x63, 0x92, 0x15, 0x72, 0x16 }, true },
		{ "esp32", 0x74, { 0x48, 0x63, 0x92, 0x15, 0x72, 0x16 }, false },
		{ "esp32", 0x75, { 0x48, 0x63, 0x92, 0x15, 0x72, 0x17 }, false },
		{ "esp32", 0x00, { 0x18, 0xfe, 0x34, 0x6a, 0x85, 0xc7 }, true },
		{ "esp32", 0x00, { 0x18, 0xfe, 0x34, 0x6a, 0x85, 0xf9 }, false },
		{ "esp32c3", 0x00, { 0x48, 0x63, 0x92, 0x15, 0x72, 0x16 }, true },
		{ "esp32c3", 0x00, { 0, 0, 0, 0, 0, 0 }, false },
		{ "esp32c3", 0x00, { 0, 0, 0x92, 0x15, 0x72, 0x16 }, false },
		{ "esp32c3", 0x00, { 0x48, 0x63, 0, 0, 0, 0 }, false },
		{ "esp32c3", 0x00, { 0x48, 0x63, 0, 0, 0, 1 }, true },
		{ "esp32c3", 0xff, { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }, false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct word words[] = { { 0x3ff5a008, cases[i].crc << 16 }, { 0 } };
		struct fake f = { .words = words };
		struct ef_regs regs = fake_regs(&f);
		struct ef_err err = EF_ERR_INIT;
		bool is_valid;

		ck_ok(ef_chip_mac_check(ef_chip_by_name(cases[i].chip), &regs, cases[i].mac,
					&is_valid, &err),
		      &err);
		ck_assert_msg(is_valid == cases[i].is_valid, "case %zu", i);
	}
}
END_TEST

Suite *suite_chip_hooks(void);

Suite *suite_chip_hooks(void)
{
	Suite *s = suite_create("chip_hooks");
	TCase *tc = tcase_create("registers");

	tcase_add_loop_test(tc, revision_and_features, 0, READINGS);
	tcase_add_loop_test(tc, failing_reads, 0, READINGS);
	tcase_add_test(tc, mac_high_first);
	tcase_add_test(tc, mac_that_can_be_one);
	suite_add_tcase(s, tc);
	return s;
}
