/* SPDX-License-Identifier: MIT */
/*
 * How long the flasher waits for a chip that works, and how it cuts its work
 * where a line loses it. Expected times are those of docs/protocol.md: 40 s
 * for each 10^6 bytes to erase or write (42 s for 1 MiB), 8 s for the MD5 of
 * 10^6 (8.4 s for 1 MiB), 120 s for a whole chip, and never less than 3 s.
 */
#include "rig/tap_port.h"
#include "work_rig.h"

#define ADDR 0x100000u
#define MIB  (1u << 20)

/* ---- time for an answer ---- */

enum job { ERASE, ERASE_ALL, MD5, WRITE_PLAIN, WRITE_ZEROS };

static const struct slow {
	enum job job;
	bool no_stub;
	uint32_t len;
	unsigned request;    /* the one that keeps the chip busy */
	uint32_t allowed_ms; /* how long it may be busy */
} slow[] = {
	{ ERASE, false, 0x10000, 1, 3000 },
	{ ERASE, false, MIB, 1, 42000 },
	{ ERASE, true, 0x10000, 1, 3000 },
	{ ERASE, true, MIB, 1, 42000 },
	{ ERASE_ALL, false, 4 * MIB, 1, 168000 },
	{ ERASE_ALL, false, 2 * MIB, 1, 120000 },
	{ ERASE_ALL, false, 8 * MIB, 1, 240000 }, /* no command gets more */
	{ MD5, false, MIB, 1, 8400 },
	{ MD5, true, 2 * MIB, 1, 16800 },
	/* a ROM erases all of it before it answers the BEGIN, and writes before it answers data */
	{ WRITE_PLAIN, true, 0x20000, 1, 5250 },
	{ WRITE_PLAIN, true, 0x20000, 2, 3000 },
	/* a stub answers the BEGIN and the first block at once */
	{ WRITE_PLAIN, false, 0x20000, 1, 3000 },
	{ WRITE_PLAIN, false, 0x20000, 2, 3000 },
	/* then it may be busy with the block before: 4 or 16 KiB, and two erases of 64 KiB */
	{ WRITE_PLAIN, false, 0x20000, 3, 5415 },
	{ WRITE_PLAIN, false, 0x20000, 4, 5905 },
	/* 1 MiB in one block: 33 erases of 64 KiB go with it */
	{ WRITE_ZEROS, false, MIB, 3, 128625 },
};

/* The chip is busy with the n-th request, and nothing that it sends arrives before it is ready. */
static struct {
	unsigned request, count;
	uint32_t busy_ms;
	uint64_t ready_us;
} busy;

static bool busy_write(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
		       struct ef_err *err)
{
	if (!tap_real->write(port, data, len, deadline_us, err))
		return false;
	if (len < 10 || tap_is_request(data, len, EF_OP_SYNC) || ++busy.count != busy.request)
		return true;
	/* from the moment when the whole request has arrived: ten bits a byte */
	busy.ready_us = tap_real->now_us(port) + len * 10000000ull / port->rate_hz +
			busy.busy_ms * 1000ull;
	return true;
}

static bool busy_read(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
		      size_t *ret_len, struct ef_err *err)
{
	uint64_t now_us = tap_real->now_us(port);
	uint64_t until_us = busy.ready_us < deadline_us ? busy.ready_us : deadline_us;

	*ret_len = 0;
	if (now_us < until_us && !tap_real->sleep_us(port, until_us - now_us, err))
		return false;
	if (busy.ready_us > deadline_us)
		return true;
	return tap_real->read(port, buf, cap, deadline_us, ret_len, err);
}

static bool do_job(const struct slow *s, struct work *w, const uint8_t *data)
{
	const struct ef_write_opts opts = { .no_skip = true, .no_verify = true };
	const struct ef_region region = { ADDR, data, s->len, "app" };
	uint8_t md5[16];

	switch (s->job) {
	case ERASE:
		return plain_erase_region(w->rig.f, ADDR, s->len, "nvs", &w->rig.err);
	case ERASE_ALL:
		return plain_erase_all(w->rig.f, &w->rig.err);
	case MD5:
		return ef_flasher_md5(w->rig.f, ADDR, s->len, md5, &w->rig.err);
	default:
		return plain_write(w->rig.f, &region, 1, &opts, NULL, &w->rig.err);
	}
}

/* Whether the flasher waits this long for the answer and repeats no work. */
static bool is_waited_for(const struct slow *s, uint32_t busy_ms)
{
	const struct sim_opts sim = { .chip = "esp32c3", .is_paced = true };
	uint8_t *data = s->job == WRITE_ZEROS ? calloc(1, s->len) : work_content(s->len, false);
	struct ef_port_ops *ops;
	struct work w;
	bool ok;

	ck_assert_ptr_nonnull(data);
	work_start(&w, &sim, s->no_stub);
	if (s->job == ERASE_ALL)
		ck_ok(ef_flasher_set_flash_size(w.rig.f, s->len, &w.rig.err), &w.rig.err);
	memset(&busy, 0, sizeof(busy));
	busy.request = s->request;
	busy.busy_ms = busy_ms;
	ops = tap_open(w.rig.port);
	ops->read = busy_read;
	ops->write = busy_write;
	ok = do_job(s, &w, data) && strstr(w.rig.said, "warn: ") == NULL &&
	     sim_requests(w.rig.sim, EF_OP_SPI_FLASH_MD5) == (s->job == MD5);
	tap_close(w.rig.port);
	w.total = UINT64_MAX;
	work_done(&w);
	free(data);
	return ok;
}

START_TEST(busy_chip_gets_its_time_and_no_more)
{
	const struct slow *s = &slow[_i];

	ck_assert_msg(is_waited_for(s, s->allowed_ms - 100), "%u ms is too long",
		      s->allowed_ms - 100);
	ck_assert_msg(!is_waited_for(s, s->allowed_ms + 100), "%u ms is not too long",
		      s->allowed_ms + 100);
}
END_TEST

/* ---- a damaged answer ---- */

static bool spoil_next; /* the header of the next answer */

static bool spoil_read(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
		       size_t *ret_len, struct ef_err *err)
{
	if (!tap_real->read(port, buf, cap, deadline_us, ret_len, err))
		return false;
	if (spoil_next && *ret_len > 2 && buf[0] == 0xc0 && buf[1] == 0x01) {
		buf[1] = 0x05;
		spoil_next = false;
	}
	return true;
}

/* A frame that is not an answer makes the flasher ask at once, not after 0.4 s of silence. */
START_TEST(damaged_answer_costs_little_time)
{
	const struct sim_opts sim = { .chip = "esp32c3" };
	uint64_t start_us;
	struct work w;

	work_start(&w, &sim, _i);
	tap_open(w.rig.port)->read = spoil_read;
	spoil_next = true;
	start_us = sim_now_us(w.rig.sim);
	ck_ok(plain_erase_region(w.rig.f, ADDR, 0x1000, "nvs", &w.rig.err), &w.rig.err);
	tap_close(w.rig.port);
	ck_assert(!spoil_next);
	ck_assert_uint_lt(sim_now_us(w.rig.sim) - start_us, 350000);
	work_done(&w);
}
END_TEST

/* ---- time for a write ---- */

/*
 * 10 s (esptool's serial_write_timeout), and twice the wire's time, since the
 * driver may still hold earlier bytes.
 */
static bool timed_write(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
			struct ef_err *err)
{
	uint64_t want_us = 10000000ull + 20000000ull * len / port->rate_hz;

	/* but for rounding */
	ck_assert_uint_le(deadline_us - tap_real->now_us(port), want_us);
	ck_assert_uint_ge(deadline_us - tap_real->now_us(port) + 10, want_us);
	return tap_real->write(port, data, len, deadline_us, err);
}

START_TEST(write_has_a_deadline)
{
	const struct sim_opts sim = { .chip = "esp32c3", .is_paced = true };
	struct work w;

	work_start(&w, &sim, _i);
	tap_open(w.rig.port)->write = timed_write;
	ck_ok(plain_erase_region(w.rig.f, ADDR, 0x1000, "nvs", &w.rig.err), &w.rig.err);
	tap_close(w.rig.port);
	work_done(&w);
}
END_TEST

/* ---- stretches and pieces ---- */

/* What the tap saw: the stretch of each BEGIN, the content of each block. */
static struct {
	uint32_t stretch[32];
	uint32_t piece[64];
	unsigned stretches, pieces;
	uint32_t lose;  /* a bit for each stretch whose blocks don't arrive */
	uint32_t spoil; /* a bit for each block that arrives damaged */
} seen;

static bool watch_write(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
			struct ef_err *err)
{
	bool is_block = tap_is_request(data, len, EF_OP_FLASH_DEFL_DATA);
	uint8_t *copy;
	bool ok;

	if (tap_is_request(data, len, EF_OP_FLASH_DEFL_BEGIN) && seen.stretches < 32)
		seen.stretch[seen.stretches++] = tap_word(data, len, 0);
	if (is_block && seen.stretches <= 32 && seen.lose & 1u << (seen.stretches - 1))
		return true;
	if (!is_block || seen.pieces >= 64)
		return tap_real->write(port, data, len, deadline_us, err);
	seen.piece[seen.pieces++] = tap_word(data, len, 0);
	if (seen.pieces > 32 || !(seen.spoil & 1u << (seen.pieces - 1)))
		return tap_real->write(port, data, len, deadline_us, err);
	copy = malloc(len);
	ck_assert_ptr_nonnull(copy);
	memcpy(copy, data, len);
	for (size_t i = 9 + EF_DATA_HEAD_SIZE; i < len - 1; i++)
		if (copy[i] < 0x80) { /* neither a delimiter nor part of an escape */
			copy[i] ^= 1;
			break;
		}
	ok = tap_real->write(port, copy, len, deadline_us, err);
	free(copy);
	return ok;
}

static void write_watched(uint32_t len, uint32_t lose, uint32_t spoil)
{
	const struct sim_opts sim = { .chip = "esp32c3", .is_paced = true };
	const struct ef_write_opts opts = { .no_skip = true };
	uint8_t *data = work_content(len, false);
	const struct ef_region region = { ADDR, data, len, "app" };
	struct work w;

	memset(&seen, 0, sizeof(seen));
	seen.lose = lose;
	seen.spoil = spoil;
	work_start(&w, &sim, false);
	tap_open(w.rig.port)->write = watch_write;
	ck_ok(plain_write(w.rig.f, &region, 1, &opts, NULL, &w.rig.err), &w.rig.err);
	tap_close(w.rig.port);
	work_check(&w, ADDR, data, len);
	work_done(&w);
	free(data);
}

static void expect_list(const char *what, const uint32_t *got, unsigned count, const uint32_t *want,
			unsigned want_count)
{
	for (unsigned i = 0; i < want_count && i < count; i++)
		ck_assert_msg(got[i] == want[i], "%s %u: 0x%x instead of 0x%x", what, i, got[i],
			      want[i]);
	ck_assert_msg(count >= want_count, "%u of %s", count, what);
}

/*
 * A stretch that fails without progress is followed by a shorter one; one that
 * fails after progress is followed by one of twice the length.
 */
START_TEST(stretches_shrink_and_grow_again)
{
	static const uint32_t want[] = { 0x40000, 0x10000, 0x4000,  0x1000, /* these are lost */
					 0x1000,  0x1000, /* one arrives, one doesn't */
					 0x2000,  0x2000,  0x4000,  0x4000, 0x8000,
					 0x8000,  0x10000, 0x10000, 0x21000 };

	write_watched(0x40000, 0x2aaf, 0);
	expect_list("stretch", seen.stretch, seen.stretches, want, EF_ARRAY_LEN(want));
	ck_assert_uint_eq(seen.stretches, EF_ARRAY_LEN(want));
}
END_TEST

/* A damaged block is sent again in quarters; each clean block doubles the piece. */
START_TEST(pieces_shrink_and_grow_again)
{
	static const uint32_t want[] = { 0x1000,                                 /* short, clean */
					 0x4000, 0x1000, 0x1000, 0x1000, 0x1000, /* damaged */
					 0x1000, 0x1000, 0x1000, 0x1000,         /* clean */
					 0x2000, 0x2000, 0x4000, 0x4000 };

	write_watched(0x20000, 0, 2);
	expect_list("piece", seen.piece, seen.pieces, want, EF_ARRAY_LEN(want));
	ck_assert_uint_eq(seen.stretches, 1);
}
END_TEST

/* A block is damaged again and again: its pieces do not get shorter than this. */
START_TEST(pieces_have_a_least_length)
{
	static const uint32_t want[] = { 0x1000, 0x4000, 0x1000, 0x400, 0x100, 0x100, 0x100 };

	write_watched(0x8000, 0, 0x3e);
	expect_list("piece", seen.piece, seen.pieces, want, EF_ARRAY_LEN(want));
	ck_assert_uint_eq(seen.stretches, 1);
}
END_TEST

Suite *suite_budgets(void);

Suite *suite_budgets(void)
{
	Suite *s = suite_create("budgets");
	TCase *t = tcase_create("budgets");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, busy_chip_gets_its_time_and_no_more, 0, (int)EF_ARRAY_LEN(slow));
	tcase_add_loop_test(t, damaged_answer_costs_little_time, 0, 2);
	tcase_add_loop_test(t, write_has_a_deadline, 0, 2);
	tcase_add_test(t, stretches_shrink_and_grow_again);
	tcase_add_test(t, pieces_shrink_and_grow_again);
	tcase_add_test(t, pieces_have_a_least_length);
	suite_add_tcase(s, t);
	return s;
}
