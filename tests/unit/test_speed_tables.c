/* SPDX-License-Identifier: MIT */
/*
 * The two tables of docs/performance.md in the virtual board's time: whole sessions, and edited
 * programs as parts of what writing everything takes. SPEED_TABLES=1 prints the rows.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "work_rig.h"

#define ADDR    0x10000u
#define LEN     601808u
#define SECTORS 147u

struct link {
	uint32_t rate_hz, latency_us;
};

/* Words of which some repeat: they shrink to about 60 %, as firmware does. */
static uint8_t *make_code(void)
{
	uint8_t *data = work_content(LEN, false);

	for (uint32_t i = 0; i + 4 <= LEN; i += 4)
		if (data[i] % 2)
			memset(data + i, data[i] % 16, 4);
	return data;
}

struct took {
	uint64_t us;
	unsigned requests;
};

/* Connects to a board with this flash, writes, and starts the program. */
static struct took write_all(const struct link *l, const uint8_t *data, const uint8_t *flash,
			     bool no_skip)
{
	const struct sim_opts board = { .chip = "esp32",
					.is_paced = true,
					.bridge.latency_us = l->latency_us };
	const struct ef_write_opts opts = { .no_skip = no_skip };
	const struct ef_region r = { ADDR, data, LEN, "app" };
	struct ef_write_stats stats;
	struct took ret;
	struct rig rig;

	rig_power(&rig, &board);
	memcpy(sim_flash_mut(rig.sim) + ADDR, flash, LEN);
	rig.opts.rate_hz = l->rate_hz;
	ck_ok(rig_connect(&rig), &rig.err);
	ck_ok(plain_write(rig.f, &r, 1, &opts, &stats, &rig.err), &rig.err);
	ck_assert(memcmp(sim_flash(rig.sim, NULL) + ADDR, data, LEN) == 0);
	ck_ok(ef_flasher_finish(rig.f, EF_AFTER_HARD_RESET, &rig.err), &rig.err);
	ret = (struct took){ sim_now_us(rig.sim), sim_requests(rig.sim, 0) };
	rig_done(&rig);
	return ret;
}

/* ---- the page ---- */

/* "4.73": digits, and perhaps two more behind a point. */
static double number_at(const char *text)
{
	double ret = 0, unit = 1;
	bool is_behind = false;

	for (; (*text >= '0' && *text <= '9') || *text == '.'; text++) {
		is_behind |= *text == '.';
		if (*text == '.')
			continue;
		unit = is_behind ? unit / 10 : unit;
		ret = is_behind ? ret + unit * (*text - '0') : 10 * ret + (*text - '0');
	}
	return ret;
}

/* Compares the numbers behind this start of a row with those of the page. */
static void compare(const char *row, const double *is, const double *slack, size_t count)
{
	struct ef_err err = EF_ERR_INIT;
	struct ef_map page = { 0 };
	const char *at;

	ck_ok(ef_map_open(&page, EF_SOURCE_DIR "/docs/performance.md", EF_MIB, &err), &err);
	at = (const char *)ef_find_text(page.data, page.len, row);
	ck_assert_msg(at != NULL, "docs/performance.md has no row %s", row);
	at += strlen(row);
	for (size_t i = 0; i < count; i++) {
		double said = number_at(at);

		ck_assert_msg(fabs(said - is[i]) <= slack[i], "%s %.2f, and not %.2f", row, is[i],
			      said);
		at = strstr(at, " | ") + strlen(" | ");
	}
	ef_map_release(&page);
}

/* ---- whole sessions ---- */

enum before { ERASED, OTHER, SAME, SPOTS };
static const char *const before_names[] = {
	[ERASED] = "first flash, erased",
	[OTHER] = "over other content",
	[SAME] = "the same again",
	[SPOTS] = "two spots changed",
};

static const struct session {
	enum before before;
	struct link link;
} sessions[] = {
	{ ERASED, { 115200, 1000 } },  { ERASED, { 460800, 1000 } },  { ERASED, { 921600, 1000 } },
	{ ERASED, { 921600, 16000 } }, { ERASED, { 2000000, 1000 } }, { OTHER, { 921600, 1000 } },
	{ OTHER, { 2000000, 1000 } },  { SAME, { 921600, 1000 } },    { SAME, { 921600, 16000 } },
	{ SPOTS, { 921600, 1000 } },   { SPOTS, { 921600, 16000 } },
};

START_TEST(whole_session)
{
	const struct session *s = &sessions[_i];
	uint8_t *flash = make_code(), *data = make_code();
	struct took took;
	char row[96];

	if (s->before == ERASED || s->before == OTHER)
		memset(flash, s->before == ERASED ? 0xff : 0x5a, LEN);
	if (s->before == SPOTS) {
		flash[0x12345] ^= 1;
		flash[0x60000] ^= 1;
	}
	took = write_all(&s->link, data, flash, false);
	(void)snprintf(row, sizeof(row), "| %s | %u | %u ms | ", before_names[s->before],
		       s->link.rate_hz, s->link.latency_us / 1000);
	if (getenv("SPEED_TABLES"))
		printf("%s%.2f s | %u |\n", row, (double)took.us / 1e6, took.requests);
	else
		compare(row, (const double[]){ (double)took.us / 1e6, took.requests },
			(const double[]){ 0.02 + (double)took.us / 1e6 * 0.02, 2 }, 2);
	free(data);
	free(flash);
}
END_TEST

/* ---- edited programs ---- */

static const struct link links[] = { { 921600, 1000 }, { 921600, 16000 }, { 2000000, 1000 } };
#define LINKS EF_ARRAY_LEN(links)

/* From one sector on, each so-many-th has another byte; then all behind an offset moves. */
static const struct edit {
	const char *what;
	uint32_t from, every;
	uint32_t at;
} edits[] = {
	{ "the same again", SECTORS, 1, LEN },
	{ "one sector in 48", 0, 48, LEN },
	{ "one sector in 16", 5, 16, LEN },
	{ "one sector in 4", 1, 4, LEN },
	{ "every second sector", 0, 2, LEN },
	{ "an insertion after three quarters", SECTORS, 1, LEN / 4 * 3 },
	{ "an insertion after an eighth", SECTORS, 1, LEN / 8 },
	{ "an insertion at the start: a full relink", SECTORS, 1, 0 },
};

/* Returns the number of sectors that differ. */
static unsigned change(const struct edit *e, uint8_t *data, const uint8_t *flash)
{
	unsigned differ = 0;

	for (uint32_t i = e->from; i < SECTORS; i += e->every)
		data[i * EF_SECTOR + 9] ^= 1;
	if (e->at < LEN)
		memmove(data + e->at + 8, data + e->at, LEN - e->at - 8);
	for (uint32_t at = 0; at < LEN; at += EF_SECTOR)
		differ += memcmp(data + at, flash + at,
				 LEN - at < EF_SECTOR ? LEN - at : EF_SECTOR) != 0;
	return differ;
}

START_TEST(edited_program)
{
	const struct edit *e = &edits[_i];
	uint8_t *flash = make_code(), *data = make_code();
	unsigned differ = change(e, data, flash);
	/* another compression library makes other blocks */
	const double slack[LINKS] = { 0.02, 0.02, 0.02 };
	double part[LINKS];
	char row[96];

	for (size_t i = 0; i < LINKS; i++)
		part[i] = (double)write_all(&links[i], data, flash, false).us /
			  (double)write_all(&links[i], data, flash, true).us;
	(void)snprintf(row, sizeof(row), "| %s | %u of %u | ", e->what, differ, SECTORS);
	if (getenv("SPEED_TABLES"))
		printf("%s%.2f | %.2f | %.2f |\n", row, part[0], part[1], part[2]);
	else
		compare(row, part, slack, LINKS);
	free(data);
	free(flash);
}
END_TEST

Suite *suite_speed_tables(void);
Suite *suite_speed_tables(void)
{
	Suite *s = suite_create("speed_tables");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, whole_session, 0, (int)EF_ARRAY_LEN(sessions));
	tcase_add_loop_test(t, edited_program, 0, (int)EF_ARRAY_LEN(edits));
	suite_add_tcase(s, t);
	return s;
}
