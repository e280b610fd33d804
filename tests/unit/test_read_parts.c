/* SPDX-License-Identifier: MIT */
/* How a read is cut: on a good line into windows of 256 KiB (docs/protocol.md). */
#include "flasher/flasher_priv.h"
#include "rig/tap_port.h"
#include "work_rig.h"

#define ADDR 0x10000u

static struct {
	uint32_t at[40], len[40];
	unsigned count;
	uint32_t packet, in_flight;
} seen;

static bool watch_write(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
			struct ef_err *err)
{
	if (tap_is_request(data, len, EF_OP_READ_FLASH) && seen.count < 32) {
		seen.at[seen.count] = tap_word(data, len, 0);
		seen.len[seen.count++] = tap_word(data, len, 1);
		seen.packet = tap_word(data, len, 2);
		seen.in_flight = tap_word(data, len, 3);
	}
	return tap_real->write(port, data, len, deadline_us, err);
}

static bool collect(void *user, const uint8_t *data, size_t len, struct ef_err *err)
{
	(void)err;
	ef_wr_bytes(user, data, len);
	return true;
}

/* part: the length of the packets; 0: as long as they may be */
static void read_watched(uint32_t len, uint32_t part, bool is_bad_line, ef_event_fn *event)
{
	const struct sim_opts sim = { .chip = "esp32c3" };
	uint8_t *data = work_content(len, false), *got = calloc(1, len);
	struct ef_wr out = ef_wr_init(got, len);
	struct work w;

	ck_assert_ptr_nonnull(got);
	memset(&seen, 0, sizeof(seen));
	work_start(&w, &sim, false);
	memcpy(sim_flash_mut(w.rig.sim) + ADDR, data, len);
	w.rig.f->recovery.part = part;
	w.rig.f->recovery.is_bad_line = is_bad_line;
	w.rig.f->opts.event = event;
	tap_open(w.rig.port)->write = watch_write;
	ck_ok(ef_flasher_read(w.rig.f, ADDR, len, collect, &out, &w.rig.err), &w.rig.err);
	tap_close(w.rig.port);
	ck_assert_uint_eq(out.len, len);
	ck_assert_mem_eq(got, data, len);
	w.total = UINT64_MAX;
	work_done(&w);
	free(data);
	free(got);
}

static void expect(const uint32_t *want, unsigned count)
{
	uint32_t at = ADDR;

	ck_assert_uint_eq(seen.count, count);
	for (unsigned i = 0; i < count; i++) {
		ck_assert_msg(seen.len[i] == want[i], "part %u: 0x%x instead of 0x%x", i,
			      seen.len[i], want[i]);
		ck_assert_uint_eq(seen.at[i], at);
		at += want[i];
	}
}

/* esptool asks for packets of a sector, 64 of them unacknowledged. */
START_TEST(a_good_line_gets_windows)
{
	static const uint32_t want[] = { 0x40000, 0x40000, 0x8000 };

	read_watched(0x88000, 0, false, work_event);
	expect(want, EF_ARRAY_LEN(want));
	ck_assert_uint_eq(seen.packet, 0x1000);
	ck_assert_uint_eq(seen.in_flight, 64);
}
END_TEST

/*
 * On a bad line, parts of 64 packets. Packets that all arrive make the next ones longer, and the
 * parts with them.
 */
START_TEST(a_bad_line_gets_parts)
{
	static const uint32_t want[] = { 0x4000, 0x4000, 0x8000, 0x10000, 0x8000 };

	read_watched(0x28000, 0x100, true, work_event);
	expect(want, EF_ARRAY_LEN(want));
}
END_TEST

/* ---- progress ---- */

static uint64_t shown[8];
static unsigned shown_count;

static void note_progress(void *user, const struct ef_event *e)
{
	work_event(user, e);
	if (e->kind != EF_EVENT_PROGRESS)
		return;
	ck_assert_uint_lt(shown_count, EF_ARRAY_LEN(shown));
	shown[shown_count++] = e->done;
}

/* Every 16 KiB, however short the packets are; the end when all is proved. */
START_TEST(progress_comes_every_16_kib)
{
	static const uint64_t want[] = { 0, 0x4000, 0x8000, 0xc000, 0x10000 };

	shown_count = 0;
	read_watched(0x10000, _i ? 0x400 : 0, false, note_progress);
	ck_assert_uint_eq(shown_count, EF_ARRAY_LEN(want));
	ck_assert_mem_eq(shown, want, sizeof(want));
}
END_TEST

Suite *suite_read_parts(void);

Suite *suite_read_parts(void)
{
	Suite *s = suite_create("read_parts");
	TCase *t = tcase_create("read_parts");

	tcase_add_test(t, a_good_line_gets_windows);
	tcase_add_test(t, a_bad_line_gets_parts);
	tcase_add_loop_test(t, progress_comes_every_16_kib, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
