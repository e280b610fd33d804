/* SPDX-License-Identifier: MIT */
/*
 * A chip whose MD5 differs from the right one in its last byte only. It must count as another
 * content wherever the flasher compares: before it skips, after it wrote, after an erase whose
 * answer got lost, after a read, and where it looks how far a broken write got.
 */
#include "rig/tap_port.h"
#include "work_rig.h"

#define ADDR 0x10000u
#define LEN  0x20000u

static struct {
	bool is_on;             /* digests are changed now */
	bool ends_with_begin;   /* ... until the next BEGIN of a write */
	bool is_next;           /* the next answer has a digest */
	unsigned changed;       /* digests that were changed */
	unsigned begins, reads; /* requests */
	uint32_t begin_addr[8];
} chip;

static bool chip_write(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
		       struct ef_err *err)
{
	if (tap_is_request(data, len, EF_OP_FLASH_DEFL_BEGIN)) {
		if (chip.begins < EF_ARRAY_LEN(chip.begin_addr))
			chip.begin_addr[chip.begins] = tap_word(data, len, 3);
		chip.begins++;
		if (chip.ends_with_begin)
			chip.is_on = false;
	}
	chip.reads += tap_is_request(data, len, EF_OP_READ_FLASH);
	chip.is_next |= tap_is_request(data, len, EF_OP_SPI_FLASH_MD5);
	return tap_real->write(port, data, len, deadline_us, err);
}

/* Change the byte unless it would be, or is, a delimiter or part of an escape. */
static void change(uint8_t *p)
{
	*p ^= *p >= 0x80 ? 0x80 : 1;
	ck_assert(*p < 0xc0 || *p == 0xc1);
	chip.changed++;
}

static bool chip_read(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
		      size_t *ret_len, struct ef_err *err)
{
	if (!tap_real->read(port, buf, cap, deadline_us, ret_len, err))
		return false;
	/* c0 01 13, length, value, 16 bytes, two of status, c0 */
	if (chip.is_next && *ret_len >= 28 && buf[1] == 1 && buf[2] == EF_OP_SPI_FLASH_MD5) {
		chip.is_next = false;
		if (chip.is_on)
			change(buf + *ret_len - 4);
	}
	return true;
}

static void start(struct work *w, bool is_on)
{
	const struct sim_opts sim = { .chip = "esp32c3" };
	struct ef_port_ops *ops;

	memset(&chip, 0, sizeof(chip));
	chip.is_on = is_on;
	work_start(w, &sim, false);
	ops = tap_open(w->rig.port);
	ops->read = chip_read;
	ops->write = chip_write;
}

static void finish(struct work *w)
{
	tap_close(w->rig.port);
	w->total = UINT64_MAX;
	work_done(w);
}

/* The flash has the content. Only a digest that is right to the last byte lets it be skipped. */
START_TEST(content_is_skipped)
{
	const struct ef_write_opts opts = { 0 };
	uint8_t *data = work_content(LEN, false);
	const struct ef_region r = { ADDR, data, LEN, "app" };
	struct work w;

	start(&w, _i);
	chip.ends_with_begin = true;
	memcpy(sim_flash_mut(w.rig.sim) + ADDR, data, LEN);
	ck_ok(plain_write(w.rig.f, &r, 1, &opts, NULL, &w.rig.err), &w.rig.err);
	ck_assert_int_eq(chip.begins > 0, _i);
	ck_assert_int_eq(chip.changed > 0, _i);
	work_check(&w, ADDR, data, LEN);
	finish(&w);
	free(data);
}
END_TEST

/* The user is told what is left to write, if it is less than all. */
START_TEST(sectors_that_differ_are_told)
{
	const struct ef_write_opts opts = { 0 };
	uint8_t *data = work_content(LEN, false);
	const struct ef_region r = { ADDR, data, LEN, "app" };
	struct work w;

	start(&w, false);
	if (!_i)
		memcpy(sim_flash_mut(w.rig.sim) + ADDR, data, LEN);
	sim_flash_mut(w.rig.sim)[ADDR + 0x1000] ^= 1;
	ck_ok(plain_write(w.rig.f, &r, 1, &opts, NULL, &w.rig.err), &w.rig.err);
	if (_i)
		rig_does_not_say(&w.rig, "sectors differ");
	else
		rig_says(&w.rig, "app: 1 of 32 sectors differ: 4,096 bytes are written");
	finish(&w);
	free(data);
}
END_TEST

START_TEST(write_is_verified)
{
	const struct ef_write_opts opts = { .no_skip = true };
	uint8_t *data = work_content(LEN, false);
	const struct ef_region r = { ADDR, data, LEN, "app" };
	struct work w;

	start(&w, true);
	ck_fails(plain_write(w.rig.f, &r, 1, &opts, NULL, &w.rig.err), &w.rig.err, EF_E_VERIFY, "");
	ck_assert_uint_gt(chip.changed, 0);
	ef_err_clear(&w.rig.err);
	finish(&w);
	free(data);
}
END_TEST

/*
 * The answer to an erase gets lost. If the digest is that of blank flash, the erase was done. If
 * it never is, the erase has failed.
 */
START_TEST(erase_is_proved)
{
	struct sim_faults faults = { 0 };
	struct work w;

	start(&w, _i);
	faults.drop_reply = sim_requests(w.rig.sim, 0) + 1;
	sim_set_faults(w.rig.sim, &faults);
	ck_assert(plain_erase_region(w.rig.f, ADDR, 0x1000, NULL, &w.rig.err) == !_i);
	ck_assert_int_eq(chip.changed > 0, _i);
	if (_i) {
		rig_does_not_say(&w.rig, "but it is erased");
		ck_assert_int_eq(w.rig.err.code, EF_E_VERIFY);
		ck_assert_uint_le(chip.changed, 8);
		ef_err_clear(&w.rig.err);
	} else {
		rig_says(&w.rig, "but it is erased");
	}
	finish(&w);
}
END_TEST

/* The chip is reset in mid-write. What the digests prove is not written again. */
START_TEST(broken_write_goes_on_where_it_is_proved)
{
	const struct ef_write_opts opts = { .no_skip = true };
	uint8_t *data = work_content(LEN, false);
	const struct ef_region r = { ADDR, data, LEN, "app" };
	struct sim_faults faults = { 0 };
	struct work w;

	start(&w, false);
	faults.reset_at_request = sim_requests(w.rig.sim, 0) + 8;
	sim_set_faults(w.rig.sim, &faults);
	chip.begins = 0;
	chip.is_on = _i;
	ck_assert(plain_write(w.rig.f, &r, 1, &opts, NULL, &w.rig.err) == !_i);
	ck_assert_uint_gt(chip.begins, 1);
	ck_assert_uint_eq(chip.begin_addr[0], ADDR);
	if (_i)
		ck_assert_uint_eq(chip.begin_addr[1], ADDR);
	else
		ck_assert_uint_gt(chip.begin_addr[1], ADDR);
	ef_err_clear(&w.rig.err);
	finish(&w);
	free(data);
}
END_TEST

/* ---- reading: the digest is a frame of its own ---- */

static bool digest_read(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
			size_t *ret_len, struct ef_err *err)
{
	size_t end;

	if (!tap_real->read(port, buf, cap, deadline_us, ret_len, err))
		return false;
	end = *ret_len;
	/* 16 bytes between delimiters at the end of what came */
	if (chip.is_on && !chip.changed && end >= 18 && buf[end - 1] == 0xc0 &&
	    buf[end - 18] == 0xc0 && !memchr(buf + end - 17, 0xc0, 16)) {
		change(buf + end - 2);
		chip.is_on = false;
	}
	return true;
}

static bool collect(void *user, const uint8_t *data, size_t len, struct ef_err *err)
{
	struct ef_wr *out = user;

	(void)err;
	ef_wr_bytes(out, data, len);
	return true;
}

START_TEST(read_is_verified)
{
	uint8_t *data = work_content(0x1000, false), copy[0x1000];
	struct ef_wr out = ef_wr_init(copy, sizeof(copy));
	struct work w;

	start(&w, _i);
	w.rig.port->ops = tap_real;
	tap_open(w.rig.port)->read = digest_read;
	memcpy(sim_flash_mut(w.rig.sim) + ADDR, data, 0x1000);
	ck_ok(ef_flasher_read(w.rig.f, ADDR, 0x1000, collect, &out, &w.rig.err), &w.rig.err);
	ck_assert_mem_eq(copy, data, 0x1000);
	ck_assert_uint_eq(chip.changed, (unsigned)_i);
	/* a digest that is wrong makes the flasher ask for another one */
	ck_assert_int_eq(sim_requests(w.rig.sim, EF_OP_SPI_FLASH_MD5) > 0, _i);
	finish(&w);
	free(data);
}
END_TEST

static bool first_read(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
		       size_t *ret_len, struct ef_err *err)
{
	size_t at = 0;

	if (!tap_real->read(port, buf, cap, deadline_us, ret_len, err))
		return false;
	if (!chip.is_on || *ret_len < 40)
		return true;
	if (buf[1] == 1 && buf[2] == EF_OP_READ_FLASH) /* its answer comes before the packet */
		at = 12;
	ck_assert_uint_eq(buf[at], 0xc0);
	change(buf + at + 1);
	chip.is_on = false;
	return true;
}

/* The first byte of the first packet is damaged: no digest of what is behind it proves it. */
START_TEST(first_byte_is_verified)
{
	uint8_t *data = work_content(0x1000, false), copy[0x1000];
	struct ef_wr out = ef_wr_init(copy, sizeof(copy));
	struct work w;

	start(&w, true);
	w.rig.port->ops = tap_real;
	tap_open(w.rig.port)->read = first_read;
	data[0] = 0x11;
	memcpy(sim_flash_mut(w.rig.sim) + ADDR, data, 0x1000);
	ck_ok(ef_flasher_read(w.rig.f, ADDR, 0x1000, collect, &out, &w.rig.err), &w.rig.err);
	ck_assert_uint_eq(chip.changed, 1);
	ck_assert_mem_eq(copy, data, 0x1000);
	finish(&w);
	free(data);
}
END_TEST

Suite *suite_last_byte(void);
Suite *suite_last_byte(void)
{
	Suite *s = suite_create("last_byte");
	TCase *t = tcase_create("md5");

	tcase_add_loop_test(t, content_is_skipped, 0, 2);
	tcase_add_loop_test(t, sectors_that_differ_are_told, 0, 2);
	tcase_add_test(t, write_is_verified);
	tcase_add_loop_test(t, erase_is_proved, 0, 2);
	tcase_add_loop_test(t, broken_write_goes_on_where_it_is_proved, 0, 2);
	tcase_add_loop_test(t, read_is_verified, 0, 2);
	tcase_add_test(t, first_byte_is_verified);
	suite_add_tcase(s, t);
	return s;
}
