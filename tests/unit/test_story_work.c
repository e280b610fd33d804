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

/* What is brought before the gate. */
struct gate_scene {
	unsigned rows;    /* of the table on the chip; 0: there is none */
	unsigned in_plan; /* rows of a table in the plan; 0: it has none */
	uint32_t offset;  /* of the table; 0: the usual one */
	uint32_t at;      /* the region's address; 0: 0x110000 */
	bool encrypts, force;
};

struct work_scene {
	const char *name;
	bool (*run)(struct rig *r);
	const struct gate_scene gate; /* where run is NULL */
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

static bool read_some(struct rig *r)
{
	return ef_flasher_read(r->f, 0, 0x160000, drop, NULL, &r->err);
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
		tell("span %x to %x%s\n", (unsigned)spans.span[i].from, (unsigned)spans.span[i].to,
		     spans.span[i].is_blank ? ", blank" : "");
	tell("%u of %u differ\n", spans.differ, spans.sectors);
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

#define TABLE 0x8000u

/* A partition table as ESP-IDF's gen_esp32part.py writes it: an app, and data behind it. */
static void make_table(uint8_t table[EF_PARTITION_TABLE_SIZE], unsigned rows)
{
	memset(table, 0xff, EF_PARTITION_TABLE_SIZE);
	for (unsigned i = 0; i < rows; i++) {
		uint8_t *p = table + 32 * i;

		memset(p, 0, 32);
		p[0] = 0xaa;
		p[1] = 0x50;
		p[2] = i ? 0x40 : 0;
		p[3] = (uint8_t)i;
		ef_put_le32(p + 4, i ? 0x110000 + i * EF_SECTOR : 0x10000);
		ef_put_le32(p + 8, i ? EF_SECTOR : 0x100000);
		(void)snprintf((char *)p + 12, 16, "p%u", i);
	}
}

static bool gate(struct rig *r, const struct gate_scene *g)
{
	static uint8_t data[0x2000], table[EF_PARTITION_TABLE_SIZE];
	const uint32_t at = g->offset ? g->offset : TABLE;
	struct ef_plan_region regions[] = {
		{ .region = { g->at ? g->at : 0x110000, data, sizeof(data), "app" },
		  .encrypts = g->encrypts },
		{ .region = { at, table, sizeof(table), "table" } },
	};
	const struct ef_plan plan = { .regions = regions,
				      .region_count = g->in_plan ? 2 : 1,
				      .table_offset = g->offset };
	const struct ef_checked *checked = NULL;
	static struct ef_findings found;
	bool ok;

	if (g->rows) {
		make_table(table, g->rows);
		memcpy(sim_flash_mut(r->sim) + at, table, sizeof(table));
	}
	make_table(table, g->in_plan);
	ok = ef_flasher_check(r->f, &plan, g->force, &found, &checked, &r->err);
	story_flush();
	for (size_t i = 0; i < found.count; i++)
		tell("finding %s, refusal %d: %s\n", ef_finding_name(found.v[i].id),
		     found.v[i].is_refusal, found.v[i].err.msg);
	if (ok)
		tell("passed: %zu regions, %zu erases\n", checked->region_count,
		     checked->erase_count);
	return ok;
}

#define B .chip = "esp32c3", .is_paced = true
static const struct work_scene scenes[] = {
	{ .name = "gate-as-far-as-it-reaches",
	  .board = { B, .flash_size = 16u << 20 },
	  .gate = { .offset = 0x9000, .force = true, .at = 0xfff000 } },
	{ .name = "gate-beyond-the-reach",
	  .board = { B, .flash_size = 32u << 20 },
	  .gate = { .offset = 0x9000, .force = true, .at = 0xfff000 } },
	{ .name = "rom-read", .run = read_few, .board = { B } },
	{ .name = "rom-md5", .run = md5, .board = { B } },
	{ .name = "rom-erase", .run = erase, .board = { B } },
	{ .name = "rom-find", .run = find_all, .board = { B } },
	{ .name = "rom-gate", .gate.rows = 0, .board = { B } },
	{ .name = "rom-gate-esp32",
	  .gate.rows = 0,
	  .board = { .chip = "esp32", .is_paced = true } },
	{ .name = "rom-gate-encrypts", .gate.encrypts = true, .board = { B } },
	{ .name = "rom-gate-encrypted",
	  .gate.encrypts = true,
	  .board = { B, .locks.encryption = SIM_ENCRYPTION_DEVELOPMENT } },
	{ .name = "rom-gate-noise",
	  .gate.encrypts = true,
	  .board = { B },
	  .faults = { .noise_every = 150, .noise_seed = 3 } },
	{ .name = "rom-read-noise",
	  .run = read_few,
	  .board = { B },
	  .faults = { .noise_every = 400, .noise_seed = 1 } },
	{ .name = "rom-md5-lost", .run = md5, .board = { B }, .faults.every.drop = 12 },
	{ .name = "rom-find-fast", .run = find_all, .board = { B }, .rate_hz = 921600 },
	{ .name = "gate-esp32-development-encrypts",
	  .board = { .chip = "esp32",
		     .is_paced = true,
		     .locks.encryption = SIM_ENCRYPTION_DEVELOPMENT },
	  .gate = { .encrypts = true, .force = true } },
	{ .name = "gate-esp32-development",
	  .board = { .chip = "esp32",
		     .is_paced = true,
		     .locks.encryption = SIM_ENCRYPTION_DEVELOPMENT },
	  .gate = { .force = true } },
	{ .name = "gate-esp32-release-encrypts",
	  .board = { .chip = "esp32",
		     .is_paced = true,
		     .locks.encryption = SIM_ENCRYPTION_RELEASE },
	  .gate = { .encrypts = true, .force = true } },
	{ .name = "gate-esp32-release",
	  .board = { .chip = "esp32",
		     .is_paced = true,
		     .locks.encryption = SIM_ENCRYPTION_RELEASE },
	  .gate = { .force = true } },
	{ .name = "gate-esp32-key-encrypts",
	  .board = { .chip = "esp32", .is_paced = true, .locks.encryption = SIM_ENCRYPTION_KEY },
	  .gate = { .encrypts = true, .force = true } },
	{ .name = "gate-esp32-key",
	  .board = { .chip = "esp32", .is_paced = true, .locks.encryption = SIM_ENCRYPTION_KEY },
	  .gate = { .force = true } },
	{ .name = "gate-esp32c3-development-encrypts",
	  .board = { .chip = "esp32c3",
		     .is_paced = true,
		     .locks.encryption = SIM_ENCRYPTION_DEVELOPMENT },
	  .gate = { .encrypts = true, .force = true } },
	{ .name = "gate-esp32c3-development",
	  .board = { .chip = "esp32c3",
		     .is_paced = true,
		     .locks.encryption = SIM_ENCRYPTION_DEVELOPMENT },
	  .gate = { .force = true } },
	{ .name = "gate-esp32c3-release-encrypts",
	  .board = { .chip = "esp32c3",
		     .is_paced = true,
		     .locks.encryption = SIM_ENCRYPTION_RELEASE },
	  .gate = { .encrypts = true, .force = true } },
	{ .name = "gate-esp32c3-release",
	  .board = { .chip = "esp32c3",
		     .is_paced = true,
		     .locks.encryption = SIM_ENCRYPTION_RELEASE },
	  .gate = { .force = true } },
	{ .name = "gate-esp32c3-key-encrypts",
	  .board = { .chip = "esp32c3", .is_paced = true, .locks.encryption = SIM_ENCRYPTION_KEY },
	  .gate = { .encrypts = true, .force = true } },
	{ .name = "gate-esp32c3-key",
	  .board = { .chip = "esp32c3", .is_paced = true, .locks.encryption = SIM_ENCRYPTION_KEY },
	  .gate = { .force = true } },
	{ .name = "gate-esp32c5-development-encrypts",
	  .board = { .chip = "esp32c5",
		     .is_paced = true,
		     .locks.encryption = SIM_ENCRYPTION_DEVELOPMENT },
	  .gate = { .encrypts = true, .force = true } },
	{ .name = "gate-esp32c5-development",
	  .board = { .chip = "esp32c5",
		     .is_paced = true,
		     .locks.encryption = SIM_ENCRYPTION_DEVELOPMENT },
	  .gate = { .force = true } },
	{ .name = "gate-esp32c5-release-encrypts",
	  .board = { .chip = "esp32c5",
		     .is_paced = true,
		     .locks.encryption = SIM_ENCRYPTION_RELEASE },
	  .gate = { .encrypts = true, .force = true } },
	{ .name = "gate-esp32c5-release",
	  .board = { .chip = "esp32c5",
		     .is_paced = true,
		     .locks.encryption = SIM_ENCRYPTION_RELEASE },
	  .gate = { .force = true } },
	{ .name = "gate-esp32c5-key-manager-encrypts",
	  .board = { .chip = "esp32c5",
		     .is_paced = true,
		     .locks.encryption = SIM_ENCRYPTION_KEY_MANAGER },
	  .gate = { .encrypts = true, .force = true } },
	{ .name = "gate-esp32c5-key-manager",
	  .board = { .chip = "esp32c5",
		     .is_paced = true,
		     .locks.encryption = SIM_ENCRYPTION_KEY_MANAGER },
	  .gate = { .force = true } },
	{ .name = "gate-esp32c5-key-encrypts",
	  .board = { .chip = "esp32c5", .is_paced = true, .locks.encryption = SIM_ENCRYPTION_KEY },
	  .gate = { .encrypts = true, .force = true } },
	{ .name = "gate-esp32c5-key",
	  .board = { .chip = "esp32c5", .is_paced = true, .locks.encryption = SIM_ENCRYPTION_KEY },
	  .gate = { .force = true } },
	{ .name = "gate-esp32-off-encrypts",
	  .board = { .chip = "esp32", .is_paced = true },
	  .gate = { .encrypts = true, .force = true } },
	{ .name = "gate-c5-off-encrypts",
	  .board = { .chip = "esp32c5", .is_paced = true },
	  .gate = { .encrypts = true, .force = true } },
	{ .name = "gate-locked",
	  .board = { .chip = "esp32c3", .is_paced = true, .secure_download = true },
	  .gate = { .encrypts = true, .force = true } },
	{ .name = "gate-locked-encrypted",
	  .board = { .chip = "esp32c3",
		     .is_paced = true,
		     .secure_download = true,
		     .locks.encryption = SIM_ENCRYPTION_DEVELOPMENT },
	  .gate = { .encrypts = true, .force = true } },
	{ .name = "gate-signed",
	  .board = { .chip = "esp32c3", .is_paced = true, .secure_boot = true },
	  .gate = { .force = true } },
	{ .name = "gate-signed-esp32",
	  .board = { .chip = "esp32", .is_paced = true, .secure_boot = true, .revision = 300 },
	  .gate = { .force = true } },
	{ .name = "gate-signed-v1",
	  .board = { .chip = "esp32", .is_paced = true, .locks.secure_boot_v1 = true },
	  .gate = { .force = true } },
	{ .name = "gate-table",
	  .board = { .chip = "esp32c3", .is_paced = true },
	  .gate = { .rows = 3, .at = 0x7000 } },
	{ .name = "gate-table-goes-on",
	  .board = { .chip = "esp32c3", .is_paced = true },
	  .gate = { .rows = 20, .at = 0x7000 } },
	{ .name = "gate-table-15-rows",
	  .board = { .chip = "esp32c3", .is_paced = true },
	  .gate = { .rows = 15 } },
	{ .name = "gate-table-16-rows",
	  .board = { .chip = "esp32c3", .is_paced = true },
	  .gate = { .rows = 16, .at = 0x7000 } },
	{ .name = "gate-table-elsewhere",
	  .board = { .chip = "esp32c3", .is_paced = true },
	  .gate = { .rows = 3, .offset = 0x9000, .at = 0x8000 } },
	{ .name = "gate-table-in-plan",
	  .board = { .chip = "esp32c3", .is_paced = true },
	  .gate = { .rows = 3, .in_plan = 3 } },
	{ .name = "gate-table-in-plan-other",
	  .board = { .chip = "esp32c3", .is_paced = true },
	  .gate = { .rows = 3, .in_plan = 4 } },
	{ .name = "gate-table-no-flash",
	  .board = { .chip = "esp32c3", .is_paced = true, .flash_size = SIM_NO_FLASH },
	  .gate = { .rows = 0 } },
	{ .name = "gate-table-small-flash",
	  .board = { .chip = "esp32c3", .is_paced = true, .flash_size = 2u << 20 },
	  .gate = { .rows = 3, .at = 0x7000 } },
	{ .name = "gate-table-at-the-end",
	  .board = { .chip = "esp32c3", .is_paced = true },
	  .gate = { .offset = 0x3ff000 } },
	{ .name = "gate-table-large-flash",
	  .board = { .chip = "esp32c3", .is_paced = true, .flash_size = 16u << 20 },
	  .gate = { .rows = 3, .at = 0x7000 } },
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
	{ .name = "stub-gate", .gate.rows = 0, .board = { B }, .with_stub = true },
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
	{ .name = "stub-read-noise-300",
	  .run = read_some,
	  .board = { B },
	  .faults = { .noise_every = 300, .noise_seed = 5, .noise_above_hz = 500000 },
	  .rate_hz = 921600,
	  .is_auto = false,
	  .with_stub = true },
	{ .name = "stub-read-noise-150",
	  .run = read_some,
	  .board = { B },
	  .faults = { .noise_every = 150, .noise_seed = 6, .noise_above_hz = 500000 },
	  .rate_hz = 921600,
	  .is_auto = true,
	  .with_stub = true },
	{ .name = "stub-read-noise-600",
	  .run = read_some,
	  .board = { B },
	  .faults = { .noise_every = 600, .noise_seed = 7, .noise_above_hz = 500000 },
	  .rate_hz = 921600,
	  .is_auto = false,
	  .with_stub = true },
	{ .name = "gate-refused",
	  .board = { B },
	  .faults.lies.refuse_from = 1,
	  .gate = { .rows = 3, .at = 0x7000 } },
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
	if (s->board.secure_download)
		r.opts.chip = ef_chip_by_name(s->board.chip);
	ck_ok(rig_connect(&r), &r.err);
	sim_set_faults(r.sim, &s->faults);
	story_begin(r.port);
	(void)(s->run ? s->run(&r) : gate(&r, &s->gate));
	story_flush();
	tell_session(r.f);
	tell_err(&r.err);
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
