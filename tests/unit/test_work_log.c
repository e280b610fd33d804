/* SPDX-License-Identifier: MIT */
/*
 * What a session keeps of a chip that resets or is locked: the boot logs of resets during the
 * work, the first bytes of an attempt to connect, and the eFuses that limit a write.
 */
#include "flasher/connect_priv.h"
#include "flasher/work_log.h"
#include "flasher_rig.h"
#include "rig/fake_port.h"

/* ---- resets during the work ---- */

#define BROWNOUT "rst:0xf (RTCWDT_BROWN_OUT_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)"
#define SECOND   "rst:0xf (RTCWDT_BROWN_OUT_RESET),boot:0x12 (SPI_FAST_FLASH_BOOT)"
#define SOFTWARE "rst:0xc (SW_CPU_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)"
#define POWER_ON "rst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)"
#define WATCHDOG "rst:0x8 (TG1WDT_SYS_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)"

static struct ef_flasher f;
static struct fake_port port;
static struct ef_err err;

static void start(void)
{
	memset(&f, 0, sizeof(f));
	fake_init(&port, FAKE_SERIAL);
	err = (struct ef_err)EF_ERR_INIT;
	f.port = &port.base;
	ck_ok(ef_rom_init(&f.rom, &port.base, &err), &err);
	ef_work_log_start(&f);
}

static void say(const char *text)
{
	struct ef_rx_log *rx = &f.record.rx;

	rx->len = strlen(text);
	rx->total = rx->len;
	memcpy(rx->data, text, rx->len);
}

static void hear(const char *text)
{
	bool was_reset;

	say(text);
	ck_ok(ef_work_log_heard(&f, EF_HEARD_NOBODY, &was_reset, &err), &err);
	ck_assert_int_eq(was_reset, strncmp(text, "rst:", 4) == 0);
	ck_assert_uint_eq(f.record.rx.len, 0);
}

/* A failure of the work is explained by the reset that explains most, in the chip's words. */
static const struct {
	const char *heard[3];
	const char *text; /* NULL: the failure stays as it was */
} resets[] = {
	{ { BROWNOUT "\r\n" }, "it printed '" BROWNOUT "'" },
	{ { WATCHDOG "\r\n" }, NULL },
	{ { WATCHDOG "\r\n" WATCHDOG "\r\n" }, NULL }, /* one loss, whatever it prints */
	{ { WATCHDOG "\r\n", WATCHDOG "\r\n" }, "again and again; it printed '" WATCHDOG "'" },
	{ { BROWNOUT "\r\n", WATCHDOG "\r\n", WATCHDOG "\r\n" }, "it printed '" BROWNOUT "'" },
	/* the second brown-out is as good as the first */
	{ { BROWNOUT "\r\n", SECOND "\r\n" }, "it printed '" SECOND "'" },
	/* resets that are nobody's fault */
	{ { SOFTWARE "\r\n", SOFTWARE "\r\n", POWER_ON "\r\n" }, NULL },
	{ { "hello\r\n", "world\r\n" }, NULL },
};

START_TEST(a_failure_is_explained)
{
	start();
	for (unsigned i = 0; i < 3 && resets[_i].heard[i]; i++)
		hear(resets[_i].heard[i]);
	ef_fail(&err, EF_E_TIMEOUT, "no answer");
	ef_work_log_explain(&f, &err);
	if (resets[_i].text)
		ck_assert_msg(strstr(err.msg, resets[_i].text) != NULL, "%s", err.msg);
	else
		ck_assert_str_eq(err.msg, "no answer");
	ef_rom_release(&f.rom);
}
END_TEST

/* The report and the hint name the verdict; the words of the remedy depend on the lines. */
START_TEST(what_a_reset_means)
{
	/* a chip whose loader answered is in download mode */
	enum ef_verdict want = _i / 2 ? EF_VERDICT_DOWNLOAD_RESTARTS : EF_VERDICT_BROWNOUT;
	struct ef_connect_report report = { .verdict = EF_VERDICT_NONE };

	start();
	(void)snprintf(port.base.info.name, sizeof(port.base.info.name), "x");
	f.opts.report = &report;
	f.record.evidence.has_lines = _i % 2;
	hear(_i / 2 ? WATCHDOG "\r\n" : BROWNOUT "\r\n");
	ck_assert_int_eq(report.verdict, EF_VERDICT_NONE);
	hear(WATCHDOG "\r\n");
	ef_fail(&err, EF_E_TIMEOUT, "no answer");
	ef_work_log_explain(&f, &err);
	ck_assert_int_eq(err.code, EF_E_POWER);
	ck_assert_int_eq(report.verdict, want);
	ck_assert(report.evidence.was_answered);
	ck_assert_uint_eq(report.evidence.boots.watchdog, _i / 2 ? 2 : 1);
	ck_assert_uint_eq(report.evidence.boots.power, _i / 2 ? 0 : 1);
	ck_assert_int_eq(err.hint.id, EF_HINT_VERDICT);
	ck_assert_str_eq(err.hint.text, "x");
	ck_assert_uint_eq(err.hint.number[0], want);
	ck_assert_uint_eq(err.hint.number[1], _i % 2 ? 0 : EF_HINT_NO_LINES);
	ef_rom_release(&f.rom);
}
END_TEST

/* From the moment on at which the session is ready, a supply that fails is told. */
START_TEST(brown_out_at_work)
{
	static uint8_t data[0x2000];
	const struct sim_opts board = { .chip = "esp32c3", .is_paced = true };
	const struct sim_faults faults = { .every.brownout = 1 };
	const struct ef_region region = { 0x10000, data, sizeof(data), "app" };
	const struct ef_write_opts opts = { .no_verify = false };
	struct ef_write_stats stats;
	struct rig r;

	for (uint32_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)((i * 2654435761u) >> 23);
	rig_power(&r, &board);
	r.opts.no_stub = _i;
	ck_ok(rig_connect(&r), &r.err);
	rig_does_not_say(&r, "brown-out");
	sim_set_faults(r.sim, &faults);
	ck_fails(plain_write(r.f, &region, 1, &opts, &stats, &r.err), &r.err, EF_E_POWER,
		 "brown-out");
	rig_says(&r, "warn: the chip was reset by brown-out");
	rig_done(&r);
}
END_TEST

/* What a reading loses may be a boot log that somebody stored in the flash. */
START_TEST(content_is_no_boot_log)
{
	const enum ef_heard heard = _i ? EF_HEARD_LOADER : EF_HEARD_CONTENT;
	bool was_reset;

	start();
	say(BROWNOUT "\r\n");
	ck_ok(ef_work_log_heard(&f, heard, &was_reset, &err), &err);
	ck_assert_int_eq(was_reset, heard == EF_HEARD_LOADER);
	ck_assert_uint_eq(f.record.work_boots.power, was_reset);
	ef_rom_release(&f.rom);
}
END_TEST

/*
 * In mid-work the reset is the chip's own, so its words came first and stay. After a reset of ours
 * older words are another start's.
 */
START_TEST(older_words)
{
	bool is_ours = _i;

	start();
	say(BROWNOUT);
	if (is_ours)
		ck_ok(connect_hear_reset(&f, 5, &err), &err);
	else
		ck_ok(connect_hear(&f, 5, &err), &err);
	ck_assert_uint_eq(f.record.rx.len, is_ours ? 0 : strlen(BROWNOUT));
	ef_rom_release(&f.rom);
}
END_TEST

/* ---- the head of an attempt ---- */

/* The log is a ring: an attempt may begin in its middle, and its first bytes are kept. */
START_TEST(head_of_an_attempt)
{
	struct ef_rx_log *rx = &f.record.rx;
	const struct ef_attempt *a = &f.record.evidence.attempt[0];

	memset(&f, 0, sizeof(f));
	f.record.evidence.attempts = 1;
	for (size_t i = 0; i < sizeof(rx->data); i++)
		rx->data[i] = (uint8_t)('a' + i % 23);
	rx->len = sizeof(rx->data);
	rx->total = rx->len + 1000;
	f.record.attempt_from = 1000 + 500;
	connect_log_bytes(&f);
	ck_assert_uint_eq(a->head_len, sizeof(a->head));
	ck_assert_mem_eq(a->head, rx->data + 500, sizeof(a->head));
}
END_TEST

/* ---- locks ---- */

static const struct {
	enum sim_encryption encryption;
	const char *finding; /* of text that is written to 0x10000 */
} locks[] = {
	{ SIM_ENCRYPTION_OFF, NULL },
	{ SIM_ENCRYPTION_DEVELOPMENT, NULL },
	{ SIM_ENCRYPTION_RELEASE, "no longer encrypts" },
};

START_TEST(locks_of_a_board)
{
	const struct sim_opts board = { .chip = _i < 3 ? "esp32c3" : "esp32",
					.locks.encryption = locks[_i % 3].encryption };
	/* looks like ciphertext: the gate knows only what the eFuses say */
	static const uint8_t data[32] = { 0x8f, 0x31, 0x9c, 0x77, 0x02, 0xd4, 0x5b, 0xe8,
					  0x13, 0xa6, 0x4e, 0x90, 0xfb, 0x28, 0x65, 0xc1 };
	struct ef_plan_region region = { .region = { 0x10000, data, sizeof(data), "data" } };
	const struct ef_plan plan = { .regions = &region, .region_count = 1 };
	const struct ef_checked *checked;
	bool is_encrypted;
	struct rig r;

	rig_power(&r, &board);
	ck_ok(rig_connect(&r), &r.err);
	ck_ok(ef_flasher_is_encrypted(r.f, &is_encrypted, &r.err), &r.err);
	ck_assert_int_eq(is_encrypted, locks[_i % 3].encryption != SIM_ENCRYPTION_OFF);
	if (!locks[_i % 3].finding)
		ck_ok(ef_flasher_check(r.f, &plan, false, NULL, &checked, &r.err), &r.err);
	else
		ck_fails(ef_flasher_check(r.f, &plan, false, NULL, &checked, &r.err), &r.err,
			 EF_E_UNSUPP, locks[_i % 3].finding);
	rig_done(&r);
}
END_TEST

Suite *suite_work_log(void);

Suite *suite_work_log(void)
{
	Suite *s = suite_create("work_log");
	TCase *t = tcase_create("work_log");

	tcase_add_loop_test(t, a_failure_is_explained, 0, (int)EF_ARRAY_LEN(resets));
	tcase_add_loop_test(t, what_a_reset_means, 0, 4);
	tcase_add_loop_test(t, brown_out_at_work, 0, 2);
	tcase_add_loop_test(t, content_is_no_boot_log, 0, 2);
	tcase_add_loop_test(t, older_words, 0, 2);
	tcase_add_test(t, head_of_an_attempt);
	tcase_add_loop_test(t, locks_of_a_board, 0, 6);
	suite_add_tcase(s, t);
	return s;
}
