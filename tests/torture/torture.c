/* SPDX-License-Identifier: MIT */
/*
 * Runs each job again and again: first its first allocation fails, then its
 * second, and so on, until the job succeeds. Each failure has to be an IO error
 * that mentions memory. The sanitizers find leaks and crashes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <espflash/flasher.h>
#include <espflash/image.h>

#include "base/util.h"
#include "rig/tap_port.h"
#include "rig/plain_plan.h"
#include "sim/sim.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

static long countdown = -1; /* allocations before the failing one; negative: none fails */

static bool is_board_at_work; /* its allocations do not count */

static bool is_to_fail(void)
{
	return !is_board_at_work && countdown >= 0 && countdown-- == 0;
}

void *__wrap_malloc(size_t size)
{
	return is_to_fail() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return is_to_fail() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
	return is_to_fail() ? NULL : __real_realloc(old, size);
}

/* ---- jobs ---- */

static bool build_image(struct ef_err *err)
{
	struct ef_image_opts opts = { .chip = ef_chip_by_name("esp32c3") };
	struct ef_map map = { 0 };
	struct ef_elf elf = { 0 };
	uint8_t *image = NULL;
	size_t len;
	bool ok = ef_map_open(&map, EF_SAMPLE, EF_MAX_ELF, err) &&
		  ef_elf_open(&elf, map.data, map.len, err) &&
		  ef_image_build(&elf, &opts, &image, &len, err);

	free(image);
	ef_elf_release(&elf);
	ef_map_release(&map);
	return ok;
}

static bool convert_table(struct ef_err *err)
{
	static const char csv[] = "nvs,data,nvs,,0x6000\nfactory,app,factory,,1M\n";
	struct ef_partition_table table;
	char *text = NULL;
	bool ok = ef_partition_parse((const uint8_t *)csv, strlen(csv), NULL, &table, err) &&
		  ef_partition_to_csv(&table, &text, err);

	free(text);
	return ok;
}

/* ---- a port that keeps the board's own allocations from failing ---- */

static bool board_read(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
		       size_t *ret_len, struct ef_err *err)
{
	bool ok;

	is_board_at_work = true;
	ok = tap_real->read(port, buf, cap, deadline_us, ret_len, err);
	is_board_at_work = false;
	return ok;
}

static bool board_write(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
			struct ef_err *err)
{
	bool ok;

	is_board_at_work = true;
	ok = tap_real->write(port, data, len, deadline_us, err);
	is_board_at_work = false;
	return ok;
}

static bool board_discard(struct ef_port *port, struct ef_err *err)
{
	bool ok;

	is_board_at_work = true;
	ok = tap_real->discard(port, err);
	is_board_at_work = false;
	return ok;
}

static bool board_set_lines(struct ef_port *port, unsigned mask, unsigned value, struct ef_err *err)
{
	bool ok;

	is_board_at_work = true;
	ok = tap_real->set_lines(port, mask, value, err);
	is_board_at_work = false;
	return ok;
}

static bool board_sleep(struct ef_port *port, uint64_t us, struct ef_err *err)
{
	bool ok;

	is_board_at_work = true;
	ok = tap_real->sleep_us(port, us, err);
	is_board_at_work = false;
	return ok;
}

static void guard_board(struct ef_port *port)
{
	struct ef_port_ops *ops = tap_open(port);

	ops->read = board_read;
	ops->write = board_write;
	ops->discard = board_discard;
	ops->set_lines = board_set_lines;
	ops->sleep_us = board_sleep;
}

/* The board is not under test, so no allocation fails while it is made and freed. */
static bool write_flash(struct ef_err *err)
{
	static uint8_t content[40000];
	const struct sim_opts board = { .chip = "esp32c3", .revision = SIM_DEFAULT_REV };
	const struct ef_connect_opts opts = { .rate_hz = 921600 };
	const struct ef_region region = { 0x10000, content, sizeof(content), "app" };
	const struct ef_write_opts write = { 0 };
	long armed = countdown;
	struct ef_flasher *f = NULL;
	struct ef_port *port = NULL;
	struct sim *sim;
	bool ok;

	for (size_t i = 0; i < sizeof(content); i++)
		content[i] = (uint8_t)(i * i >> 7);
	countdown = -1;
	sim = sim_new(&board);
	ok = sim && sim_port_open(sim, &port, err);
	if (!ok) {
		fputs("no board\n", stderr);
		exit(EXIT_FAILURE);
	}
	guard_board(port);
	countdown = armed;
	ok = ef_flasher_connect(port, &opts, &f, err) &&
	     plain_write(f, &region, 1, &write, NULL, err) &&
	     ef_flasher_finish(f, EF_AFTER_HARD_RESET, err);
	armed = countdown;
	countdown = -1;
	ef_flasher_close(f);
	ef_port_close(port);
	sim_free(sim);
	countdown = armed;
	return ok;
}

static const struct {
	const char *name;
	bool (*run)(struct ef_err *err);
} jobs[] = {
	{ "build an image", build_image },
	{ "convert a partition table", convert_table },
	{ "write flash", write_flash },
};

/* Returns false if the job failed for another reason than memory. */
static bool torture(const char *name, bool (*run)(struct ef_err *err))
{
	for (long n = 0; n < 10000; n++) {
		struct ef_err err = EF_ERR_INIT;
		bool ok, has_failed;

		countdown = n;
		ok = run(&err);
		has_failed = countdown < 0;
		countdown = -1;
		if (ok && !has_failed) {
			printf("%s: %ld allocations\n", name, n);
			return n > 0;
		}
		if (!ok && (err.code != EF_E_IO || !strstr(err.msg, "memory"))) {
			printf("%s: allocation %ld fails: %s: %s\n", name, n,
			       ef_code_name(err.code), err.msg);
			return false;
		}
	}
	printf("%s: never succeeds\n", name);
	return false;
}

int main(void)
{
	int status = EXIT_SUCCESS;

	for (size_t i = 0; i < EF_ARRAY_LEN(jobs); i++)
		if (!torture(jobs[i].name, jobs[i].run))
			status = EXIT_FAILURE;
	return status;
}
