/* SPDX-License-Identifier: MIT */
/*
 * Merged files are esptool's, byte for byte: tests/golden/output/expected.txt has the digests
 * of what esptool's merge-bin made of the same regions.
 */
#include <stdio.h>
#include <stdlib.h>

#include <espflash/output.h>

#include "base/hash.h"
#include "base/util.h"
#include "ck_ef.h"

#define REGIONS 4

struct request {
	struct ef_region regions[REGIONS];
	size_t count;
	uint32_t start, end;
	struct ef_uf2_opts uf2;
};

/* What record.py writes into each file. */
static uint8_t *content(size_t number, uint32_t len)
{
	uint8_t *data = malloc(len ? len : 1);

	ck_assert(data != NULL);
	for (uint32_t i = 0; i < len; i++)
		data[i] = (uint8_t)(7 * i + 13 * (i >> 8) + 31 * number);
	return data;
}

static void add(struct request *r, uint32_t addr, uint32_t len)
{
	ck_assert_uint_lt(r->count, REGIONS);
	r->regions[r->count] = (struct ef_region){ addr, content(r->count, len), len, "part" };
	r->count++;
}

static void release(struct request *r)
{
	for (size_t i = 0; i < r->count; i++)
		free((void *)(uintptr_t)r->regions[i].data);
}

static uint32_t number(const char *text)
{
	uint32_t value = 0;

	ck_assert_msg(ef_parse_u32(text, UINT32_MAX, &value), "%s", text);
	return value;
}

static void read_options(struct request *r, char *text)
{
	for (char *at = text, *next; at; at = next) {
		next = strchr(at, ',');
		if (next)
			*next++ = '\0';
		if (strncmp(at, "start=", 6) == 0)
			r->start = number(at + 6);
		else if (strncmp(at, "end=", 4) == 0)
			r->end = number(at + 4);
		else if (strncmp(at, "chunk=", 6) == 0)
			r->uf2.chunk = number(at + 6);
		else if (strcmp(at, "md5=no") == 0)
			r->uf2.no_md5 = true;
		else
			ck_assert_str_eq(at, "-");
	}
}

static void read_places(struct request *r, char *text)
{
	for (char *at = text, *next; at; at = next) {
		char *colon = strchr(at, ':');

		next = strchr(at, ',');
		if (next)
			*next++ = '\0';
		ck_assert(colon != NULL);
		*colon = '\0';
		add(r, number(at), number(colon + 1));
	}
}

static bool make(const struct request *r, const char *format, uint8_t **ret, size_t *len,
		 struct ef_err *err)
{
	if (strcmp(format, "raw") == 0)
		return ef_output_raw(r->regions, r->count, r->start, r->end, ret, len, err);
	if (strcmp(format, "hex") == 0)
		return ef_output_ihex(r->regions, r->count, ret, len, err);
	return ef_output_uf2(r->regions, r->count, &r->uf2, ret, len, err);
}

static void check_line(char *line)
{
	struct request r = { .uf2 = { .family = 0x1c5f21b0 } }; /* ESP32: uf2families.json */
	struct ef_err err = EF_ERR_INIT;
	char *field[5], hex[65] = "";
	uint8_t *file, sum[32];
	size_t len;

	for (size_t i = 0; i < 5; i++) {
		field[i] = line;
		line += strcspn(line, " \n");
		*line++ = '\0';
	}
	read_options(&r, field[1]);
	read_places(&r, field[2]);
	ck_ok(make(&r, field[0], &file, &len, &err), &err);
	ef_sha256(file, len, sum);
	for (size_t i = 0; i < sizeof(sum); i++)
		(void)ef_snprintf(hex + 2 * i, 3, "%02x", sum[i]);
	ck_assert_msg(len == number(field[3]) && strcmp(hex, field[4]) == 0, "%s %s: %zu bytes, %s",
		      field[0], field[1], len, hex);
	free(file);
	release(&r);
}

START_TEST(as_esptool)
{
	FILE *f = fopen(EF_SOURCE_DIR "/tests/golden/output/expected.txt", "r");
	char line[256];
	size_t lines = 0;

	ck_assert(f != NULL);
	for (; fgets(line, sizeof(line), f); lines++)
		check_line(line);
	(void)fclose(f);
	ck_assert_uint_eq(lines, 57);
}
END_TEST

/* What no file can have. */
START_TEST(refuses)
{
	struct request r = { .count = 0 };
	struct ef_err err = EF_ERR_INIT;
	uint8_t *file;
	size_t len;

	add(&r, 0x1000, 0x100);
	add(&r, 0x10ff, 1);
	ck_fails(make(&r, "raw", &file, &len, &err), &err, EF_E_INPUT, "0x000010ff overlaps");
	ck_fails(make(&r, "hex", &file, &len, &err), &err, EF_E_INPUT, "0x000010ff overlaps");
	ck_fails(make(&r, "uf2", &file, &len, &err), &err, EF_E_INPUT, "0x000010ff overlaps");
	r.regions[1].addr = UINT32_MAX;
	ck_fails(make(&r, "hex", &file, &len, &err), &err, EF_E_INPUT, "beyond 4 GiB");
	r.regions[1].addr = 0x80000000;
	ck_fails(make(&r, "raw", &file, &len, &err), &err, EF_E_INPUT, "larger than any flash");
	r.regions[1].addr = 0x1100;
	r.start = 0x1001;
	ck_fails(make(&r, "raw", &file, &len, &err), &err, EF_E_INPUT, "before 0x00001001");
	r.start = 0;
	r.end = 0x1100;
	ck_fails(make(&r, "raw", &file, &len, &err), &err, EF_E_INPUT, "ends at 0x00001101");
	r.uf2.chunk = 456;
	ck_fails(make(&r, "uf2", &file, &len, &err), &err, EF_E_USAGE, "up to 452, not 456");
	r.uf2.no_md5 = true;
	ck_ok(make(&r, "uf2", &file, &len, &err), &err);
	free(file);
	r.uf2.chunk = 478;
	ck_fails(make(&r, "uf2", &file, &len, &err), &err, EF_E_USAGE, "up to 476, not 478");
	r.uf2.chunk = 2;
	ck_fails(make(&r, "uf2", &file, &len, &err), &err, EF_E_USAGE, "not 2");
	release(&r);
}
END_TEST

/* 256 regions of 1 MiB (all of the same bytes), and one byte more than any flash chip has. */
START_TEST(more_than_any_flash)
{
	static uint8_t mib[1 << 20];
	static struct ef_region regions[513];
	const struct ef_uf2_opts opts = { .family = 0x1c5f21b0, .chunk = 256 };
	struct ef_err err = EF_ERR_INIT;
	uint8_t *file;
	size_t len;

	for (uint32_t i = 0; i < 513; i++)
		regions[i] = (struct ef_region){ i << 20, mib, sizeof(mib), "part" };
	regions[256].len = 1;
	ck_fails(ef_output_ihex(regions, 257, &file, &len, &err), &err, EF_E_INPUT,
		 "the content is larger than any flash chip");
	ck_fails(ef_output_raw(regions, 257, 0, 0, &file, &len, &err), &err, EF_E_INPUT,
		 "a file of 268435457 bytes is larger than any flash chip");
	/* a UF2 file has 512 bytes for 256 of them; 1 GiB is too much */
	regions[256].len = sizeof(mib);
	regions[512].len = 1;
	ck_fails(ef_output_uf2(regions, 513, &opts, &file, &len, &err), &err, EF_E_INPUT,
		 "the UF2 file would have 2097153 blocks");
}
END_TEST

/* A file of nothing is empty, or has only its end. */
START_TEST(nothing)
{
	struct request r = { .count = 0 };
	struct ef_err err = EF_ERR_INIT;
	uint8_t *file;
	size_t len;

	ck_ok(make(&r, "raw", &file, &len, &err), &err);
	ck_assert_uint_eq(len, 0);
	free(file);
	ck_ok(make(&r, "uf2", &file, &len, &err), &err);
	ck_assert_uint_eq(len, 0);
	free(file);
	ck_ok(make(&r, "hex", &file, &len, &err), &err);
	ck_assert_uint_eq(len, 12);
	ck_assert_mem_eq(file, ":00000001FF\n", 12);
	free(file);
}
END_TEST

Suite *suite_output(void);
Suite *suite_output(void)
{
	Suite *s = suite_create("output");
	TCase *t = tcase_create("all");

	tcase_add_test(t, as_esptool);
	tcase_add_test(t, refuses);
	tcase_add_test(t, more_than_any_flash);
	tcase_add_test(t, nothing);
	suite_add_tcase(s, t);
	return s;
}
