/* SPDX-License-Identifier: MIT */
/*
 * The upload of a stub over a line that loses a block: what MEM_BEGIN announces is what is still
 * to come, and nothing that the ROM acknowledged is sent twice. Words of MEM_BEGIN: size, number
 * of blocks, block size, address (esptool, loader.py, mem_begin).
 */
#include "flasher/flasher_priv.h"
#include "flasher_rig.h"
#include "rig/tap_port.h"

#define BEGINS_MAX 128u

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

/* ---- losses that go on ---- */

enum loss { NO_BEGIN, NO_BLOCK, EVERY_OTHER_BLOCK };

static struct {
	enum loss what;
	unsigned begins, blocks;
	uint32_t block[BEGINS_MAX]; /* the length that each MEM_BEGIN announced */
	bool is_announced;          /* a MEM_BEGIN arrived, and all blocks since then */
} way;

static bool lose(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
		 struct ef_err *err)
{
	if (tap_is_request(data, len, EF_OP_MEM_BEGIN)) {
		way.block[way.begins++ % BEGINS_MAX] = tap_word(data, len, 2);
		way.is_announced = way.what != NO_BEGIN || way.begins % 2 == 0;
		if (!way.is_announced)
			return true;
	}
	if (tap_is_request(data, len, EF_OP_MEM_DATA)) {
		ck_assert(way.is_announced);
		way.is_announced = way.what == NO_BEGIN ||
				   (way.what == EVERY_OTHER_BLOCK && way.blocks++ % 2);
		if (!way.is_announced)
			return true;
	}
	return tap_real->write(port, data, len, deadline_us, err);
}

static void connect_with_losses(struct rig *r, const struct sim_opts *board, enum loss what,
				bool works)
{
	memset(&way, 0, sizeof(way));
	way.what = what;
	rig_power(r, board);
	tap_open(r->port)->write = lose;
	ck_assert_int_eq(rig_connect(r), works);
	tap_close(r->port);
}

/* Every other announcement gets lost: no block follows one that did not arrive. */
START_TEST(blocks_follow_an_announcement)
{
	const struct sim_opts board = { .chip = chips[_i], .is_paced = true };
	struct rig r;

	if (!ef_stub_count())
		return;
	connect_with_losses(&r, &board, NO_BEGIN, true);
	ck_assert(rig_device(&r)->is_stub);
	ck_assert_uint_ge(way.begins, 4);
	rig_done(&r);
}
END_TEST

/*
 * Every other block gets lost. That is more than the ten failures that an upload may have, but not
 * in a row. Blocks get no shorter than 384 bytes where each second one arrives.
 */
START_TEST(each_block_is_progress)
{
	const struct sim_opts board = { .chip = chips[_i], .is_paced = true };
	struct rig r;

	if (!ef_stub_count())
		return;
	connect_with_losses(&r, &board, EVERY_OTHER_BLOCK, true);
	ck_assert(rig_device(&r)->is_stub);
	ck_assert_uint_gt(way.begins, 11 + 1);
	ck_assert_uint_le(way.begins, BEGINS_MAX);
	ck_assert_uint_eq(way.block[0], 0x1800);
	ck_assert_uint_eq(way.block[1], 0x600);
	for (unsigned i = 2; i < way.begins; i++)
		ck_assert_uint_eq(way.block[i], 0x180);
	rig_done(&r);
}
END_TEST

/* No block arrives: a quarter each time, but 96 bytes only after 384 failed, and nothing below. */
START_TEST(blocks_get_shorter)
{
	static const uint32_t first[] = { 0x1800, 0x600, 0x180, 0x60 };
	const struct sim_opts board = { .chip = chips[_i], .is_paced = true };
	struct rig r;

	if (!ef_stub_count())
		return;
	connect_with_losses(&r, &board, NO_BLOCK, false);
	/* the first try and ten more; then the chip is reset, and all begins again */
	ck_assert_uint_gt(way.begins, 11);
	ck_assert_uint_le(way.begins, BEGINS_MAX);
	for (unsigned i = 0; i < 12; i++)
		ck_assert_uint_eq(way.block[i], first[i < 3 ? i : i < 11 ? 3 : 0]);
	rig_done(&r);
}
END_TEST

/* ---- a refusal ---- */

static struct {
	bool is_due, was_given;
	unsigned at;
} refusal;

static bool watch_block(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
			struct ef_err *err)
{
	refusal.is_due = !refusal.was_given && tap_is_request(data, len, EF_OP_MEM_DATA);
	refusal.was_given |= refusal.is_due;
	refusal.at = 0;
	return tap_real->write(port, data, len, deadline_us, err);
}

/* Status and reason follow a delimiter and the eight bytes of the header. */
static bool refuse_block(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
			 size_t *ret_len, struct ef_err *err)
{
	if (!tap_real->read(port, buf, cap, deadline_us, ret_len, err))
		return false;
	for (size_t i = 0; i < *ret_len && refusal.is_due; i++, refusal.at++)
		if (refusal.at == 9 || refusal.at == 10)
			buf[i] = refusal.at == 9 ? 1 : 5;
	return true;
}

/*
 * 0105: the ROM took the block for something else, which only a damaged request explains. As after
 * a checksum that fails, the line counts as one that damages bytes.
 */
START_TEST(refused_block_counts_as_damage)
{
	const struct sim_opts board = { .chip = chips[_i], .is_paced = true };
	struct ef_port_ops *ops;
	struct rig r;

	if (!ef_stub_count())
		return;
	memset(&refusal, 0, sizeof(refusal));
	rig_power(&r, &board);
	ops = tap_open(r.port);
	ops->write = watch_block;
	ops->read = refuse_block;
	ck_ok(rig_connect(&r), &r.err);
	tap_close(r.port);
	ck_assert(refusal.was_given && rig_device(&r)->is_stub);
	ck_assert_uint_eq(r.f->recovery.damages, 1);
	rig_does_not_say(&r, "arrives damaged");
	rig_says(&r, "trying smaller blocks (1536 bytes)");
	rig_done(&r);
}
END_TEST

/* ---- images of our own ---- */

/* Eight bytes with the greeting are a stub for the virtual board. */
#define OHAI "{\"entry\":1077411840,\"text\":\"T0hBSQAAAAA=\",\"text_start\":1077411840"
#define DATA ",\"data\":\"AAAAAA==\",\"data_start\":1070165352"

static const struct {
	const char *json;
	unsigned parts;                /* that are uploaded */
	uint32_t data_start, data_len; /* bss and data, as one range */
} images[] = {
	{ OHAI "}", 1, 0, 0 },
	{ OHAI DATA "}", 2, 0x3fc96d68, 4 },
	{ OHAI DATA ",\"bss_start\":0}", 2, 0x3fc96d68, 4 },
	{ OHAI DATA ",\"bss_start\":1070165348}", 2, 0x3fc96d64, 8 },
	{ OHAI DATA ",\"bss_start\":1070165352}", 2, 0x3fc96d68, 4 },
	{ OHAI DATA ",\"bss_start\":1070165356}", 2, 0x3fc96d68, 4 },
};

START_TEST(parts_of_an_image)
{
	const struct sim_opts board = { .chip = "esp32c3", .is_paced = true };
	struct rig r;

	memset(&seen, 0, sizeof(seen));
	seen.has_lost = true;
	rig_power(&r, &board);
	r.opts.stub_json = (const uint8_t *)images[_i].json;
	r.opts.stub_json_len = strlen(images[_i].json);
	tap_open(r.port)->write = watch_write;
	ck_ok(rig_connect(&r), &r.err);
	tap_close(r.port);
	ck_assert(rig_device(&r)->is_stub);
	ck_assert_uint_eq(seen.count, images[_i].parts);
	ck_assert_uint_eq(seen.begin[0].size, 8);
	ck_assert_uint_eq(r.f->stub.text.start, 0x40380000);
	ck_assert_uint_eq(r.f->stub.text.len, 8);
	ck_assert_uint_eq(r.f->stub.data.start, images[_i].data_start);
	ck_assert_uint_eq(r.f->stub.data.len, images[_i].data_len);
	rig_done(&r);
}
END_TEST

/* ---- the detour ---- */

static struct {
	struct {
		uint8_t op;
		uint32_t word[2];
	} request[8];
	unsigned count;
} detour;

static bool watch_detour(struct ef_port *port, const uint8_t *data, size_t len,
			 uint64_t deadline_us, struct ef_err *err)
{
	bool is_end = tap_is_request(data, len, EF_OP_MEM_END);

	/* the fourth word is a delay */
	if (tap_is_request(data, len, EF_OP_WRITE_REG))
		ck_assert_uint_eq(tap_word(data, len, 3), 0);
	if ((detour.count || is_end) && detour.count < EF_ARRAY_LEN(detour.request)) {
		detour.request[detour.count].op = data[2];
		detour.request[detour.count].word[0] = tap_word(data, len, 0);
		detour.request[detour.count++].word[1] = tap_word(data, len, 1);
	}
	return tap_real->write(port, data, len, deadline_us, err);
}

/*
 * esptool's run_stub on an S3 with secure boot: the upload ends without a jump (1, 0), the pointer
 * to the ROM's read function is saved, points to the stub and is restored through the stub.
 */
START_TEST(detour_word_for_word)
{
	static const struct sim_opts board = { .chip = "esp32s3",
					       .secure_boot = true,
					       .is_paced = true };
	static const uint8_t ops[] = { EF_OP_MEM_END, EF_OP_READ_REG, EF_OP_WRITE_REG,
				       EF_OP_READ_FLASH_SLOW, EF_OP_WRITE_REG };
	uint32_t ptr = ef_chip_by_name("esp32s3")->stub.hijack_ptr;
	struct rig r;

	if (!ef_stub_count())
		return;
	memset(&detour, 0, sizeof(detour));
	rig_power(&r, &board);
	tap_open(r.port)->write = watch_detour;
	ck_ok(rig_connect(&r), &r.err);
	tap_close(r.port);
	ck_assert(rig_device(&r)->is_stub);
	for (unsigned i = 0; i < EF_ARRAY_LEN(ops); i++)
		ck_assert_uint_eq(detour.request[i].op, ops[i]);
	ck_assert_uint_eq(detour.request[0].word[0], 1);
	ck_assert_uint_eq(detour.request[0].word[1], 0);
	ck_assert_uint_eq(detour.request[1].word[0], ptr);
	ck_assert_uint_eq(detour.request[2].word[0], ptr);
	ck_assert_uint_ge(detour.request[2].word[1], r.f->stub.text.start);
	ck_assert_uint_eq(detour.request[3].word[0], 0);
	ck_assert_uint_eq(detour.request[3].word[1], 0);
	ck_assert_uint_eq(detour.request[4].word[0], ptr);
	ck_assert_uint_eq(detour.request[4].word[1], 0);
	rig_done(&r);
}
END_TEST

static bool has_upload, has_lost_read;

static bool lose_read(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
		      struct ef_err *err)
{
	has_upload |= tap_is_request(data, len, EF_OP_MEM_BEGIN);
	if (tap_is_request(data, len, EF_OP_MEM_END)) {
		ck_assert(has_upload);
		has_upload = false;
	}
	if (tap_is_request(data, len, EF_OP_READ_FLASH_SLOW) && !has_lost_read) {
		has_lost_read = true;
		return true;
	}
	return tap_real->write(port, data, len, deadline_us, err);
}

/*
 * The read that should start the stub got lost. The pointer is changed already, so another try
 * would save the changed one: only a reset helps.
 */
START_TEST(detour_is_not_repeated)
{
	static const struct sim_opts board = { .chip = "esp32s3",
					       .secure_boot = true,
					       .is_paced = true };
	struct rig r;

	if (!ef_stub_count())
		return;
	has_upload = has_lost_read = false;
	rig_power(&r, &board);
	tap_open(r.port)->write = lose_read;
	ck_ok(rig_connect(&r), &r.err);
	tap_close(r.port);
	ck_assert(has_lost_read && rig_device(&r)->is_stub);
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
	tcase_add_loop_test(t, blocks_follow_an_announcement, 0, EF_ARRAY_LEN(chips));
	tcase_add_loop_test(t, each_block_is_progress, 0, EF_ARRAY_LEN(chips));
	tcase_add_loop_test(t, blocks_get_shorter, 0, EF_ARRAY_LEN(chips));
	tcase_add_loop_test(t, refused_block_counts_as_damage, 0, EF_ARRAY_LEN(chips));
	tcase_add_loop_test(t, parts_of_an_image, 0, EF_ARRAY_LEN(images));
	tcase_add_test(t, detour_word_for_word);
	tcase_add_test(t, detour_is_not_repeated);
	suite_add_tcase(s, t);
	return s;
}
