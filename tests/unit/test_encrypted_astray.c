/* SPDX-License-Identifier: MIT */
/* Content that the loader encrypts, and that goes to another address again and again. */
#include "flasher/flasher_priv.h"
#include "rig/tap_port.h"
#include "work_rig.h"

#define ADDR 0x10000u
#define LEN  20001u

static bool write_it(struct work *w, uint32_t len)
{
	uint8_t *data = work_content(len, false);
	const struct ef_plan_region r = { .region = { ADDR, data, len, "app" }, .encrypts = true };
	const struct ef_plan plan = { .regions = &r,
				      .region_count = 1,
				      .table_offset = EF_PLAN_NO_TABLE };
	const struct ef_write_opts opts = { 0 };
	const struct ef_checked *checked = NULL;
	bool ok = ef_flasher_check(w->rig.f, &plan, false, NULL, &checked, &w->rig.err) &&
		  ef_flasher_write(w->rig.f, checked, &opts, NULL, &w->rig.err);

	free(data);
	return ok;
}

/* Which BEGINs of content get another address, by a damaged bit: those whose bit is set here. */
static uint32_t astray;
static unsigned begins;

static bool leads_astray(struct ef_port *port, const uint8_t *data, size_t len,
			 uint64_t deadline_us, struct ef_err *err)
{
	uint8_t copy[64];

	if (!tap_is_request(data, len, EF_OP_FLASH_DEFL_BEGIN) || !tap_word(data, len, 0) ||
	    len > sizeof(copy) || !(astray >> begins++ & 1))
		return tap_real->write(port, data, len, deadline_us, err);
	memcpy(copy, data, len);
	copy[23] ^= 0x02; /* the third byte of the address */
	return tap_real->write(port, copy, len, deadline_us, err);
}

/*
 * Where nothing was written five times in a row, the flash is to blame, and not the line. Success
 * in between lets the count begin again: the second stretch begins after 256 KiB.
 */
START_TEST(a_flash_that_takes_nothing)
{
	static const struct {
		uint32_t len, astray;
		unsigned begins;
		bool ok;
	} writes[] = {
		{ LEN, 0xf, 5, true },         { LEN, 0x1f, 5, false },
		{ LEN, 0xffffffff, 5, false }, { 0x41000, 0x1ef, 10, true },
		{ 0x41000, 0x3ef, 10, false },
	};
	const struct sim_opts sim = { .chip = "esp32c3",
				      .locks.encryption = SIM_ENCRYPTION_DEVELOPMENT };
	struct work w;

	work_start(&w, &sim, false);
	astray = writes[_i].astray;
	begins = 0;
	tap_open(w.rig.port)->write = leads_astray;
	ck_assert_int_eq(write_it(&w, writes[_i].len), writes[_i].ok);
	tap_close(w.rig.port);
	ck_assert_uint_eq(begins, writes[_i].begins);
	if (!writes[_i].ok) {
		ck_assert_int_eq(w.rig.err.hint.id, EF_HINT_FLASH_DIFFERS);
		ck_fails(false, &w.rig.err, EF_E_VERIFY, "nothing was written at");
		w.total = UINT64_MAX;
	}
	work_done(&w);
}
END_TEST

/* The ranges whose digest is asked for, without the few bytes that show whether something came. */
static struct {
	uint32_t addr, len;
} digests[16];
static unsigned digest_count;

static bool notes_digests(struct ef_port *port, const uint8_t *data, size_t len,
			  uint64_t deadline_us, struct ef_err *err)
{
	if (tap_is_request(data, len, EF_OP_SPI_FLASH_MD5) && tap_word(data, len, 1) > 16) {
		ck_assert_uint_lt(digest_count, EF_ARRAY_LEN(digests));
		digests[digest_count].addr = tap_word(data, len, 0);
		digests[digest_count++].len = tap_word(data, len, 1);
	}
	return tap_real->write(port, data, len, deadline_us, err);
}

/* Each stretch is proved to be erased, up to the end of its sector, and to be neither later. */
START_TEST(digests_are_of_what_was_written)
{
	static const uint32_t want[][2] = {
		{ ADDR, 0x40000 },          /* it holds something else */
		{ ADDR, 0x40000 },          /* it is erased */
		{ ADDR, 0x40000 },          /* it is encrypted */
		{ ADDR + 0x40000, 0x2000 }, /* the same three for the rest */
		{ ADDR + 0x40000, 0x2000 }, { ADDR + 0x40000, 0x1010 },
	};
	const struct sim_opts sim = { .chip = "esp32c3",
				      .locks.encryption = SIM_ENCRYPTION_DEVELOPMENT };
	struct work w;

	work_start(&w, &sim, false);
	digest_count = 0;
	tap_open(w.rig.port)->write = notes_digests;
	ck_ok(write_it(&w, 0x41001), &w.rig.err);
	tap_close(w.rig.port);
	ck_assert_uint_eq(digest_count, EF_ARRAY_LEN(want));
	for (unsigned i = 0; i < digest_count; i++) {
		ck_assert_uint_eq(digests[i].addr, want[i][0]);
		ck_assert_uint_eq(digests[i].len, want[i][1]);
	}
	work_done(&w);
}
END_TEST

/* The first BEGIN, which only asks whether the stub takes the fifth word, is lost, or a later one.
 */
static unsigned lost_begin;

static bool loses_begin(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
			struct ef_err *err)
{
	if (tap_is_request(data, len, EF_OP_FLASH_DEFL_BEGIN) && begins++ == lost_begin)
		return true;
	return tap_real->write(port, data, len, deadline_us, err);
}

/* A question that was lost has changed nothing: nobody is told that something is written again. */
START_TEST(a_lost_question)
{
	const struct sim_opts sim = { .chip = "esp32c3",
				      .locks.encryption = SIM_ENCRYPTION_DEVELOPMENT };
	struct work w;

	work_start(&w, &sim, false);
	lost_begin = (unsigned)_i;
	begins = 0;
	tap_open(w.rig.port)->write = loses_begin;
	ck_ok(write_it(&w, LEN), &w.rig.err);
	tap_close(w.rig.port);
	rig_says(&w.rig, "no answer to FLASH_DEFL_BEGIN");
	if (_i)
		rig_says(&w.rig, "writing 'app' again from 0x00010000");
	else
		rig_does_not_say(&w.rig, "again from");
	work_done(&w);
}
END_TEST

/* ---- a block that seems right ---- */

#define BLOCKS 8u /* of 1 KiB, which a ROM takes */

static unsigned block_count, bad_block; /* the latter from 0 on */

/* Two flips of the same bit leave the block's checksum as it is. */
static bool damages_block(struct ef_port *port, const uint8_t *data, size_t len,
			  uint64_t deadline_us, struct ef_err *err)
{
	uint8_t copy[2500];

	if (!tap_is_request(data, len, EF_OP_FLASH_DATA) || block_count++ != bad_block)
		return tap_real->write(port, data, len, deadline_us, err);
	ck_assert_uint_le(len, sizeof(copy));
	memcpy(copy, data, len);
	copy[100] ^= 0x04;
	copy[500] ^= 0x04;
	return tap_real->write(port, copy, len, deadline_us, err);
}

/*
 * Over a bad line each stretch is written twice, and both must give the same flash. Where one was
 * damaged, there are two more, whichever it was.
 */
START_TEST(two_writes_that_differ)
{
	const struct sim_opts sim = { .chip = "esp32s2",
				      .locks.encryption = SIM_ENCRYPTION_DEVELOPMENT };
	const uint32_t len = BLOCKS * 0x400;
	uint8_t *want = work_content(len, false);
	struct work w;

	work_start(&w, &sim, true);
	w.rig.f->recovery.is_bad_line = true;
	block_count = 0;
	bad_block = _i == 0 ? 2 : _i == 1 ? BLOCKS + 2 : 100;
	tap_open(w.rig.port)->write = damages_block;
	ck_ok(write_it(&w, len), &w.rig.err);
	tap_close(w.rig.port);
	if (_i < 2)
		rig_says(&w.rig, "two writes of the same content gave different flash");
	else
		ck_assert_uint_eq(block_count, 2 * BLOCKS);
	sim_crypt(ADDR, want, len);
	ck_assert_mem_eq(sim_flash(w.rig.sim, NULL) + ADDR, want, len);
	work_done(&w);
	free(want);
}
END_TEST

Suite *suite_encrypted_astray(void);
Suite *suite_encrypted_astray(void)
{
	Suite *s = suite_create("encrypted_astray");
	TCase *t = tcase_create("encrypted_astray");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, a_flash_that_takes_nothing, 0, 5);
	tcase_add_test(t, digests_are_of_what_was_written);
	tcase_add_loop_test(t, a_lost_question, 0, 2);
	tcase_add_loop_test(t, two_writes_that_differ, 0, 3);
	suite_add_tcase(s, t);
	return s;
}
