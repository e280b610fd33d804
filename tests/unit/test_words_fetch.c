/* SPDX-License-Identifier: MIT */
/*
 * How the registers behind facts are found and read: the facts are derived from zeros first, what
 * is known already is neither asked for again nor a zero, and no more is kept than there is room
 * for. A second reading has another order.
 */
#include <espflash/memory.h>

#include "flasher/words.h"
#include "flasher_rig.h"
#include "rig/tap_port.h"
#include "sim/parts.h"

#define BASE 0x3fc90000u /* RAM of the C3 */

static struct {
	uint32_t addr[64];
	unsigned count;
} asked;

static bool count_write(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
			struct ef_err *err)
{
	for (size_t at = 0; at + 10 <= len && asked.count < 64;) {
		size_t end = at + 1;

		if (tap_is_request(data + at, len - at, EF_OP_READ_REG))
			asked.addr[asked.count++] = tap_word(data + at, len - at, 0);
		while (end < len && data[end] != 0xc0)
			end++;
		at = end + 1;
	}
	return tap_real->write(port, data, len, deadline_us, err);
}

/* Words 0 to 3 hold 100 to 103. */
static void open_board(struct rig *r)
{
	const struct sim_opts board = { .chip = "esp32c3", .is_paced = true };

	rig_power(r, &board);
	r->opts.no_stub = true;
	ck_ok(rig_connect(r), &r->err);
	for (uint32_t i = 0; i < 4; i++)
		ck_ok(ef_flasher_write_word(r->f, BASE + 4 * i, 100 + i, UINT32_MAX, &r->err),
		      &r->err);
	ef_words_forget(r->f);
	asked.count = 0;
	tap_open(r->port)->write = count_write;
}

static void close_board(struct rig *r)
{
	tap_close(r->port);
	rig_done(r);
}

static uint32_t known; /* how many of the words are */

/* Word 2 is read twice. */
static bool four_words(struct ef_flasher *f, const struct ef_regs *regs, struct ef_err *err)
{
	static const unsigned order[] = { 2, 0, 1, 2, 3 };

	f->dev.revision = 4711;
	for (size_t i = 0; i < EF_ARRAY_LEN(order); i++) {
		uint32_t n = order[i], value = 7;

		if (!regs->read(regs->ctx, BASE + 4 * n, &value, err))
			return false;
		ck_assert_uint_eq(value, n < known ? 100 + n : 0);
	}
	return true;
}

static void check_asked(const uint32_t *words, unsigned count)
{
	ck_assert_uint_eq(asked.count, count);
	for (unsigned i = 0; i < count; i++)
		ck_assert_uint_eq(asked.addr[i], BASE + 4 * words[i]);
	asked.count = 0;
}

START_TEST(each_is_asked_once)
{
	struct ef_regs regs;
	uint16_t revision;
	bool is_same;
	uint32_t value;
	struct rig r;

	open_board(&r);
	revision = rig_device(&r)->revision;
	known = 0;
	ck_ok(ef_words_fetch(r.f, four_words, &r.err), &r.err);
	check_asked((uint32_t[]){ 2, 0, 1, 3 }, 4);
	ck_assert_uint_eq(rig_device(&r)->revision, revision);
	known = 4;
	ck_ok(ef_words_fetch(r.f, four_words, &r.err), &r.err);
	check_asked(NULL, 0);
	ck_assert_uint_eq(r.f->record.words.count, 4);
	regs = ef_words_regs(r.f);
	ck_ok(regs.read(regs.ctx, BASE + 12, &value, &r.err), &r.err);
	ck_assert_uint_eq(value, 103);
	check_asked(NULL, 0);
	/* one that was not wanted is asked for, and known from then on */
	ck_ok(regs.read(regs.ctx, BASE + 16, &value, &r.err), &r.err);
	ck_ok(regs.read(regs.ctx, BASE + 16, &value, &r.err), &r.err);
	check_asked((uint32_t[]){ 4 }, 1);
	ck_assert(!r.f->record.words.is_confirmed);
	/* 2, 0, 1, 3, 4 once more: the last first, from another one on each time */
	r.f->record.words.confirmations = 0;
	ck_ok(ef_words_confirm(r.f, &is_same, &r.err), &r.err);
	ck_assert(is_same && r.f->record.words.is_confirmed);
	check_asked((uint32_t[]){ 2, 4, 3, 1, 0 }, 5);
	ck_ok(ef_words_confirm(r.f, &is_same, &r.err), &r.err);
	check_asked((uint32_t[]){ 0, 2, 4, 3, 1 }, 5);
	/* where something was damaged, zeros are asked for twice more */
	r.f->recovery.damages = 1;
	ck_ok(ef_words_confirm(r.f, &is_same, &r.err), &r.err);
	ck_assert(is_same);
	check_asked((uint32_t[]){ 1, 0, 2, 4, 3, 4, 4 }, 7);
	close_board(&r);
}
END_TEST

/* A word that has changed: nothing is known any more. */
START_TEST(changed_word)
{
	bool is_same;
	struct rig r;

	open_board(&r);
	known = 0;
	ck_ok(ef_words_fetch(r.f, four_words, &r.err), &r.err);
	ck_ok(ef_flasher_write_word(r.f, BASE + 4 * (uint32_t)_i, 5, UINT32_MAX, &r.err), &r.err);
	ck_ok(ef_words_confirm(r.f, &is_same, &r.err), &r.err);
	ck_assert(!is_same && !r.f->record.words.is_confirmed);
	ck_assert_uint_eq(r.f->record.words.count, 0);
	/* nothing is left to compare */
	ck_ok(ef_words_confirm(r.f, &is_same, &r.err), &r.err);
	ck_assert(is_same);
	close_board(&r);
}
END_TEST

/* Words 0 to 3 are zero, except for word 1. */
static bool zero_words(struct ef_flasher *f, const struct ef_regs *regs, struct ef_err *err)
{
	uint32_t value;

	(void)f;
	for (uint32_t n = 0; n < 4; n++)
		if (!regs->read(regs->ctx, BASE + 4 * n, &value, err))
			return false;
	return true;
}

static struct {
	struct sim *sim;
	unsigned writes; /* after so many ... */
	uint32_t addr;   /* ... this word becomes 5 */
} change;

static bool change_and_count(struct ef_port *port, const uint8_t *data, size_t len,
			     uint64_t deadline_us, struct ef_err *err)
{
	static const uint8_t five[4] = { 5 };

	if (change.writes-- == 0)
		ck_assert(sim_mem_write(change.sim, change.addr, five, sizeof(five)));
	return count_write(port, data, len, deadline_us, err);
}

/* Each zero counts, the first and the last as well, and in both of the further readings. */
START_TEST(zeros_are_asked_for_again)
{
	static const uint32_t zeros[] = { 0, 2, 3 };
	bool is_same;
	struct rig r;

	open_board(&r);
	for (unsigned i = 0; i < 3; i++)
		ck_ok(ef_flasher_write_word(r.f, BASE + 4 * zeros[i], 0, UINT32_MAX, &r.err),
		      &r.err);
	asked.count = 0;
	ck_ok(ef_words_fetch(r.f, zero_words, &r.err), &r.err);
	r.f->record.words.confirmations = 3;
	asked.count = 0;
	/* such damage means that registers are asked for one by one */
	r.f->recovery.damages = 1;
	ck_ok(ef_words_confirm(r.f, &is_same, &r.err), &r.err);
	ck_assert(is_same);
	check_asked((uint32_t[]){ 3, 2, 1, 0, 0, 2, 3, 0, 2, 3 }, 10);
	change.sim = r.sim;
	change.writes = 4 + 3 * ((unsigned)_i / 3);
	change.addr = BASE + 4 * zeros[_i % 3];
	r.port->ops = tap_real;
	tap_open(r.port)->write = change_and_count;
	ck_ok(ef_words_confirm(r.f, &is_same, &r.err), &r.err);
	ck_assert(!is_same && !r.f->record.words.is_confirmed);
	close_board(&r);
}
END_TEST

static bool interrupt(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
		      struct ef_err *err)
{
	if (change.writes-- == 0)
		return ef_fail(err, EF_E_INTR, "interrupted");
	return count_write(port, data, len, deadline_us, err);
}

/* Whatever is asked for at that moment: a word, or a zero once more. */
START_TEST(interrupted_confirmation)
{
	bool is_same;
	struct rig r;

	open_board(&r);
	known = 0;
	ck_ok(ef_words_fetch(r.f, four_words, &r.err), &r.err);
	ck_ok(ef_flasher_write_word(r.f, BASE, 0, UINT32_MAX, &r.err), &r.err);
	ef_words_forget(r.f);
	ck_ok(ef_words_fetch(r.f, four_words, &r.err), &r.err);
	r.f->recovery.damages = 1;
	change.writes = (unsigned)_i;
	r.port->ops = tap_real;
	tap_open(r.port)->write = interrupt;
	ck_fails(ef_words_confirm(r.f, &is_same, &r.err), &r.err, EF_E_INTR, "interrupted");
	close_board(&r);
}
END_TEST

static bool many_words(struct ef_flasher *f, const struct ef_regs *regs, struct ef_err *err)
{
	uint32_t value;

	(void)f;
	for (uint32_t i = 0; i < EF_WORDS_MAX + 3; i++)
		if (!regs->read(regs->ctx, BASE + 4 * i, &value, err))
			return false;
	return true;
}

START_TEST(more_than_there_is_room_for)
{
	struct ef_regs regs;
	uint32_t value;
	struct rig r;

	open_board(&r);
	ck_ok(ef_words_fetch(r.f, many_words, &r.err), &r.err);
	ck_assert_uint_eq(asked.count, EF_WORDS_MAX);
	ck_assert_uint_eq(r.f->record.words.count, EF_WORDS_MAX);
	/* the others are asked for each time */
	asked.count = 0;
	regs = ef_words_regs(r.f);
	ck_ok(regs.read(regs.ctx, BASE + 4 * EF_WORDS_MAX, &value, &r.err), &r.err);
	ck_ok(regs.read(regs.ctx, BASE + 4 * EF_WORDS_MAX, &value, &r.err), &r.err);
	ck_assert_uint_eq(asked.count, 2);
	ck_assert_uint_eq(r.f->record.words.count, EF_WORDS_MAX);
	close_board(&r);
}
END_TEST

Suite *suite_words_fetch(void);
Suite *suite_words_fetch(void)
{
	Suite *s = suite_create("words_fetch");
	TCase *t = tcase_create("words_fetch");

	tcase_add_test(t, each_is_asked_once);
	tcase_add_loop_test(t, changed_word, 0, 4);
	tcase_add_loop_test(t, zeros_are_asked_for_again, 0, 6);
	tcase_add_loop_test(t, interrupted_confirmation, 0, 6);
	tcase_add_test(t, more_than_there_is_room_for);
	suite_add_tcase(s, t);
	return s;
}
