/* SPDX-License-Identifier: MIT */
/*
 * What is not the session's own and must be left as it was found: the process's signal mask, the
 * port's limit, the user's events, and a pointer of the ROM.
 */
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "flasher/ahead.h"
#include "rig/tap_port.h"
#include "work_rig.h"

#define ADDR 0x10000u
#define LEN  0x8000u

/* ---- signals ---- */

static volatile sig_atomic_t handled;

static void handler(int signal)
{
	(void)signal;
	handled++;
}

/* The thread that compresses takes no signal, and the caller's mask is as before. */
START_TEST(signals_stay_with_the_callers_threads)
{
	uint8_t *data = work_content(1u << 20, false);
	const struct ef_region likely = { ADDR, data, 1u << 20, "app" };
	struct sigaction action = { .sa_handler = handler }, old;
	sigset_t mine, before, now;
	struct ef_ahead *a;

	ck_assert_int_eq(sigaction(SIGUSR2, &action, &old), 0);
	ck_assert_int_eq(sigemptyset(&mine), 0);
	ck_assert_int_eq(sigaddset(&mine, SIGUSR2), 0);
	ck_assert_int_eq(pthread_sigmask(SIG_BLOCK, &mine, &before), 0);
	handled = 0;
	a = ef_ahead_start(&likely);
	ck_assert_int_eq(pthread_sigmask(SIG_SETMASK, NULL, &now), 0);
	ck_assert_int_eq(sigismember(&now, SIGUSR2), 1);
	ck_assert_int_eq(sigismember(&now, SIGTERM), sigismember(&before, SIGTERM));
	/* we have it blocked, so another thread would take it at once */
	ck_assert_int_eq(kill(getpid(), SIGUSR2), 0);
	ef_ahead_free(a);
	ck_assert_int_eq(handled, 0);
	ck_assert_int_eq(pthread_sigmask(SIG_SETMASK, &before, NULL), 0);
	ck_assert_int_eq(handled, 1);
	ck_assert_int_eq(sigaction(SIGUSR2, &old, NULL), 0);
	free(data);
}
END_TEST

/* ---- the limit of --timeout ---- */

/* It holds while a session is built, at first and again after a reset, and not for the work. */
START_TEST(limit_ends_with_the_connection)
{
	const struct sim_opts board = { .chip = "esp32c3", .is_paced = true };
	const struct ef_write_opts opts = { .no_skip = true };
	uint8_t *data = work_content(LEN, false);
	const struct ef_region region = { ADDR, data, LEN, "app" };
	struct sim_faults faults = { 0 };
	struct rig r;

	rig_power(&r, &board);
	r.opts.timeout_ms = 20000;
	ck_ok(rig_connect(&r), &r.err);
	ck_assert_uint_eq(r.port->limit_us, 0);
	faults.hang_at_request = sim_requests(r.sim, 0) + 2;
	sim_set_faults(r.sim, &faults);
	ck_ok(plain_write(r.f, &region, 1, &opts, NULL, &r.err), &r.err);
	rig_says(&r, "connecting again");
	ck_assert_uint_eq(r.port->limit_us, 0);
	rig_done(&r);
	free(data);
}
END_TEST

/* ---- the user's events ---- */

/* The gate reads the table on the chip, which the user did not ask for: its progress is hidden. */
START_TEST(events_go_on_after_the_check)
{
	const struct sim_opts board = { .chip = "esp32c3" };
	const struct ef_plan_erase erase = { .addr = ADDR, .len = LEN, .label = "x" };
	const struct ef_plan plan = { .erases = &erase, .erase_count = 1 };
	const struct ef_checked *checked = NULL;
	struct work w;

	work_start(&w, &board, false);
	ck_ok(ef_flasher_check(w.rig.f, &plan, true, NULL, &checked, &w.rig.err), &w.rig.err);
	ck_assert_uint_ge(sim_requests(w.rig.sim, EF_OP_READ_FLASH), 1);
	ck_assert_uint_eq(w.finished[EF_STAGE_READ], 0);
	ck_ok(ef_flasher_erase(w.rig.f, checked, 0, &w.rig.err), &w.rig.err);
	ck_assert_uint_eq(w.finished[EF_STAGE_ERASE], 1);
	work_done(&w);
}
END_TEST

/* ---- the ROM's pointer ---- */

/* esptool loader.py, run_stub: ESP32-S3, secure boot; esp32s3.py, the pointer that it changes */
#define S3_POINTER 0x3fcef688u

START_TEST(pointer_of_the_rom_is_put_back)
{
	const struct sim_opts board = { .chip = "esp32s3", .secure_boot = true };
	char set_back[32];
	const char *first;
	struct rig r;

	rig_power(&r, &board);
	rig_trace(&r);
	ck_ok(rig_connect(&r), &r.err);
	ck_assert(rig_device(&r)->is_stub);
	first = strstr(r.writes, "3fcef688=4037");
	ck_assert_msg(first != NULL, "%s", r.writes);
	(void)snprintf(set_back, sizeof(set_back), "3fcef688=%08x/ffffffff",
		       sim_register(r.sim, S3_POINTER));
	ck_assert_msg(strstr(first + 1, set_back) != NULL, "%s\n%s", set_back, r.writes);
	rig_done(&r);
}
END_TEST

Suite *suite_left_as_found(void);
Suite *suite_left_as_found(void)
{
	Suite *s = suite_create("left_as_found");
	TCase *t = tcase_create("left_as_found");

	tcase_add_test(t, signals_stay_with_the_callers_threads);
	tcase_add_test(t, limit_ends_with_the_connection);
	tcase_add_test(t, events_go_on_after_the_check);
	tcase_add_test(t, pointer_of_the_rom_is_put_back);
	suite_add_tcase(s, t);
	return s;
}
