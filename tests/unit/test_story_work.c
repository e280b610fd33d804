/* SPDX-License-Identifier: MIT */
/*
 * What is asked of a chip for a piece of work, and when, on good lines and on bad ones. A story
 * begins when the session is there. No content is written: the length of what goes over the wire
 * would be that of one version of the compressor.
 */
#include "flasher/diff.h"
#include "story.h"
#include "work_rig.h"

#define ADDR 0x10000u

static bool drop(void *user, const uint8_t *data, size_t len, struct ef_err *err)
{
	(void)user;
	(void)data;
	(void)len;
	(void)err;
	return true;
}

struct work_scene {
	const char *name;
	bool (*run)(struct rig *r);
	struct sim_opts board;
	struct sim_faults faults; /* from the beginning of the work on */
	uint32_t rate_hz;
	bool is_auto, with_stub;
};

/* ---- reading ---- */

static bool read_few(struct rig *r)
{
	return ef_flasher_read(r->f, ADDR, 0x1234, drop, NULL, &r->err);
}

static bool read_much(struct rig *r)
{
	return ef_flasher_read(r->f, 0, 2u << 20, drop, NULL, &r->err);
}

static bool md5(struct rig *r)
{
	uint8_t ret[16];

	return ef_flasher_md5(r->f, ADDR, 0x80000, ret, &r->err);
}

static bool erase(struct rig *r)
{
	return plain_erase_region(r->f, ADDR, 0x30000, NULL, &r->err);
}

/* ---- looking for what differs ---- */

#define SECTORS 70u

/* Sectors 20 to 22 and 50 differ, 30 to 39 of the content are blank. */
static bool find(struct rig *r, bool by_one)
{
	const uint32_t len = SECTORS * EF_SECTOR - 300;
	uint8_t *data = work_content(len, false), *flash = sim_flash_mut(r->sim) + ADDR;
	const struct ef_region region = { ADDR, data, len, "app" };
	struct ef_spans spans = { 0 };
	bool ok;

	memset(data + 30 * EF_SECTOR, 0xff, 10 * EF_SECTOR);
	memcpy(flash, data, len);
	memset(flash + 20 * EF_SECTOR, 0, 3 * EF_SECTOR);
	memset(flash + 50 * EF_SECTOR, 0, EF_SECTOR);
	memset(flash + 30 * EF_SECTOR, 0, EF_SECTOR);
	ok = ef_diff_find(r->f, &region, by_one, &spans, &r->err);
	story_flush();
	for (size_t i = 0; i < spans.count; i++)
		story_add("span %x to %x%s\n", (unsigned)spans.span[i].from,
			  (unsigned)spans.span[i].to, spans.span[i].is_blank ? ", blank" : "");
	story_add("%u of %u differ\n", spans.differ, spans.sectors);
	ef_spans_release(&spans);
	free(data);
	return ok;
}

static bool find_all(struct rig *r)
{
	return find(r, false);
}

static bool find_by_one(struct rig *r)
{
	return find(r, true);
}

/* ---- the gate ---- */

/* One region in the middle of nowhere: the table on the chip is looked at. */
static bool gate(struct rig *r, bool encrypts)
{
	static uint8_t data[0x2000];
	struct ef_plan_region region = { .region = { 0x110000, data, sizeof(data), "app" },
					 .encrypts = encrypts };
	const struct ef_plan plan = { .regions = &region, .region_count = 1 };
	const struct ef_checked *checked = NULL;
	static struct ef_findings found;
	bool ok = ef_flasher_check(r->f, &plan, false, &found, &checked, &r->err);

	story_flush();
	for (size_t i = 0; i < found.count; i++)
		story_add("finding %s, refusal %d\n", ef_finding_name(found.v[i].id),
			  found.v[i].is_refusal);
	return ok;
}

static bool gate_plain(struct rig *r)
{
	return gate(r, false);
}

static bool gate_encrypts(struct rig *r)
{
	return gate(r, true);
}

#define B .chip = "esp32c3", .is_paced = true
static const struct work_scene scenes[] = {
	{ .name = "rom-read", .run = read_few, .board = { B } },
	{ .name = "rom-md5", .run = md5, .board = { B } },
	{ .name = "rom-erase", .run = erase, .board = { B } },
	{ .name = "rom-find", .run = find_all, .board = { B } },
	{ .name = "rom-gate", .run = gate_plain, .board = { B } },
	{ .name = "rom-gate-esp32",
	  .run = gate_plain,
	  .board = { .chip = "esp32", .is_paced = true } },
	{ .name = "rom-gate-encrypts", .run = gate_encrypts, .board = { B } },
	{ .name = "rom-gate-encrypted",
	  .run = gate_encrypts,
	  .board = { B, .locks.encryption = SIM_ENCRYPTION_DEVELOPMENT } },
	{ .name = "rom-gate-noise",
	  .run = gate_encrypts,
	  .board = { B },
	  .faults = { .noise_every = 150, .noise_seed = 3 } },
	{ .name = "rom-read-noise",
	  .run = read_few,
	  .board = { B },
	  .faults = { .noise_every = 400, .noise_seed = 1 } },
	{ .name = "rom-md5-lost", .run = md5, .board = { B }, .faults.every.drop = 12 },
	{ .name = "rom-find-fast", .run = find_all, .board = { B }, .rate_hz = 921600 },
	{ .name = "stub-read", .run = read_few, .board = { B }, .with_stub = true },
	{ .name = "stub-md5", .run = md5, .board = { B }, .with_stub = true },
	{ .name = "stub-erase", .run = erase, .board = { B }, .with_stub = true },
	{ .name = "stub-find", .run = find_all, .board = { B }, .with_stub = true },
	{ .name = "stub-find-fast",
	  .run = find_all,
	  .board = { B },
	  .rate_hz = 921600,
	  .with_stub = true },
	{ .name = "stub-find-by-one", .run = find_by_one, .board = { B }, .with_stub = true },
	{ .name = "stub-find-usb",
	  .run = find_all,
	  .board = { B, .circuit = SIM_CIRCUIT_USB_JTAG, .chatty_app = true },
	  .with_stub = true },
	{ .name = "stub-gate", .run = gate_plain, .board = { B }, .with_stub = true },
	{ .name = "stub-read-noise",
	  .run = read_few,
	  .board = { B },
	  .faults = { .noise_every = 1000, .noise_seed = 2 },
	  .with_stub = true },
	{ .name = "stub-read-slows-auto",
	  .run = read_much,
	  .board = { B },
	  .faults = { .noise_every = 4000, .noise_seed = 4, .noise_above_hz = 500000 },
	  .rate_hz = 921600,
	  .is_auto = true,
	  .with_stub = true },
};

static void play(const struct work_scene *s)
{
	struct rig r;

	if (s->with_stub && !ef_stub_count())
		return;
	rig_power(&r, &s->board);
	r.opts.no_stub = !s->with_stub;
	r.opts.rate_hz = s->rate_hz;
	r.opts.speed.is_auto = s->is_auto;
	r.opts.event = story_event;
	ck_ok(rig_connect(&r), &r.err);
	sim_set_faults(r.sim, &s->faults);
	story_begin(r.port);
	(void)s->run(&r);
	story_error(&r.err);
	story_end(s->name);
	rig_done(&r);
}

START_TEST(work)
{
	play(&scenes[_i]);
}
END_TEST

Suite *suite_story_work(void);
Suite *suite_story_work(void)
{
	Suite *s = suite_create("story_work");
	TCase *t = tcase_create("story_work");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, work, 0, EF_ARRAY_LEN(scenes));
	suite_add_tcase(s, t);
	return s;
}
