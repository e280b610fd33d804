/* SPDX-License-Identifier: MIT */
/*
 * The upload of a stub over a line that loses a block: what MEM_BEGIN announces is what is still
 * to come, and nothing that the ROM acknowledged is sent twice. Words of MEM_BEGIN: size, number
 * of blocks, block size, address (esptool, loader.py, mem_begin).
 */
#include "flasher/flasher_priv.h"
#include "flasher_rig.h"
#include "rig/tap_port.h"

#define BEGINS_MAX 64u

/* Their stubs have a segment of more than one block. */
static const char *const chips[] = { "esp32", "esp32s2", "esp32s3", "esp32p4" };

struct begin {
	uint32_t size, blocks, block, addr;
	uint32_t arrived; /* blocks that followed it */
	bool is_cut;      /* one of them was lost */
};

static struct {
	struct begin begin[BEGINS_MAX];
	size_t count;
	bool has_lost;
} seen;

static bool watch_write(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
			struct ef_err *err)
{
	if (tap_is_request(data, len, EF_OP_MEM_BEGIN)) {
		ck_assert_uint_lt(seen.count, BEGINS_MAX);
		seen.begin[seen.count++] = (struct begin){ tap_word(data, len, 0),
							   tap_word(data, len, 1),
							   tap_word(data, len, 2),
							   tap_word(data, len, 3),
							   0,
							   false };
	}
	if (tap_is_request(data, len, EF_OP_MEM_DATA)) {
		struct begin *b = &seen.begin[seen.count - 1];

		ck_assert_uint_gt(seen.count, 0);
		/* blocks are counted from 0 after each MEM_BEGIN */
		ck_assert_uint_eq(tap_word(data, len, 1), b->arrived);
		/* the second block of the first segment never arrives */
		if (b->arrived == 1 && !seen.has_lost) {
			seen.has_lost = b->is_cut = true;
			return true;
		}
		b->arrived++;
	}
	return tap_real->write(port, data, len, deadline_us, err);
}

/* The segment begins again behind the blocks that arrived, and ends where it ended before. */
static void check_upload(void)
{
	unsigned again = 0;

	for (size_t i = 0; i < seen.count; i++) {
		const struct begin *b = &seen.begin[i], *last = b - 1;
		uint32_t needed = (b->size + b->block - 1) / b->block;

		ck_assert_uint_eq(b->blocks, needed);
		if (i == 0 || !last->is_cut)
			continue;
		again++;
		ck_assert_uint_eq(b->addr, last->addr + last->arrived * last->block);
		ck_assert_uint_eq(b->addr + b->size, last->addr + last->size);
	}
	ck_assert_uint_eq(again, 1);
}

START_TEST(lost_block_repeats_only_what_is_left)
{
	const struct sim_opts board = { .chip = chips[_i], .is_paced = true };
	struct ef_port_ops *ops;
	struct rig r;

	if (!ef_stub_count())
		return;
	memset(&seen, 0, sizeof(seen));
	rig_power(&r, &board);
	ops = tap_open(r.port);
	ops->write = watch_write;
	ck_ok(rig_connect(&r), &r.err);
	tap_close(r.port);
	ck_assert(rig_device(&r)->is_stub);
	check_upload();
	rig_done(&r);
}
END_TEST

/* Budgets depend on how many exchanges were damaged, so each one counts once. */
START_TEST(each_damaged_block_counts_once)
{
	const struct sim_opts board = { .chip = chips[_i],
					.is_paced = true,
					.faults.mem_block_max = 1000 };
	unsigned refused = 0;
	struct rig r;

	if (!ef_stub_count())
		return;
	rig_power(&r, &board);
	ck_ok(rig_connect(&r), &r.err);
	for (const char *at = r.said; (at = strstr(at, "arrives damaged")) != NULL; at++)
		refused++;
	ck_assert_uint_ge(refused, 1);
	ck_assert_uint_eq(r.f->recovery.damages, refused);
	rig_done(&r);
}
END_TEST

Suite *suite_stub_upload(void);
Suite *suite_stub_upload(void)
{
	Suite *s = suite_create("stub_upload");
	TCase *t = tcase_create("stub_upload");

	tcase_add_loop_test(t, lost_block_repeats_only_what_is_left, 0, EF_ARRAY_LEN(chips));
	tcase_add_loop_test(t, each_damaged_block_counts_once, 0, EF_ARRAY_LEN(chips));
	suite_add_tcase(s, t);
	return s;
}
