/* SPDX-License-Identifier: MIT */
/* Reading, MD5s and erases, on good days and with each fault at one request after the other. */
#include "session_rig.h"

static bool take(void *user, const uint8_t *data, size_t len, struct ef_err *err)
{
	(void)user;
	(void)err;
	tell("got %zu, crc %08x\n", len, ef_crc32(data, len));
	return true;
}

static void fill(struct rig *r)
{
	uint8_t *flash = sim_flash_mut(r->sim);
	uint32_t x = 1;

	for (size_t i = 0; flash && i < 0x20000; i++) {
		x = x * 1664525u + 1013904223u;
		flash[i] = (uint8_t)(i & 0x8000 ? x >> 24 : 0);
	}
}

static bool do_read(struct rig *r)
{
	fill(r);
	return ef_flasher_read_labelled(r->f, 0x7010, 0x3456, "part", take, NULL, &r->err);
}

static bool do_read_long(struct rig *r)
{
	fill(r);
	return ef_flasher_read(r->f, 0x1000, 0x88001, take, NULL, &r->err);
}

static bool do_read_little(struct rig *r)
{
	fill(r);
	return ef_flasher_read(r->f, 0x8003, 0x2c6, take, NULL, &r->err);
}

static bool do_read_in_packets(struct rig *r)
{
	ef_flasher_set_read_packets(r->f, 0x200, 3);
	return do_read(r);
}

static bool do_read_beyond(struct rig *r)
{
	return ef_flasher_read(r->f, 0xff000, 0x1001, take, NULL, &r->err);
}

static bool do_md5(struct rig *r)
{
	uint8_t md5[16];

	fill(r);
	if (!ef_flasher_md5(r->f, 0x7001, 0x2345, md5, &r->err) ||
	    !ef_flasher_md5(r->f, 0, 0x10000, md5, &r->err))
		return false;
	tell("md5 %08x\n", ef_crc32(md5, sizeof(md5)));
	return true;
}

static bool do_md5_beyond(struct rig *r)
{
	uint8_t md5[16];

	return ef_flasher_md5(r->f, 0x100000, 1, md5, &r->err);
}

static bool do_erase(struct rig *r)
{
	return plain_erase_region(r->f, 0x4000, 0x3000, "part", &r->err);
}

/* Over two boundaries of the steps */
static bool do_erase_long(struct rig *r)
{
	return plain_erase_region(r->f, 0xfe000, 0x105000, NULL, &r->err);
}

static bool do_erase_unaligned(struct rig *r)
{
	return plain_erase_region(r->f, 0x4000, 0x3001, "part", &r->err);
}

static bool do_erase_beyond(struct rig *r)
{
	return plain_erase_region(r->f, 0xff000, 0x2000, "part", &r->err);
}

static bool do_erase_all(struct rig *r)
{
	return plain_erase_all(r->f, &r->err);
}

#define C3 .board = { .chip = "esp32c3" }

#define C3_4M .board = { .chip = "esp32c3", .flash_size = 4u << 20 }

#define FILLED .flash_filled = 0x100000

static const struct session works[] = {
	{ "read", do_read, C3, .opts.rate_hz = 460800 },
	{ "little, ROM", do_read_little, .board = { .chip = "esp32" }, .opts.no_stub = true },
	{ "MD5", do_md5, C3, .opts.rate_hz = 460800 },
	{ "erase", do_erase, C3, FILLED },
	{ "erase, ROM", do_erase, .board = { .chip = "esp32" }, .opts.no_stub = true, FILLED },
	{ "erase all", do_erase_all, C3, FILLED },
	{ "erase long", do_erase_long, C3_4M, FILLED },
	{ "read in packets", do_read_in_packets, C3, .opts.rate_hz = 921600 },
	{ "read long", do_read_long, C3, .opts.rate_hz = 921600 },
	{ "read beyond", do_read_beyond, C3 },
	{ "read, locked", do_read, .board = { .chip = "esp32c3", .secure_download = true } },
	{ "read, USB-OTG", do_read,
	  .board = { .chip = "esp32s2", .circuit = SIM_CIRCUIT_USB_OTG } },
	{ "read, remote", do_read, C3, .opts.rate_hz = 460800, .is_remote = true },
	{ "read, flash of 32 MiB", do_read,
	  .board = { .chip = "esp32s3", .flash_size = 32u << 20 } },
	{ "read, no flash", do_read, .board = { .chip = "esp32", .flash_size = SIM_NO_FLASH } },
	{ "little, ROM of an s2", do_read_little, .board = { .chip = "esp32s2" },
	  .opts.no_stub = true },
	{ "MD5, ROM", do_md5, C3, .opts.no_stub = true },
	{ "MD5, locked", do_md5, .board = { .chip = "esp32c3", .secure_download = true } },
	{ "MD5 beyond", do_md5_beyond, C3 },
	{ "erase long, ROM", do_erase_long, C3_4M, .opts.no_stub = true, FILLED },
	{ "erase unaligned", do_erase_unaligned, C3, FILLED },
	{ "erase beyond", do_erase_beyond, C3, FILLED },
	{ "erase all, ROM", do_erase_all, C3_4M, .opts.no_stub = true, FILLED },
	{ "erase all, locked", do_erase_all,
	  .board = { .chip = "esp32c3", .secure_download = true }, .flash_filled = 0x1000 },
	{ "erase, locked", do_erase, .board = { .chip = "esp32c3", .secure_download = true },
	  FILLED },
	{ "erase, no flash", do_erase, .board = { .chip = "esp32", .flash_size = SIM_NO_FLASH } },
	{ "erase all, no flash", do_erase_all,
	  .board = { .chip = "esp32", .flash_size = SIM_NO_FLASH } },
};
#define FAULTY 7u

START_TEST(good_day)
{
	struct session s = works[_i];

	if (s.board.secure_download)
		s.opts.chip = ef_chip_by_name(s.board.chip);
	session_check("read", &s);
}
END_TEST

START_TEST(fault)
{
	const struct session *s = &works[(unsigned)_i / SESSION_FAULTS];

	session_check_fault("read", s, (unsigned)_i % SESSION_FAULTS, 1, 1, 4);
}
END_TEST

/* ---- noise ---- */

static const unsigned noises[] = { 150, 400, 900, 2000, 5000 };

START_TEST(noise)
{
	session_check_noise("read", &works[_i], noises, EF_ARRAY_LEN(noises));
}
END_TEST

Suite *suite_session_read(void);
Suite *suite_session_read(void)
{
	Suite *s = suite_create("session_read");
	TCase *t = tcase_create("session_read");

	if (ef_stub_count()) {
		tcase_add_loop_test(t, good_day, 0, EF_ARRAY_LEN(works));
		tcase_add_loop_test(t, fault, 0, FAULTY * SESSION_FAULTS);
		tcase_add_loop_test(t, noise, 0, FAULTY + 2);
	}
	suite_add_tcase(s, t);
	return s;
}
