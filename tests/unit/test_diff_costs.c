/* SPDX-License-Identifier: MIT */
/*
 * What a question may cost. Each question takes as long as the test says, on a clock of its own,
 * so the search ends exactly where the estimates at the heads of diff.c and diff_cost.c put its
 * end: a block of 64 KiB is erased in 150 ms, a sector is programmed in 6.554 ms, the wire takes
 * ten bits a byte or 1 us on USB, this content does not shrink for a stub, and a stub receives
 * meanwhile, so that a third of the shorter work counts. Questions may take 2 % of writing
 * everything, 30 ms in any case, and half of what they have saved.
 */
#include "flasher/diff.h"
#include "rig/tap_port.h"
#include "work_rig.h"

#define ADDR 0x10000u

static struct {
	uint64_t now_us, each_us;
	uint64_t more_us; /* that all but one take longer */
	bool is_last;     /* that one is not the first, but the fourth */
	unsigned asked;
	unsigned fails_at; /* the driver fails at this one */
} question;

static uint64_t our_now(struct ef_port *port)
{
	(void)port;
	return question.now_us;
}

static bool our_sleep(struct ef_port *port, uint64_t us, struct ef_err *err)
{
	(void)port;
	(void)err;
	question.now_us += us;
	return true;
}

static bool our_write(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
		      struct ef_err *err)
{
	(void)deadline_us;
	if (tap_is_request(data, len, EF_OP_SPI_FLASH_MD5)) {
		question.asked++;
		question.now_us += question.each_us;
		if (question.asked == question.fails_at)
			return ef_fail(err, EF_E_IO, "the driver fails");
		if (question.asked != (question.is_last ? 4 : 1))
			question.now_us += question.more_us;
	}
	return tap_real->write(port, data, len, UINT64_MAX, err);
}

static bool our_read(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
		     size_t *ret_len, struct ef_err *err)
{
	if (!tap_real->read(port, buf, cap, tap_real->now_us(port) + 1000, ret_len, err))
		return false;
	if (*ret_len == 0 && question.now_us < deadline_us)
		question.now_us = deadline_us;
	return true;
}

/* The flash holds the content, but for these sectors. */
struct content {
	uint32_t sectors;
	uint32_t wrong[4], wrong_count;
	uint32_t blank_from, blank_count; /* the content is blank there, and the flash is not */
	bool is_other;                    /* all sectors are wrong */
};

static const struct link {
	bool is_usb, is_stub;
	uint32_t rate_hz;
	uint64_t block_us; /* a sector of a block that is erased at once */
} links[] = {
	{ .rate_hz = 115200, .block_us = 355553 + 9375 + 6554 },
	{ .rate_hz = 921600, .block_us = 44441 + 9375 + 6554 },
	{ .rate_hz = 921600, .is_stub = true, .block_us = 44441 + 5309 },
	{ .is_usb = true, .block_us = 4096 + 9375 + 6554 },
	{ .is_usb = true, .is_stub = true, .block_us = 9375 + 6554 + 4096 / 3 },
};
#define LINKS ((int)EF_ARRAY_LEN(links))

static struct work w;
static struct ef_spans spans;

static void connect_by(const struct link *l)
{
	struct sim_opts board = { .chip = "esp32c3", .stub_running = l->is_stub };

	if (l->is_usb)
		board.circuit = SIM_CIRCUIT_USB_JTAG;
	work_start(&w, &board, !l->is_stub);
	if (l->rate_hz)
		w.rig.f->rate_hz = l->rate_hz; /* what the search reckons with */
}

static bool find(const struct link *l, const struct content *c)
{
	const uint32_t len = c->sectors * EF_SECTOR;
	uint8_t *data = work_content(len, false), *flash;
	const struct ef_region region = { ADDR, data, len, "app" };
	struct ef_port_ops *ops;
	bool ok;

	connect_by(l);
	flash = sim_flash_mut(w.rig.sim) + ADDR;
	memcpy(flash, data, len);
	if (c->is_other)
		memset(flash, 0x5a, len);
	for (uint32_t i = 0; i < c->wrong_count; i++)
		flash[c->wrong[i] * EF_SECTOR + 9] ^= 1;
	memset(data + (size_t)c->blank_from * EF_SECTOR, 0xff, (size_t)c->blank_count * EF_SECTOR);
	question.asked = 0;
	question.now_us = 1000000;
	ops = tap_open(w.rig.port);
	ops->now_us = our_now;
	ops->sleep_us = our_sleep;
	ops->write = our_write;
	ops->read = our_read;
	ok = ef_diff_find(w.rig.f, &region, false, &spans, &w.rig.err);
	tap_close(w.rig.port);
	work_done(&w);
	free(data);
	return ok;
}

/* How many questions are asked. */
static unsigned ask(const struct link *l, const struct content *c)
{
	ck_ok(find(l, c), &w.rig.err);
	return question.asked;
}

static unsigned ask_at(const struct link *l, const struct content *c, uint64_t each_us)
{
	memset(&question, 0, sizeof(question));
	question.each_us = each_us;
	return ask(l, c);
}

static void forget(void)
{
	ef_spans_release(&spans);
}

/* The first sector is the same; what follows differs. Then a second question is one too many. */
static void ends_at(const struct link *l, const struct content *c)
{
	uint64_t limit_us = c->sectors * l->block_us * 2 / 100;

	if (limit_us < 30000)
		limit_us = 30000;
	limit_us += l->block_us / 2;
	ck_assert_uint_eq(ask_at(l, c, limit_us), 1);
	forget();
	ck_assert_uint_eq(ask_at(l, c, limit_us - 1), 2);
	forget();
}

START_TEST(search_ends_when_it_cost_enough)
{
	static const struct content large = { .sectors = 64,
					      .wrong = { 5, 21, 37, 53 },
					      .wrong_count = 4 };
	static const struct content small = { .sectors = 5, .wrong = { 3 }, .wrong_count = 1 };

	ends_at(&links[_i], &large);
	ends_at(&links[_i], &small);
}
END_TEST

/* The first two probes are always asked, and up to six in 2 % of the time, or in 30 ms. */
START_TEST(probes_end_when_they_cost_enough)
{
	static const struct {
		uint32_t sectors;
		uint64_t each_us;
		unsigned asked;
	} runs[] = {
		{ 20, 5999, 6 },  { 20, 6000, 5 },  { 20, 14999, 3 }, { 20, 15000, 2 },
		{ 20, 90000, 2 }, { 64, 12000, 6 }, { 64, 16000, 4 }, { 64, 90000, 2 },
	};
	const struct content c = { .sectors = runs[_i].sectors, .is_other = true };

	ck_assert_uint_eq(ask_at(&links[2], &c, runs[_i].each_us), runs[_i].asked);
	ck_assert_uint_eq(spans.count, 1);
	ck_assert_uint_eq(spans.bytes, c.sectors * EF_SECTOR);
	forget();
}
END_TEST

/* The shortest question is about one round trip, whichever it is. */
START_TEST(shortest_question_counts)
{
	const struct content c = { .sectors = 32, .blank_from = 9, .blank_count = 7 };

	for (unsigned is_sent = 0; is_sent < 2; is_sent++) {
		memset(&question, 0, sizeof(question));
		question.each_us = 45878 / 8 + is_sent;
		question.more_us = 1;
		question.is_last = _i;
		(void)ask(&links[1], &c);
		ck_assert_uint_eq(spans.count, 1);
		ck_assert_int_eq(spans.span[0].is_blank, !is_sent);
		forget();
	}
}
END_TEST

/* A blank run is erased without content if programming it takes longer than eight exchanges. */
START_TEST(blank_run_is_erased_if_that_takes_less_time)
{
	static const struct {
		uint32_t sectors;
		uint64_t longest_us; /* a sector takes 6.554 ms */
	} runs[] = { { 1, 6553 / 8 }, { 2, 13107 / 8 }, { 3, 19661 / 8 }, { 7, 45877 / 8 } };
	const struct content c = { .sectors = 32,
				   .blank_from = 9,
				   .blank_count = runs[_i].sectors };

	for (unsigned more = 0; more < 2; more++) {
		(void)ask_at(&links[1], &c, runs[_i].longest_us + more);
		ck_assert_uint_eq(spans.count, 1);
		ck_assert_uint_eq(spans.span[0].from, 9 * EF_SECTOR);
		ck_assert_uint_eq(spans.span[0].to, (9 + runs[_i].sectors) * EF_SECTOR);
		ck_assert_int_eq(spans.span[0].is_blank, !more);
		forget();
	}
}
END_TEST

/* An error ends the search at once, wherever it is. */
START_TEST(driver_that_fails)
{
	static const struct content c = {
		.sectors = 64, .wrong = { 20 }, .wrong_count = 1, .blank_from = 40, .blank_count = 9
	};
	unsigned all = ask_at(&links[1], &c, 10);

	ck_assert_uint_gt(all, 12);
	forget();
	for (unsigned n = 1; n <= all; n++) {
		memset(&question, 0, sizeof(question));
		question.each_us = 10;
		question.fails_at = n;
		ck_fails(find(&links[1], &c), &w.rig.err, EF_E_IO, "the driver fails");
		ck_assert_uint_eq(question.asked, n);
		ck_assert_uint_eq(spans.count, 0);
	}
}
END_TEST

/* Without a search, all of it differs. */
START_TEST(all_of_a_region)
{
	const struct ef_region region = { ADDR, NULL, 5 * EF_SECTOR + 1, "app" };
	struct ef_err err = EF_ERR_INIT;

	for (int i = 0; i < 2; i++) { /* once more over the result */
		ck_ok(ef_spans_all(&spans, &region, &err), &err);
		ck_assert_uint_eq(spans.count, 1);
		ck_assert_uint_eq(spans.span[0].from, 0);
		ck_assert_uint_eq(spans.span[0].to, 5 * EF_SECTOR + 1);
		ck_assert(!spans.span[0].is_blank);
		ck_assert_uint_eq(spans.sectors, 6);
		ck_assert_uint_eq(spans.in_doubt, 6);
		ck_assert_uint_eq(spans.bytes, 5 * EF_SECTOR + 1);
	}
	ef_spans_release(&spans);
	ck_assert_ptr_null(spans.span);
	ck_assert_uint_eq(spans.count + spans.sectors + spans.in_doubt + spans.bytes, 0);
}
END_TEST

Suite *suite_diff_costs(void);
Suite *suite_diff_costs(void)
{
	Suite *s = suite_create("diff_costs");
	TCase *t = tcase_create("diff_costs");

	tcase_add_loop_test(t, search_ends_when_it_cost_enough, 0, LINKS);
	tcase_add_loop_test(t, probes_end_when_they_cost_enough, 0, 8);
	tcase_add_loop_test(t, shortest_question_counts, 0, 2);
	tcase_add_loop_test(t, blank_run_is_erased_if_that_takes_less_time, 0, 4);
	tcase_add_test(t, driver_that_fails);
	tcase_add_test(t, all_of_a_region);
	suite_add_tcase(s, t);
	return s;
}
