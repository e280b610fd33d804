/* SPDX-License-Identifier: MIT */
/*
 * Flash ids: the sizes of esptool's tables (cmds.py, DETECTED_FLASH_SIZES and
 * DETECTED_FLASH_SIZES_ADESTO), and flash chips of all sizes on all boards.
 */
#include "fake_rom.h"
#include "flasher_rig.h"
#include "rig/tap_port.h"

#define K 1024u
#define M (1024u * 1024u)

static const struct {
	uint8_t code;
	uint32_t size;
} codes[] = {
	{ 0x12, 256 * K }, { 0x13, 512 * K }, { 0x14, 1 * M },   { 0x15, 2 * M },
	{ 0x16, 4 * M },   { 0x17, 8 * M },   { 0x18, 16 * M },  { 0x19, 32 * M },
	{ 0x1a, 64 * M },  { 0x1b, 128 * M }, { 0x1c, 256 * M }, { 0x20, 64 * M },
	{ 0x21, 128 * M }, { 0x22, 256 * M }, { 0x32, 256 * K }, { 0x33, 512 * K },
	{ 0x34, 1 * M },   { 0x35, 2 * M },   { 0x36, 4 * M },   { 0x37, 8 * M },
	{ 0x38, 16 * M },  { 0x39, 32 * M },  { 0x3a, 64 * M },
};

START_TEST(every_size_code)
{
	for (unsigned code = 0; code < 256; code++) {
		uint32_t want = 0;

		for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
			if (codes[i].code == code)
				want = codes[i].size;
		/* Winbond, type 0x40 */
		ck_assert_msg(ef_flash_id_size(0x40ef | code << 16) == want, "code 0x%02x", code);
	}
}
END_TEST

START_TEST(adesto_has_its_code_elsewhere)
{
	static const uint32_t sizes[] = { 512 * K, 1 * M, 2 * M, 4 * M, 8 * M, 16 * M };

	for (uint32_t density = 0; density < 32; density++) {
		uint32_t want = density >= 4 && density <= 9 ? sizes[density - 4] : 0;

		/* AT25SF321: 1f 87 01; the top three bits are the family */
		ck_assert_uint_eq(ef_flash_id_size(0x01801f | density << 8), want);
	}
	ck_assert_uint_eq(ef_flash_id_size(0x01871f), 4 * M);
}
END_TEST

static const uint32_t sizes[] = { 256 * K, 512 * K, 1 * M, 2 * M, 4 * M, 8 * M, 16 * M, 32 * M };

START_TEST(size_is_found_and_told_to_the_loader)
{
	const struct sim_opts board = { .chip = _i % 2 ? "esp32" : "esp32s3",
					.flash_size = sizes[_i / 2] };
	uint8_t digest[16];
	struct rig r;

	rig_power(&r, &board);
	r.opts.no_stub = _i % 2;
	ck_ok(rig_connect(&r), &r.err);
	ck_assert_uint_eq(rig_device(&r)->flash_size, sizes[_i / 2]);
	ck_assert_uint_eq(sim_requests(r.sim, 0x0b), 1);
	/* the loader reaches the last byte; a ROM assumes 2 MB until it is told the size */
	ck_ok(ef_rom_flash_md5(ef_flasher_rom(r.f), sizes[_i / 2] - 1, 1, digest, &r.err), &r.err);
	rig_done(&r);
}
END_TEST

START_TEST(controller_is_left_as_it_was)
{
	/* SPI_USR and SPI_USR2 of the ESP32's and of the ESP32-C6's SPI1 */
	static const struct {
		const char *chip;
		uint32_t usr, usr2;
	} chips[] = { { "esp32", 0x3ff4201c, 0x3ff42024 }, { "esp32c6", 0x60003018, 0x60003020 } };
	const struct sim_opts board = { .chip = chips[_i].chip };
	struct rig r;
	char usr[64], usr2[64];
	const char *last;

	rig_power(&r, &board);
	rig_trace(&r);
	ck_ok(rig_connect(&r), &r.err);
	/* after a reset the model has 0 in both; the last writes restore that */
	(void)snprintf(usr, sizeof(usr), "%08x=00000000/ffffffff\n%08x=00000000/ffffffff\n",
		       chips[_i].usr, chips[_i].usr2);
	(void)snprintf(usr2, sizeof(usr2), "%08x=7000009f/ffffffff\n", chips[_i].usr2);
	rig_writes(&r, usr2);
	last = strstr(r.writes, usr);
	ck_assert_msg(last && strlen(last) == strlen(usr), "%s", r.writes);
	rig_done(&r);
}
END_TEST

START_TEST(missing_flash_is_a_warning)
{
	const struct sim_opts board = { .chip = rig_chips[_i], .flash_size = SIM_NO_FLASH };
	struct rig r;

	rig_power(&r, &board);
	ck_ok(rig_connect(&r), &r.err);
	ck_assert_uint_eq(rig_device(&r)->flash_size, 0);
	ck_assert_uint_eq(rig_device(&r)->flash_id, 0);
	rig_says(&r, "warn: the flash chip does not answer (FlashID=0xFFFFFF)");
	/* the flasher tried both sets of pins and then chose the first one again */
	ck_assert_uint_eq(sim_requests(r.sim, 0x0d), 3);
	rig_done(&r);
}
END_TEST

static uint32_t pins[4];
static unsigned attaches;

static bool note_pins(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
		      struct ef_err *err)
{
	if (tap_is_request(data, len, EF_OP_SPI_ATTACH) && attaches < EF_ARRAY_LEN(pins))
		pins[attaches++] = tap_word(data, len, 0);
	return tap_real->write(port, data, len, deadline_us, err);
}

/*
 * The default pins, those of the ESP32-PICO-D4 (esptool: HD 11, CS 16, D 8, Q 17, CLK 6, six bits
 * for each), and the default ones again.
 */
START_TEST(pins_of_a_missing_flash)
{
	static const uint32_t want[] = { 0, 0x0b408446, 0 };
	const struct sim_opts board = { .chip = "esp32", .flash_size = SIM_NO_FLASH };
	struct rig r;

	attaches = 0;
	rig_power(&r, &board);
	r.opts.no_stub = _i;
	tap_open(r.port)->write = note_pins;
	ck_ok(rig_connect(&r), &r.err);
	tap_close(r.port);
	ck_assert_uint_eq(attaches, 3);
	ck_assert_mem_eq(pins, want, sizeof(want));
	rig_done(&r);
}
END_TEST

#define SAID_SIZE 1024u
static void capture(void *user, const struct ef_event *event)
{
	char *said = user;
	size_t len = strlen(said);

	(void)snprintf(said + len, SAID_SIZE - len, "%s\n", event->text);
}

START_TEST(unknown_size_is_4mb_with_espflashs_words)
{
	struct fake_rom rom = { .magic = 0x00f01d83, .divider = 347, .flash_id = 0x7740ef };
	char said[SAID_SIZE] = "";
	const struct ef_connect_opts opts = { .no_stub = true,
					      .event = capture,
					      .event_user = said };
	struct ef_err err = EF_ERR_INIT;
	struct ef_flasher *f = NULL;

	fake_plug_in(&rom);
	ck_ok(ef_flasher_connect(&rom.port.base, &opts, &f, &err), &err);
	ck_assert_uint_eq(ef_flasher_device(f)->flash_size, 4 * M);
	ck_assert_uint_eq(ef_flasher_device(f)->flash_id, 0x7740ef);
	ck_assert_ptr_nonnull(strstr(said, "Could not detect flash size (FlashID=0x7740EF, "
					   "SizeID=0x77), defaulting to 4MB\n"));
	ef_flasher_close(f);
}
END_TEST

/*
 * espflash (flash_detect): a size byte of 0xff is not a flash. esptool (cmds.py, attach_flash):
 * neither are all ones or all zeros.
 */
START_TEST(ids_that_no_flash_has)
{
	static const uint32_t ids[] = { 0, 0xffffff, 0xff40ef, 0xff0000 };
	struct fake_rom rom = { .magic = 0x00f01d83, .divider = 347, .flash_id = ids[_i] };
	char said[SAID_SIZE] = "";
	const struct ef_connect_opts opts = { .no_stub = true,
					      .event = capture,
					      .event_user = said };
	struct ef_err err = EF_ERR_INIT;
	struct ef_flasher *f = NULL;

	fake_plug_in(&rom);
	ck_ok(ef_flasher_connect(&rom.port.base, &opts, &f, &err), &err);
	ck_assert_uint_eq(ef_flasher_device(f)->flash_id, 0);
	ck_assert_uint_eq(ef_flasher_device(f)->flash_size, 0);
	ck_assert_ptr_nonnull(strstr(said, "the flash chip does not answer"));
	ef_flasher_close(f);
}
END_TEST

/* espflash: SPI_ATTACH may fail while the flash answers */
START_TEST(refused_attach_is_no_obstacle)
{
	struct fake_rom rom = {
		.magic = 0x00f01d83, .divider = 347, .flash_id = 0x1640ef, .refuses = 0x0d
	};
	const struct ef_connect_opts opts = { .no_stub = true };
	struct ef_err err = EF_ERR_INIT;
	struct ef_flasher *f = NULL;

	fake_plug_in(&rom);
	ck_ok(ef_flasher_connect(&rom.port.base, &opts, &f, &err), &err);
	ck_assert_uint_eq(ef_flasher_device(f)->flash_size, 4 * M);
	ef_flasher_close(f);
}
END_TEST

START_TEST(controller_that_never_finishes_is_an_error)
{
	struct fake_rom rom = { .magic = 0x00f01d83, .divider = 347, .spi_cmd = 1u << 18 };
	const struct ef_connect_opts opts = { .no_stub = true };
	struct ef_err err = EF_ERR_INIT;
	struct ef_flasher *f = NULL;

	fake_plug_in(&rom);
	ck_fails(ef_flasher_connect(&rom.port.base, &opts, &f, &err), &err, EF_E_PROTOCOL,
		 "did not finish a flash command");
}
END_TEST

/* A user may overlook the warning, so the write has to fail. */
START_TEST(write_without_flash_fails)
{
	static const uint8_t data[4096] = { 1 };
	const struct sim_opts board = { .chip = "esp32c3", .flash_size = SIM_NO_FLASH };
	const struct ef_region region = { 0x1000, data, sizeof(data), "app" };
	const struct ef_write_opts opts = { .no_verify = true };
	struct ef_write_stats stats;
	struct rig r;

	rig_power(&r, &board);
	r.opts.no_stub = _i;
	ck_ok(rig_connect(&r), &r.err);
	ck_assert(!plain_write(r.f, &region, 1, &opts, &stats, &r.err));
	ck_assert_int_eq(r.err.code, EF_E_UNSUPP);
	ck_assert_ptr_nonnull(strstr(r.err.msg, "flash"));
	rig_done(&r);
}
END_TEST

/* ---- secure download mode ---- */

static unsigned times(const char *text, const char *what)
{
	unsigned n = 0;

	while ((text = strstr(text, what))) {
		n++;
		text++;
	}
	return n;
}

/* The flash has 8 MB: the loader's own 2 MB would refuse all three places. */
START_TEST(secure_download_reaches_the_whole_flash)
{
	static const uint32_t places[] = { 2 * M, 3 * M, 8 * M - 0x1000 };
	const struct sim_opts board = { .chip = rig_chips[_i],
					.flash_size = 8 * M,
					.secure_download = true };
	const struct ef_write_opts opts = { 0 };
	static const uint8_t data[] = "twelve bytes";
	struct rig r;

	rig_power(&r, &board);
	ck_ok(rig_connect(&r), &r.err);
	ck_assert_uint_eq(rig_device(&r)->flash_size, 0);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		const struct ef_region region = { places[i], data, 12, "app" };

		ck_ok(plain_write(r.f, &region, 1, &opts, NULL, &r.err), &r.err);
		ck_assert_mem_eq(sim_flash(r.sim, NULL) + places[i], data, 12);
		ck_ok(plain_erase_region(r.f, places[i], 0x1000, NULL, &r.err), &r.err);
		ck_assert_uint_eq(sim_flash(r.sim, NULL)[places[i]], 0xff);
	}
	ck_assert_uint_eq(times(r.said, "hides the size of the flash"), 1);
	rig_done(&r);
}
END_TEST

/* A size from the user is the size, and nothing has to be assumed. */
START_TEST(secure_download_takes_the_users_size)
{
	const struct sim_opts board = { .chip = rig_chips[_i],
					.flash_size = 8 * M,
					.secure_download = true };
	const struct ef_write_opts opts = { 0 };
	static const uint8_t data[16] = { 1 };
	const struct ef_region in = { 3 * M, data, 16, "in" }, out = { 4 * M, data, 16, "out" };
	struct rig r;

	rig_power(&r, &board);
	r.opts.flash_size = 4 * M;
	ck_ok(rig_connect(&r), &r.err);
	ck_assert_uint_eq(rig_device(&r)->flash_size, 4 * M);
	ck_ok(plain_write(r.f, &in, 1, &opts, NULL, &r.err), &r.err);
	ck_fails(plain_write(r.f, &out, 1, &opts, NULL, &r.err), &r.err, EF_E_INPUT,
		 "passes the end of the flash");
	ck_assert_uint_eq(times(r.said, "hides the size of the flash"), 0);
	rig_done(&r);
}
END_TEST

/* 2 MB of flash and an address beyond: the ROM refuses each of the tries with one status. */
START_TEST(equal_warnings_are_given_once)
{
	const struct sim_opts board = { .chip = "esp32c3",
					.flash_size = 2 * M,
					.secure_download = true };
	const struct ef_write_opts opts = { 0 };
	static const uint8_t data[16] = { 1 };
	const struct ef_region region = { 3 * M, data, 16, "app" };
	struct rig r;

	rig_power(&r, &board);
	ck_ok(rig_connect(&r), &r.err);
	if (_i)
		ck_fails(plain_write(r.f, &region, 1, &opts, NULL, &r.err), &r.err, EF_E_PROTOCOL,
			 "refused");
	else
		ck_fails(plain_erase_region(r.f, 3 * M, 0x1000, NULL, &r.err), &r.err,
			 EF_E_PROTOCOL, "refused");
	ck_assert_uint_ge(sim_requests(r.sim, 0x02), 16);
	ck_assert_uint_le(times(r.said, "warn:"), 5);
	for (const char *line = r.said; *line; line = strchr(line, '\n') + 1) {
		char text[512] = "";

		memcpy(text, line, (size_t)(strchr(line, '\n') - line));
		ck_assert_msg(times(r.said, text) == 1, "twice: %s", text);
	}
	rig_done(&r);
}
END_TEST

/* The user's size also counts where the id tells another. */
START_TEST(the_users_size_overrules_the_id)
{
	static const uint32_t given[] = { 2 * M, 4 * M, 8 * M };
	const struct sim_opts board = { .chip = "esp32c6", .flash_size = 4 * M };
	struct rig r;

	rig_power(&r, &board);
	r.opts.flash_size = given[_i];
	ck_ok(rig_connect(&r), &r.err);
	ck_assert_uint_eq(rig_device(&r)->flash_size, given[_i]);
	/* only a size beyond the end is doubtful */
	ck_assert_uint_eq(times(r.said, "the flash size is set to"), given[_i] > 4 * M);
	ck_assert_uint_eq(times(r.said, "set to 8192 KiB"), given[_i] > 4 * M);
	rig_done(&r);
}
END_TEST

Suite *suite_spi_flash(void);
Suite *suite_spi_flash(void)
{
	Suite *s = suite_create("spi_flash");
	TCase *t = tcase_create("id");

	tcase_add_test(t, every_size_code);
	tcase_add_test(t, adesto_has_its_code_elsewhere);
	tcase_add_loop_test(t, size_is_found_and_told_to_the_loader, 0,
			    (int)(2 * sizeof(sizes) / sizeof(sizes[0])));
	tcase_add_loop_test(t, controller_is_left_as_it_was, 0, 2);
	tcase_add_loop_test(t, missing_flash_is_a_warning, 0, RIG_CHIPS);
	tcase_add_loop_test(t, pins_of_a_missing_flash, 0, 2);
	tcase_add_test(t, unknown_size_is_4mb_with_espflashs_words);
	tcase_add_loop_test(t, ids_that_no_flash_has, 0, 4);
	tcase_add_test(t, refused_attach_is_no_obstacle);
	tcase_add_test(t, controller_that_never_finishes_is_an_error);
	tcase_add_loop_test(t, write_without_flash_fails, 0, 2);
	suite_add_tcase(s, t);
	t = tcase_create("given sizes");
	/* the first, ESP32, has no such mode */
	tcase_add_loop_test(t, secure_download_reaches_the_whole_flash, 1, RIG_CHIPS);
	tcase_add_loop_test(t, secure_download_takes_the_users_size, 1, RIG_CHIPS);
	tcase_add_loop_test(t, equal_warnings_are_given_once, 0, 2);
	tcase_add_loop_test(t, the_users_size_overrules_the_id, 0, 3);
	suite_add_tcase(s, t);
	return s;
}
