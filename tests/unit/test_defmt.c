/* SPDX-License-Identifier: MIT */
/*
 * defmt frames: text that defmt-decoder made of the same bytes (golden
 * files), espflash's framing in any split, and what damage does.
 */
#include "base/util.h"
#include "defmt_rig.h"
#include <espflash/symbols.h>

static struct ef_err err;
static struct made elf;
static struct ef_defmt *defmt;
static struct defmt_heard heard;
static struct ef_defmt_sink sink;

static void setup(void)
{
	ef_err_clear(&err);
	elf = (struct made){ NULL, 0 };
	defmt = NULL;
	sink = heard_sink(&heard);
}

static void teardown(void)
{
	ef_defmt_close(defmt);
	free(elf.data);
}

static void open_syms(const struct defmt_sym *sym, size_t count)
{
	elf = make_defmt_elf(sym, count);
	ck_ok(ef_defmt_open(elf.data, elf.len, &defmt, &err), &err);
}

static const struct defmt_sym hello[] = {
	VERSION_4,
	RZCOBS,
	{ NAME("defmt_info", "hello {=u8}"), 1, 1, 1 },
	{ NAME("defmt_prim", "{=u8}"), 2, 1, 1 },
	{ NAME("defmt_error", "say {=str}"), 3, 1, 1 },
};

#define FEED(bytes) ef_defmt_feed(defmt, (const uint8_t *)(bytes), sizeof(bytes) - 1, &sink)
/* Index 1, u8 5: bytes 0 and 2 of 01 00 05 are there, 1 and 3 to 6 are zeros: map 7a. */
#define HELLO "\xff\0\1\5\x7a\0"

/* ---- against defmt-decoder ---- */

static size_t from_hex(const char *text, uint8_t *ret)
{
	size_t n = 0;

	for (; ef_digit_value(text[0]) >= 0; text += 2)
		ret[n++] = (uint8_t)(ef_digit_value(text[0]) * 16 + ef_digit_value(text[1]));
	return n;
}

/* Feed a frame without its encoding. */
static void feed_frame(const uint8_t *data, size_t len, size_t step)
{
	static uint8_t wire[8192];
	size_t n = 2;

	wire[0] = 0xff;
	wire[1] = 0;
	n += rzcobs_encode(data, len, wire + 2);
	wire[n++] = 0;
	for (size_t i = 0; i < n; i += step)
		ef_defmt_feed(defmt, wire + i, n - i < step ? n - i : step, &sink);
}

/* What was heard, "R LEVEL|time|message", as "time LEVEL message". */
static void as_line(char *ret, size_t cap)
{
	char *level = heard.text + 2, *time = strchr(level, '|'), *message;
	bool fits;

	*time++ = '\0';
	message = strchr(time, '|');
	*message++ = '\0';
	message[strlen(message) - 1] = '\0';
	if (strcmp(level, "print") == 0)
		fits = ef_strlcpy(ret, cap, message);
	else
		fits = ef_snprintf(ret, cap, "%s %-5s %s", time, level, message);
	ck_assert(fits);
}

START_TEST(golden_frames)
{
	char line[4096], got[4096], *want;
	uint8_t frame[1024];
	size_t lines = 0, refused = 0;
	FILE *f = fopen(DEFMT_GOLDEN "/frames.txt", "r");

	ck_assert_ptr_nonnull(f);
	ck_assert(load_file(DEFMT_GOLDEN, "cases.elf", &elf));
	ck_ok(ef_defmt_open(elf.data, elf.len, &defmt, &err), &err);
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		want = strchr(line, ' ') + 1;
		sink = heard_sink(&heard);
		feed_frame(frame, from_hex(line, frame), _i == 0 ? sizeof(line) : (size_t)_i);
		lines++;
		if (strcmp(want, "!UnexpectedEof") == 0) /* rzcobs pads with zeros: no end to see */
			continue;
		if (want[0] == '!') {
			refused++;
			ck_assert_msg(heard.records == 0, "accepted: %s", line);
			continue;
		}
		ck_assert_msg(heard.records == 1, "%s: %s", line, heard.text);
		as_line(got, sizeof(got));
		ck_assert_str_eq(got, want);
	}
	fclose(f);
	ck_assert_uint_gt(lines, 150);
	ck_assert_uint_eq(refused, 6);
}
END_TEST

/* The corpus' ELF: index and encoding by hand, text and place from its source's DWARF. */
START_TEST(corpus_elf)
{
	if (!load_file(EF_CORPUS_DIR "/elf", "esp-esp32c6-defmt.elf", &elf)) {
		printf("skipped: no corpus\n");
		return;
	}
	ck_assert(ef_defmt_is_in(elf.data, elf.len));
	ck_ok(ef_defmt_open(elf.data, elf.len, &defmt, &err), &err);
	/* Index 1 is 01 00: one byte, and a map with bits 1 to 6 */
	FEED("boot\r\n\xff\0\1\x7e\0\xff\0\5\x7e\0tail");
	ck_assert_str_eq(heard.text,
			 "T boot\r\n\nR INFO||Hello world!\n"
			 "R ERROR||panicked at 'Arrived into _start_trap_rust_hal but mcause is "
			 "not an exception!'\nT tail\n");
	ck_assert_str_eq(heard.crate, "esp_hal");
	if (!ef_symbols_has_lines())
		return;
	/* readelf --debug-dump=info: the DIE of the same linkage name */
	ck_assert_uint_eq(heard.last.line, 217);
	ck_assert_ptr_nonnull(strstr(heard.file, "/esp-hal/src/interrupt/riscv.rs"));
	ck_assert_int_eq(heard.file[0], '/');
	ck_assert_str_eq(heard.module, "esp_hal::interrupt::riscv::start_trap_rust_hal");
}
END_TEST

/* ---- enums ---- */

/*
 * A discriminant is one byte for up to 256 variants and two bytes above
 * (defmt-decoder 1.0, get_variant). The byte behind it shows how many the decoder took.
 */
START_TEST(width_of_a_discriminant)
{
	static const struct {
		size_t variants;
		uint8_t frame[7]; /* format 1 with a u8, whose enum is format 2 */
		size_t len;
	} enums[] = {
		{ 2, { 1, 0, 2, 0, 1, 7 }, 6 },
		{ 255, { 1, 0, 2, 0, 254, 7 }, 6 },
		{ 256, { 1, 0, 2, 0, 255, 7 }, 6 },
		{ 257, { 1, 0, 2, 0, 0, 1, 7 }, 7 },
	};
	static const char start[] = "{\"package\":\"p\",\"tag\":\"defmt_derived\",\"data\":\"";
	static const char end[] = "last\",\"disambiguator\":\"1\",\"crate_name\":\"k\"}";
	char name[1024];
	size_t len = sizeof(start) - 1;
	const struct defmt_sym syms[] = {
		VERSION_4,
		RZCOBS,
		{ NAME("defmt_info", "{=?} {=u8}"), 1, 1, 1 },
		{ name, 2, 1, 1 },
	};

	memcpy(name, start, len);
	for (size_t i = 1; i < enums[_i].variants; i++) {
		memcpy(name + len, "v|", 2);
		len += 2;
	}
	memcpy(name + len, end, sizeof(end));
	open_syms(syms, 4);
	feed_frame(enums[_i].frame, enums[_i].len, 100);
	ck_assert_str_eq(heard.text, "R INFO||last 7\n");
}
END_TEST

/* Variants count from 0 (get_variant), so a discriminant is less than their number. */
START_TEST(discriminant_has_a_variant)
{
	static const struct defmt_sym syms[] = {
		VERSION_4,
		RZCOBS,
		{ NAME("defmt_info", "{=?} {=u8}"), 1, 1, 1 },
		{ NAME("defmt_derived", "A|B|C"), 2, 1, 1 },
	};
	const uint8_t frame[] = { 1, 0, 2, 0, (uint8_t)_i, 7 };

	open_syms(syms, EF_ARRAY_LEN(syms));
	feed_frame(frame, sizeof(frame), 100);
	if (_i == 2)
		ck_assert_str_eq(heard.text, "R INFO||C 7\n");
	else
		ck_assert_msg(heard.records == 0, "accepted: %s", heard.text);
}
END_TEST

/* ---- framing ---- */

START_TEST(text_and_frames_in_any_split)
{
	static const char stream[] = "a\n" HELLO "b\xff"
				     "c" HELLO HELLO "\xff\0\0\0\1\7\x7a\0\xff";
	size_t len = sizeof(stream) - 1;

	open_syms(hello, EF_ARRAY_LEN(hello));
	for (size_t step = 1; step <= len; step++) {
		sink = heard_sink(&heard);
		for (size_t i = 0; i < len; i += step)
			ef_defmt_feed(defmt, (const uint8_t *)stream + i,
				      len - i < step ? len - i : step, &sink);
		ck_assert_str_eq(heard.text, "T a\n\nR INFO||hello 5\nT b\xff"
					     "c\nR INFO||hello 5\n"
					     "R INFO||hello 5\nR INFO||hello 7\n");
		ef_defmt_flush(defmt, &sink);
		ck_assert_uint_eq(heard.records, 4);
		ck_assert_msg(strcmp(heard.text + heard.len - 4, "T \xff\n") == 0, "%s",
			      heard.text);
		/* The pause was within the mark, so this round ends here. */
		FEED("x");
	}
}
END_TEST

START_TEST(a_mark_split_by_a_pause)
{
	open_syms(hello, EF_ARRAY_LEN(hello));
	FEED("\xff");
	ef_defmt_flush(defmt, &sink);
	FEED("\0\1\5\x7a\0");
	ck_assert_str_eq(heard.text, "T \xff\nR INFO||hello 5\n");
}
END_TEST

START_TEST(raw_encoding)
{
	static const struct defmt_sym syms[] = {
		VERSION_4,
		RAW,
		{ NAME("defmt_info", "hello {=u32}"), 1, 1, 1 },
		{ NAME("defmt_warn", "x"), 2, 1, 1 },
	};
	static const char stream[] = "t\xff\0\1\0\0\0\0\1u\xff\0\2\0v";

	open_syms(syms, EF_ARRAY_LEN(syms));
	for (size_t step = 1; step < sizeof(stream); step++) {
		sink = heard_sink(&heard);
		for (size_t i = 0; i + 1 < sizeof(stream); i += step)
			ef_defmt_feed(defmt, (const uint8_t *)stream + i,
				      sizeof(stream) - 1 - i < step ? sizeof(stream) - 1 - i : step,
				      &sink);
		ck_assert_str_eq(heard.text, "T t\nR INFO||hello 16777216\nT u\nR WARN||x\nT v\n");
	}
	sink = heard_sink(&heard);
	FEED("\xff\0\7\0garbage\xff\0\2\0w");
	ck_assert_uint_eq(heard.problems, 1);
	ck_assert_msg(strstr(heard.text, "R WARN||x\nT w\n") != NULL, "%s", heard.text);
	ck_assert_ptr_null(strstr(heard.text, "garbage"));
}
END_TEST

/* ---- damage ---- */

START_TEST(a_wrong_elf_is_said_once)
{
	open_syms(hello, EF_ARRAY_LEN(hello));
	for (int i = 0; i < 100; i++)
		FEED("\xff\0\x63\5\x7a\0");
	ck_assert_uint_eq(heard.problems, 1);
	ck_assert_uint_eq(heard.records, 0);
	ck_assert_ptr_nonnull(strstr(heard.text, "this is probably not the ELF of"));
	ck_assert_ptr_nonnull(strstr(heard.text, "no log statement in the ELF has its index"));
}
END_TEST

START_TEST(damage_between_good_frames)
{
	open_syms(hello, EF_ARRAY_LEN(hello));
	for (int i = 0; i < 10; i++)
		FEED(HELLO);
	FEED("\xff\0\1\0");     /* a map that wants more than there is */
	FEED("\xff\0\x41\1\0"); /* the next damage follows at once and is not reported again */
	ck_assert_uint_eq(heard.problems, 1);
	ck_assert_ptr_nonnull(strstr(heard.text, "P a defmt frame was damaged: "));
	ck_assert_ptr_null(strstr(heard.text, "probably"));
	for (int i = 0; i < 10; i++)
		FEED(HELLO);
	ck_assert_uint_eq(heard.records, 20);
	FEED("\xff\0\3\x0a\xff\x69\0"); /* a string longer than the frame */
	ck_assert_uint_eq(heard.problems, 2);
}
END_TEST

/* A reset within a frame: the boot log comes out, the next frame is decoded. */
START_TEST(a_reset_within_a_frame)
{
	open_syms(hello, EF_ARRAY_LEN(hello));
	FEED("\xff\0\1ESP-ROM:esp32c6-20220919\r\nBuild:Sep 19 2022\r\n" HELLO "ok");
	ck_assert_str_eq(heard.text, "T \1ESP-ROM:esp32c6-20220919\r\nBuild:Sep 19 2022\r\n\n"
				     "R INFO||hello 5\nT ok\n");
	sink = heard_sink(&heard);
	FEED("\xff\0\1ESP-ROM:esp32c6-20220919\r\nwaiting for download\r\n");
	ck_assert_str_eq(heard.text, "");
	ef_defmt_flush(defmt, &sink);
	ck_assert_ptr_nonnull(strstr(heard.text, "waiting for download"));
	FEED("more");
	ck_assert_ptr_nonnull(strstr(heard.text, "download\r\n\nT more\n"));
}
END_TEST

START_TEST(a_frame_without_end_is_bounded)
{
	static uint8_t noise[100000];

	open_syms(hello, EF_ARRAY_LEN(hello));
	memset(noise, 0xa5, sizeof(noise));
	FEED("\xff\0");
	for (int i = 0; i < 5; i++)
		ef_defmt_feed(defmt, noise, sizeof(noise), &sink);
	FEED("\0" HELLO);
	ck_assert_uint_eq(heard.problems, 1);
	ck_assert_ptr_nonnull(strstr(heard.text, "it is too long"));
	ck_assert_uint_eq(heard.records, 1);
}
END_TEST

/* Formats that name themselves, empty elements without end: refused, not followed. */
START_TEST(hostile_frames)
{
	static const struct defmt_sym syms[] = {
		VERSION_4,
		RZCOBS,
		{ NAME("defmt_info", "{=?}"), 1, 1, 1 },
		{ NAME("defmt_prim", "{=?}"), 2, 1, 1 },
		{ NAME("defmt_info", "{=[?]}"), 3, 1, 1 },
		{ NAME("defmt_prim", "nothing"), 4, 1, 1 },
		{ NAME("defmt_info", "{=u8:04294967295}"), 5, 1, 1 },
		{ NAME("defmt_info", "{255=u8}"), 6, 1, 1 },
		{ NAME("defmt_info", "{=u8"), 7, 1, 1 },
		{ NAME("defmt_info", "{0=u8}{0=u16}"), 8, 1, 1 },
		{ NAME("defmt_prim", "{0=?}{0=?}{0=?}{0=?}{0=?}{0=?}{0=?}{0=?}"), 9, 1, 1 },
	};
	static const uint8_t many[] = { 3, 0, 255, 255, 255, 255, 4, 0 };
	static const uint8_t one[] = { 5, 0, 1 };
	uint8_t deep[100];

	open_syms(syms, EF_ARRAY_LEN(syms));
	for (size_t i = 0; i < sizeof(deep); i++)
		deep[i] = i % 2 ? 0 : i ? 2 : 1;
	feed_frame(deep, sizeof(deep), 1000);
	ck_assert_ptr_nonnull(strstr(heard.text, "nested too deeply"));
	feed_frame(many, sizeof(many), 1000);
	for (uint8_t i = 6; i < 9; i++)
		feed_frame((const uint8_t[]){ i, 0, 1, 1 }, 4, 1000);
	ck_assert_uint_eq(heard.records, 0);
	sink = heard_sink(&heard);
	feed_frame(one, sizeof(one), 1000);
	ck_assert_uint_eq(heard.records, 1);
	ck_assert_uint_gt(heard.len, 4000); /* DEFMT_PAD_MAX */
	ck_assert_uint_lt(heard.len, 4200);
	/* 8^20 empty renderings: the ceiling of work ends them */
	for (size_t i = 0; i < 44; i++)
		deep[i] = i % 2 ? 0 : i == 0 ? 1 : i == 42 ? 4 : 9;
	sink = heard_sink(&heard);
	feed_frame(deep, 44, 1000);
	ck_assert_uint_le(heard.records, 1);
}
END_TEST

static const struct defmt_sym lists[] = {
	VERSION_4,
	RZCOBS,
	{ NAME("defmt_info", "{=[?]}"), 1, 1, 1 },
	{ NAME("defmt_info", "{=[?]}{=[?]}"), 2, 1, 1 },
	{ NAME("defmt_prim", "U"), 3, 1, 1 },
	{ NAME("defmt_derived", "V({=u8})"), 4, 1, 1 },
	{ NAME("defmt_info", "{=?}"), 5, 1, 1 },
	{ NAME("defmt_write", "{0=?}{0=?}"), 6, 1, 1 },
};

/* The most elements without bytes that a frame may have, and one more, in one list and in two. */
START_TEST(elements_without_bytes)
{
	uint8_t one[] = { 1, 0, 0, 1, 0, 0, 3, 0 };
	uint8_t two[] = { 2, 0, 128, 0, 0, 0, 3, 0, 128, 0, 0, 0, 3, 0 };
	uint8_t with_bytes[8 + 1000] = { 1, 0, 232, 3, 0, 0, 4, 0 };

	open_syms(lists, EF_ARRAY_LEN(lists));
	feed_frame(one, sizeof(one), 1000);
	feed_frame(two, sizeof(two), 1000);
	feed_frame(with_bytes, sizeof(with_bytes), 1000);
	ck_assert_uint_eq(heard.records, 3);
	one[2]++;
	two[8]++;
	feed_frame(one, sizeof(one), 1000);
	ck_assert_ptr_nonnull(strstr(heard.text, "too many elements without bytes"));
	feed_frame(two, sizeof(two), 1000);
	ck_assert_uint_eq(heard.records, 3);
}
END_TEST

/* "{0}{0}" doubles a text on each level: three levels are shown, twelve are cut. */
START_TEST(arguments_shown_again)
{
	uint8_t deep[] = { 5, 0, 6, 0, 6, 0, 6, 0, 3, 0, 6, 0, 6, 0,
			   6, 0, 6, 0, 6, 0, 6, 0, 6, 0, 6, 0, 3, 0 };

	open_syms(lists, EF_ARRAY_LEN(lists));
	feed_frame(deep, 10, 1000);
	ck_assert_str_eq(heard.text, "R INFO||UUUUUUUU\n");
	deep[8] = 6;
	sink = heard_sink(&heard);
	feed_frame(deep, sizeof(deep), 1000);
	ck_assert_ptr_nonnull(strstr(heard.text, "UUU [cut]\n"));
	ck_assert_uint_lt(heard.len, 1000);
}
END_TEST

START_TEST(cbor_in_diagnostic_notation)
{
	/* RFC 8949, appendix A */
	static const struct {
		const char *hex, *want;
	} cases[] = {
		{ "1903e8", "1000" },
		{ "3bffffffffffffffff", "-18446744073709551616" },
		{ "f93c00", "1.0" },
		{ "f90001", "5.9604645e-8" },
		{ "fb3ff199999999999a", "1.1" },
		{ "f9fc00", "-Infinity" },
		{ "f4f5f6f7", "false, true, null, undefined" },
		{ "f8ff", "simple(255)" },
		{ "c074323031332d30332d32315432303a30343a30305a", "0(\"2013-03-21T20:04:00Z\")" },
		{ "4401020304", "h'01020304'" },
		{ "62225c", "\"\\\"\\\\\"" },
		{ "8301820203820405", "[1, [2, 3], [4, 5]]" },
		{ "a26161016162820203", "{\"a\": 1, \"b\": [2, 3]}" },
		{ "9f018202039f0405ffff", "[_ 1, [2, 3], [_ 4, 5]]" },
		{ "5f42010243030405ff", "(_ h'0102', h'030405')" },
		{ "82", "invalid CBOR (bytes: [82])" },
	};
	static const struct defmt_sym syms[] = { VERSION_4,
						 RZCOBS,
						 { NAME("defmt_info", "{=[u8]:cbor}"), 1, 1, 1 } };
	uint8_t frame[64] = { 1, 0 };
	char want[128];

	open_syms(syms, EF_ARRAY_LEN(syms));
	for (size_t i = 0; i < EF_ARRAY_LEN(cases); i++) {
		size_t n = from_hex(cases[i].hex, frame + 6);

		ef_put_le32(frame + 2, (uint32_t)n);
		sink = heard_sink(&heard);
		feed_frame(frame, n + 6, 1000);
		snprintf(want, sizeof(want), "R INFO||%s\n", cases[i].want);
		ck_assert_str_eq(heard.text, want);
	}
}
END_TEST

Suite *suite_defmt(void);

Suite *suite_defmt(void)
{
	Suite *s = suite_create("defmt");
	TCase *tc = tcase_create("frames");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 30);
	tcase_add_loop_test(tc, golden_frames, 0, 3);
	tcase_add_test(tc, corpus_elf);
	tcase_add_loop_test(tc, width_of_a_discriminant, 0, 4);
	tcase_add_loop_test(tc, discriminant_has_a_variant, 2, 5);
	tcase_add_test(tc, text_and_frames_in_any_split);
	tcase_add_test(tc, a_mark_split_by_a_pause);
	tcase_add_test(tc, raw_encoding);
	tcase_add_test(tc, a_wrong_elf_is_said_once);
	tcase_add_test(tc, damage_between_good_frames);
	tcase_add_test(tc, a_reset_within_a_frame);
	tcase_add_test(tc, a_frame_without_end_is_bounded);
	tcase_add_test(tc, hostile_frames);
	tcase_add_test(tc, elements_without_bytes);
	tcase_add_test(tc, arguments_shown_again);
	tcase_add_test(tc, cbor_in_diagnostic_notation);
	suite_add_tcase(s, tc);
	return s;
}
