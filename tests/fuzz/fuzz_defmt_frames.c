/* SPDX-License-Identifier: MIT */
/*
 * Any stream against a table with every kind of format: the first byte says
 * how it is split. Records are clean text, bounded.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/defmt_again.h"

static struct ef_map map;
static struct ef_defmt_format *format;

static void require(bool ok)
{
	if (!ok)
		abort();
}

static void check_record(void *user, const struct ef_defmt_record *r)
{
	char line[512];

	(void)user;
	require(strlen(r->message) <= 65536 && r->level <= EF_DEFMT_ERROR);
	for (const char *p = r->message; *p; p++)
		require((unsigned char)*p >= 0x20 || *p == '\n' || *p == '\t');
	require(ef_defmt_format_write(format, r, true, line, sizeof(line)) < sizeof(line));
}

static void check_text(void *user, const uint8_t *data, size_t len)
{
	unsigned sum = 0;

	(void)user;
	require(len > 0);
	for (size_t i = 0; i < len; i++)
		sum += data[i];
	require(sum <= 255 * len);
}

static void check_problem(void *user, const char *what)
{
	(void)user;
	require(what[0] != '\0');
}

/* Once: the table is the same for all. */
static void prepare(void)
{
	struct ef_err err = EF_ERR_INIT;

	if (format)
		return;
	require(ef_map_open(&map, EF_SOURCE_DIR "/tests/golden/defmt/cases.elf", EF_MAX_ELF, &err));
	require(ef_defmt_format_parse("oneline", &format, &err));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct ef_defmt_sink sink = { check_record, check_text, check_problem, NULL };
	struct ef_defmt *d;
	size_t step, n;

	prepare();
	if (size == 0)
		return 0;
	d = defmt_again(map.data, map.len);
	step = data[0] ? data[0] : size;
	for (size_t i = 1; i < size; i += n) {
		n = size - i < step ? size - i : step;
		ef_defmt_feed(d, data + i, n, &sink);
		if (data[0] & 1)
			ef_defmt_flush(d, &sink);
	}
	return 0;
}
