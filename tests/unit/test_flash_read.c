/* SPDX-License-Identifier: MIT */
/* Reads and erases of the virtual board, with and without a stub. */
#include "base/hash.h"
#include "flasher/flasher_priv.h"
#include "work_rig.h"

struct sink {
	uint8_t *data;
	uint32_t len, cap;
	uint32_t fail_at; /* fail after so many bytes; 0: never */
};

static bool take(void *user, const uint8_t *data, size_t len, struct ef_err *err)
{
	struct sink *s = user;

	if (s->fail_at && s->len + len >= s->fail_at)
		return ef_fail(err, EF_E_IO, "the disk is full");
	ck_assert_uint_le(len, s->cap - s->len);
	memcpy(s->data + s->len, data, len);
	s->len += (uint32_t)len;
	return true;
}

static void fill_flash(struct work *w)
{
	uint8_t *p = sim_flash_mut(w->rig.sim);

	for (uint32_t i = 0; i < WORK_FLASH; i++)
		p[i] = (uint8_t)(i * 167 + (i >> 8) * 13 + (i >> 16));
}

/* W-02: any offset, any length, also without a stub. */
static const struct {
	const char *chip;
	bool no_stub;
	uint32_t addr, len;
} reads[] = {
	{ "esp32c3", false, 0, 1 },
	{ "esp32c3", false, 3, 4096 },
	{ "esp32c3", false, 0x1001, 12345 },
	{ "esp32c3", false, WORK_FLASH - 5, 5 },
	{ "esp32c3", false, 0x8000, 600000 }, /* three windows */
	{ "esp32", false, 0x10000, 5000 },
	{ "esp32", true, 0, 1 },
	{ "esp32", true, 0, 64 },
	{ "esp32", true, 1, 64 },
	{ "esp32", true, 0x1003, 1000 },
	{ "esp32c3", true, WORK_FLASH - 130, 130 },
	{ "esp32c3", true, 0x8000, 4096 },
};

START_TEST(reads_right)
{
	const struct sim_opts sim = { .chip = reads[_i].chip };
	uint32_t len = reads[_i].len;
	struct sink sink = { malloc(len), 0, len, 0 };
	struct work w;

	ck_assert_ptr_nonnull(sink.data);
	work_start(&w, &sim, reads[_i].no_stub);
	fill_flash(&w);
	ck_ok(ef_flasher_read(w.rig.f, reads[_i].addr, len, take, &sink, &w.rig.err), &w.rig.err);
	ck_assert_uint_eq(sink.len, len);
	ck_assert_mem_eq(sink.data, sim_flash(w.rig.sim, NULL) + reads[_i].addr, len);
	ck_assert_uint_eq(w.finished[EF_STAGE_READ], 1);
	ck_assert_uint_eq(sim_requests(w.rig.sim, EF_OP_READ_FLASH),
			  reads[_i].no_stub ? 0 : ef_div_up(len, 256 * 1024));
	work_done(&w);
	free(sink.data);
}
END_TEST

static uint64_t last_done, longest_step;

static void note_step(void *user, const struct ef_event *e)
{
	work_event(user, e);
	if (e->kind != EF_EVENT_PROGRESS || e->done == 0 || e->done == e->total)
		return;
	if (e->done - last_done > longest_step)
		longest_step = e->done - last_done;
	last_done = e->done;
}

/* 16 KiB take 1.4 s at 115200 baud: a user sees after that time that it goes on. */
START_TEST(reading_shows_progress)
{
	const struct sim_opts sim = { .chip = "esp32c3" };
	const uint32_t len = 600000;
	struct sink sink = { malloc(len), 0, len, 0 };
	struct work w;

	ck_assert_ptr_nonnull(sink.data);
	work_start(&w, &sim, false);
	w.rig.f->opts.event = note_step;
	last_done = longest_step = 0;
	ck_ok(ef_flasher_read(w.rig.f, 0x8000, len, take, &sink, &w.rig.err), &w.rig.err);
	ck_assert_uint_eq(longest_step, 16u * EF_KIB);
	ck_assert_uint_le(len - last_done, 16u * EF_KIB);
	work_done(&w);
	free(sink.data);
}
END_TEST

/* After a damaged byte the flasher repeats a window; the sink never gets wrong data. */
START_TEST(damaged_packets)
{
	struct sim_opts sim = { .chip = "esp32c3" };
	struct sink sink = { malloc(20000), 0, 20000, 0 };
	unsigned connecting;
	struct work w;

	ck_assert_ptr_nonnull(sink.data);
	work_start(&w, &sim, false);
	connecting = sim_requests(w.rig.sim, 0);
	work_done(&w);
	sim.faults.flip_reply = connecting + 1 + (unsigned)_i;
	work_start(&w, &sim, false);
	fill_flash(&w);
	if (ef_flasher_read(w.rig.f, 0x100, 20000, take, &sink, &w.rig.err)) {
		ck_assert_uint_eq(sink.len, 20000);
		ck_assert_mem_eq(sink.data, sim_flash(w.rig.sim, NULL) + 0x100, 20000);
	} else {
		ck_assert_uint_eq(sink.len, 0);
		ck_assert_ptr_nonnull(strstr(w.rig.err.msg, "cannot read the flash at 0x00000100"));
		w.total = UINT64_MAX;
	}
	work_done(&w);
	free(sink.data);
}
END_TEST

START_TEST(the_sink_can_stop)
{
	const struct sim_opts sim = { .chip = "esp32c3" };
	struct sink sink = { malloc(600000), 0, 600000, 300000 };
	uint8_t md5[16];
	struct work w;

	ck_assert_ptr_nonnull(sink.data);
	work_start(&w, &sim, false);
	ck_fails(ef_flasher_read(w.rig.f, 0, 600000, take, &sink, &w.rig.err), &w.rig.err, EF_E_IO,
		 "the disk is full");
	/* no further window of 256 KiB was read */
	ck_assert_uint_eq(sim_requests(w.rig.sim, EF_OP_READ_FLASH), 2);
	ck_assert_uint_eq(sink.len, 256 * EF_KIB);
	/* the chip is ready for more */
	ck_ok(ef_flasher_md5(w.rig.f, 0, 100, md5, &w.rig.err), &w.rig.err);
	w.total = UINT64_MAX;
	work_done(&w);
	free(sink.data);
}
END_TEST

START_TEST(md5_with_and_without_a_stub)
{
	const struct sim_opts sim = { .chip = "esp32c3" };
	uint8_t got[16], want[16];
	struct work w;

	work_start(&w, &sim, _i == 1);
	fill_flash(&w);
	ck_ok(ef_flasher_md5(w.rig.f, 0x1001, 77777, got, &w.rig.err), &w.rig.err);
	ef_md5(sim_flash(w.rig.sim, NULL) + 0x1001, 77777, want);
	ck_assert_mem_eq(got, want, sizeof(want));
	ck_fails(ef_flasher_md5(w.rig.f, WORK_FLASH - 4, 5, got, &w.rig.err), &w.rig.err,
		 EF_E_INPUT, "pass the end of the flash");
	ck_fails(ef_flasher_read(w.rig.f, WORK_FLASH - 4, 5, take, NULL, &w.rig.err), &w.rig.err,
		 EF_E_INPUT, "pass the end of the flash");
	work_done(&w);
}
END_TEST

START_TEST(not_in_secure_download_mode)
{
	const struct sim_opts sim = { .chip = "esp32c3", .secure_download = true };
	struct work w;

	work_start(&w, &sim, false);
	ck_fails(ef_flasher_read(w.rig.f, 0, 5, take, NULL, &w.rig.err), &w.rig.err, EF_E_UNSUPP,
		 "secure download mode");
	work_done(&w);
}
END_TEST

/* ---- erase ---- */

static const struct {
	const char *chip;
	bool no_stub;
	uint32_t addr, len;
	unsigned commands;
} erases[] = {
	{ "esp32c3", false, 0x9000, 0x6000, 1 },
	{ "esp32c3", false, 0xff000, 0x102000, 3 }, /* up to 1 MiB, a whole one, the rest */
	{ "esp32", true, 0x9000, 0x1000, 1 },
	{ "esp32s2", true, 0x10000, 0x20000, 1 },
};

START_TEST(erases_what_was_asked_for)
{
	const struct sim_opts sim = { .chip = erases[_i].chip };
	uint32_t addr = erases[_i].addr, end = addr + erases[_i].len;
	const uint8_t *flash;
	struct work w;

	work_start(&w, &sim, erases[_i].no_stub);
	ck_ok(plain_erase_region(w.rig.f, addr, erases[_i].len, "nvs", &w.rig.err), &w.rig.err);
	flash = sim_flash(w.rig.sim, NULL);
	for (uint32_t i = addr; i < end; i++)
		ck_assert_uint_eq(flash[i], 0xff);
	ck_assert_mem_eq(flash, w.before, addr);
	ck_assert_mem_eq(flash + end, w.before + end, WORK_FLASH - end);
	ck_assert_uint_eq(w.finished[EF_STAGE_ERASE], 1);
	ck_assert_uint_eq(sim_requests(w.rig.sim,
				       erases[_i].no_stub ? EF_OP_FLASH_BEGIN : EF_OP_ERASE_REGION),
			  erases[_i].commands);
	ck_assert_uint_eq(sim_erased_bytes(w.rig.sim), erases[_i].len);
	work_done(&w);
}
END_TEST

START_TEST(erases_all)
{
	const struct sim_opts sim = { .chip = "esp32c3" };
	const uint8_t *flash;
	struct work w;

	work_start(&w, &sim, _i == 1);
	ck_ok(plain_erase_all(w.rig.f, &w.rig.err), &w.rig.err);
	flash = sim_flash(w.rig.sim, NULL);
	for (uint32_t i = 0; i < WORK_FLASH; i++)
		if (flash[i] != 0xff)
			ck_abort_msg("not erased at 0x%08x", i);
	ck_assert_uint_eq(w.finished[EF_STAGE_ERASE], 1);
	work_done(&w);
}
END_TEST

static const struct {
	uint32_t addr, len;
	const char *text;
} bad_erases[] = {
	{ 0x9001, 0x1000, "doesn't start and end at multiples of 0x1000" },
	{ 0x9000, 0x1001, "doesn't start and end at multiples of 0x1000" },
	{ 0x3ff000, 0x2000, "pass the end of the flash at 0x00400000" },
	{ 0xfffff000, 0x1000, "pass the end" },
};

START_TEST(refuses_bad_erases)
{
	const struct sim_opts sim = { .chip = "esp32c3" };
	struct work w;

	work_start(&w, &sim, false);
	ck_fails(plain_erase_region(w.rig.f, bad_erases[_i].addr, bad_erases[_i].len, "nvs",
				    &w.rig.err),
		 &w.rig.err, EF_E_INPUT, bad_erases[_i].text);
	ck_assert_uint_eq(sim_erased_bytes(w.rig.sim), 0);
	work_done(&w);
}
END_TEST

Suite *suite_flash_read(void);

Suite *suite_flash_read(void)
{
	Suite *s = suite_create("flash_read");
	TCase *t = tcase_create("flash_read");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, reads_right, 0, (int)EF_ARRAY_LEN(reads));
	tcase_add_test(t, reading_shows_progress);
	tcase_add_loop_test(t, damaged_packets, 0, 8);
	tcase_add_test(t, the_sink_can_stop);
	tcase_add_loop_test(t, md5_with_and_without_a_stub, 0, 2);
	tcase_add_test(t, not_in_secure_download_mode);
	tcase_add_loop_test(t, erases_what_was_asked_for, 0, (int)EF_ARRAY_LEN(erases));
	tcase_add_loop_test(t, erases_all, 0, 2);
	tcase_add_loop_test(t, refuses_bad_erases, 0, (int)EF_ARRAY_LEN(bad_erases));
	suite_add_tcase(s, t);
	return s;
}
