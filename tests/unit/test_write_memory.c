/* SPDX-License-Identifier: MIT */
/* A write leaves little of a mapped file in memory at any time, whatever it does with the file. */
#include "mapped_file.h"
#include "work_rig.h"

#define ADDR 0x10000u
#define LEN  (15u * EF_MIB)

struct watch {
	struct work work;
	struct ef_map map;
	long most_kib;
	unsigned events;
};

static void look(void *user, const struct ef_event *e)
{
	struct watch *w = user;
	long kib;

	work_event(&w->work, e);
	if (w->events++ % 16 != 0)
		return;
	kib = resident_kib(&w->map);
	if (kib > w->most_kib)
		w->most_kib = kib;
}

static uint8_t *noise(uint32_t len)
{
	return work_content(len, false);
}

/* 0: all differs. 1: all is there. 2: one sector differs, which a search finds. 3: a ROM. */
START_TEST(little_of_the_file_is_in_memory)
{
	const struct sim_opts sim = { .chip = "esp32c3", .flash_size = 16u << 20 };
	uint32_t len = _i == 3 ? 4u * EF_MIB : LEN;
	uint8_t *data = noise(len);
	const struct ef_write_opts opts = { 0 };
	struct watch w = { .map = map_file(data, len) };
	const struct ef_region region = { ADDR, w.map.data, len, "app" };

	w.work.total = UINT64_MAX;
	rig_power(&w.work.rig, &sim);
	w.work.rig.opts.event = look;
	w.work.rig.opts.event_user = &w;
	w.work.rig.opts.no_stub = _i == 3;
	ck_ok(rig_connect(&w.work.rig), &w.work.rig.err);
	if (_i == 1 || _i == 2)
		memcpy(sim_flash_mut(w.work.rig.sim) + ADDR, data, len);
	if (_i == 2)
		sim_flash_mut(w.work.rig.sim)[ADDR + len / 2] ^= 1;
	ck_ok(plain_write(w.work.rig.f, &region, 1, &opts, NULL, &w.work.rig.err),
	      &w.work.rig.err);
	ck_assert_mem_eq(sim_flash(w.work.rig.sim, NULL) + ADDR, data, len);
	ck_assert_uint_gt(w.events, 0);
	ck_assert_int_le(w.most_kib, 2 * LEFT_KIB); /* the compressor reads ahead */
	rig_done(&w.work.rig);
	ef_map_release(&w.map);
	free(data);
}
END_TEST

Suite *suite_write_memory(void);
Suite *suite_write_memory(void)
{
	Suite *s = suite_create("write_memory");
	TCase *t = tcase_create("write_memory");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, little_of_the_file_is_in_memory, 0, 4);
	suite_add_tcase(s, t);
	return s;
}
