/* SPDX-License-Identifier: MIT */
/* How a read is cut on a good line: windows of 256 KiB (docs/protocol.md). */
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

static void read_watched(uint32_t len)
{
	const struct sim_opts sim = { .chip = "esp32c3" };
	uint8_t *data = work_content(len, false), *got = calloc(1, len);
	struct ef_wr out = ef_wr_init(got, len);
	struct work w;

	ck_assert_ptr_nonnull(got);
	memset(&seen, 0, sizeof(seen));
	work_start(&w, &sim, false);
	memcpy(sim_flash_mut(w.rig.sim) + ADDR, data, len);
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

	read_watched(0x88000);
	expect(want, EF_ARRAY_LEN(want));
	ck_assert_uint_eq(seen.packet, 0x1000);
	ck_assert_uint_eq(seen.in_flight, 64);
}
END_TEST

Suite *suite_read_parts(void);

Suite *suite_read_parts(void)
{
	Suite *s = suite_create("read_parts");
	TCase *t = tcase_create("read_parts");

	tcase_add_test(t, a_good_line_gets_windows);
	suite_add_tcase(s, t);
	return s;
}
