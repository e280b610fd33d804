/* SPDX-License-Identifier: MIT */
/*
 * App images: byte for byte what espflash builds (digests from elsewhere:
 * tests/golden/image and the shared corpus). What is refused: test_image_rules.c.
 */
#include <cjson/cJSON.h>
#include <stdio.h>

#include "image_rig.h"

/* ---- golden files ---- */

static char *next_word(char **line)
{
	char *word = *line, *end = strchr(word, ' ');

	if (end)
		*end++ = '\0';
	*line = end;
	return word;
}

static void apply_option(struct ef_image_opts *opts, const char *option)
{
	static const char *const modes[] = { "qio", "qout", "dio", "dout" };
	const char *value = strchr(option, '=');
	uint32_t n = 0;

	ck_assert_ptr_nonnull(value);
	value++;
	for (unsigned i = 0; i < EF_ARRAY_LEN(modes); i++)
		if (strcmp(value, modes[i]) == 0)
			opts->flash.mode = (enum ef_flash_mode)i;
	if (strncmp(option, "mode=", 5) == 0)
		return;
	ck_assert(ef_parse_u32(value, UINT16_MAX, &n));
	if (strncmp(option, "min=", 4) == 0)
		opts->min_revision = (uint16_t)n;
	else if (strncmp(option, "freq=", 5) == 0)
		opts->flash.freq_mhz = (uint16_t)n;
	else if (strncmp(option, "size=", 5) == 0)
		opts->flash.size = n * EF_MIB;
	else
		ck_abort_msg("unknown option '%s'", option);
}

/* "file chip length sha256 origin option=value..." */
static void check_golden_line(char *line)
{
	struct ef_err err = EF_ERR_INIT;
	const char *name = next_word(&line);
	struct ef_image_opts opts = opts_for(next_word(&line));
	struct made m = load_golden(name), image;
	struct ef_image_info info;
	const char *digest;
	uint32_t len;

	ck_assert(ef_parse_u32(next_word(&line), UINT32_MAX, &len));
	digest = next_word(&line);
	next_word(&line); /* origin */
	while (line)
		apply_option(&opts, next_word(&line));
	image = build(&m, &opts);
	ck_assert_uint_eq(image.len, len);
	assert_digest(&image, digest, name);
	ck_ok(ef_image_parse(image.data, image.len, &info, &err), &err);
	ck_ok(ef_image_verify(&info, &err), &err);
	ck_assert_uint_eq(info.len, image.len);
	ck_assert_uint_eq(info.chip_id, opts.chip->image_id);
	free(image.data);
	free(m.data);
}

START_TEST(equals_golden)
{
	struct made list = load_golden("expected.txt");
	size_t start = 0;
	unsigned checked = 0;

	for (size_t i = 0; i < list.len; i++) {
		char line[256];

		if (list.data[i] != '\n')
			continue;
		ck_assert_uint_lt(i - start, sizeof(line));
		memcpy(line, list.data + start, i - start);
		line[i - start] = '\0';
		start = i + 1;
		if (line[0] == '#')
			continue;
		check_golden_line(line);
		checked++;
	}
	ck_assert_uint_ge(checked, 17);
	free(list.data);
}
END_TEST

static void check_segments(const cJSON *want, const struct ef_image_info *info, const char *name)
{
	ck_assert_int_eq(cJSON_GetArraySize(want), info->segment_count);
	for (int i = 0; i < info->segment_count; i++) {
		const cJSON *row = cJSON_GetArrayItem(want, i);
		uint32_t n[3] = { 0, 0, 0 };

		for (int k = 0; k < 3; k++)
			ck_assert(ef_parse_u32(cJSON_GetArrayItem(row, k)->valuestring, UINT32_MAX,
					       &n[k]));
		ck_assert_msg(n[0] == info->segment[i].off - 8 && n[1] == info->segment[i].addr &&
				      n[2] == info->segment[i].len,
			      "%s: segment %d", name, i);
	}
}

static void check_corpus_entry(const cJSON *entry)
{
	const char *chip = cJSON_GetObjectItem(entry, "chip")->valuestring;
	struct ef_image_opts opts = opts_for(chip);
	struct ef_err err = EF_ERR_INIT;
	struct made m = { NULL, 0 }, image;
	struct ef_image_info info;
	char header[49];

	ck_assert(load_file(EF_CORPUS_DIR "/elf", entry->string, &m));
	assert_digest(&m, cJSON_GetObjectItem(entry, "elf_sha256")->valuestring, entry->string);
	image = build(&m, &opts);
	assert_digest(&image, cJSON_GetObjectItem(entry, "app_sha256")->valuestring, entry->string);
	ck_assert_int_eq(cJSON_GetObjectItem(entry, "app_len")->valueint, (int)image.len);
	ef_hex(header, image.data, 24);
	ck_assert_str_eq(header, cJSON_GetObjectItem(entry, "header")->valuestring);
	ck_ok(ef_image_parse(image.data, image.len, &info, &err), &err);
	check_segments(cJSON_GetObjectItem(entry, "segments"), &info, entry->string);
	free(image.data);
	free(m.data);
}

START_TEST(equals_corpus)
{
	struct made list = { NULL, 0 };
	const cJSON *entry;
	cJSON *json;

	if (!load_file(EF_CORPUS_DIR, "app-images.json", &list)) {
		puts("skipped: no shared corpus");
		return;
	}
	json = cJSON_ParseWithLength((const char *)list.data, list.len);
	ck_assert_ptr_nonnull(json);
	ck_assert_int_ge(cJSON_GetArraySize(json), 7);
	cJSON_ArrayForEach(entry, json) check_corpus_entry(entry);
	cJSON_Delete(json);
	free(list.data);
}
END_TEST

/* Digest of the app image by the separate model (tests/golden/image/README.md). */
START_TEST(builds_zephyr)
{
	struct ef_image_opts opts = opts_for("esp32");
	struct made m = { NULL, 0 }, image;

	if (!load_file(EF_CORPUS_DIR "/elf", "zephyr-esp32.elf", &m)) {
		puts("skipped: no shared corpus");
		return;
	}
	image = build(&m, &opts);
	ck_assert_uint_eq(image.len, 17472);
	assert_digest(&image, "f76ba2c8875f6e74b5c6dd051207e1dcad7faa985f2e94db3a2358711196f139",
		      "zephyr-esp32.elf");
	free(image.data);
	free(m.data);
}
END_TEST

/* The sample that the demo flashes. Digest: the same model. */
START_TEST(builds_the_sample)
{
	struct ef_image_opts opts = opts_for("esp32c3");
	struct made m = { NULL, 0 }, image;
	struct ef_app_desc desc;
	uint8_t digest[EF_SHA256_LEN];

	ck_assert(load_file(EF_SOURCE_DIR "/tools/sample", "sample-esp32c3.elf", &m));
	image = build(&m, &opts);
	assert_digest(&image, "e008c36ff218c12228ed66e81de8961eeef21a21541250f62603dcda0d6c8e0a",
		      "sample");
	ck_assert(ef_image_app_desc(image.data, image.len, &desc));
	ck_assert_str_eq(desc.project, "espflash-c sample");
	ck_assert_str_eq(desc.version, "1.0.0");
	ck_assert_uint_eq(desc.mmu_page_log2, 16);
	ef_sha256(m.data, m.len, digest);
	ck_assert_mem_eq(desc.elf_sha256, digest, sizeof(digest));
	free(image.data);
	free(m.data);
}
END_TEST

Suite *suite_image_build(void);
Suite *suite_image_build(void)
{
	Suite *s = suite_create("image_build");
	TCase *t = tcase_create("image_build");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, equals_golden);
	tcase_add_test(t, equals_corpus);
	tcase_add_test(t, builds_zephyr);
	tcase_add_test(t, builds_the_sample);
	suite_add_tcase(s, t);
	return s;
}
