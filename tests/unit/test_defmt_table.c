/* SPDX-License-Identifier: MIT */
/* What an ELF needs so that its defmt frames can be decoded, and each way to lack it. */
#include "defmt_rig.h"

static struct ef_err err;
static struct made elf;
static struct ef_defmt *defmt;

static void setup(void)
{
	ef_err_clear(&err);
	elf = (struct made){ NULL, 0 };
	defmt = NULL;
}

static void teardown(void)
{
	ef_defmt_close(defmt);
	free(elf.data);
}

static bool open_syms(const struct defmt_sym *sym, size_t count)
{
	free(elf.data);
	elf = make_defmt_elf(sym, count);
	return ef_defmt_open(elf.data, elf.len, &defmt, &err);
}

#define OPEN(...)                                                                                  \
	open_syms((const struct defmt_sym[]){ __VA_ARGS__ },                                       \
		  sizeof((const struct defmt_sym[]){ __VA_ARGS__ }) / sizeof(struct defmt_sym))
#define INFO(text, index)                                                                          \
	{                                                                                          \
		NAME("defmt_info", text), index, 1, 1                                              \
	}

START_TEST(no_defmt)
{
	struct make_section text = { ".text", 1, 6, 0x42000000, 16, NULL };

	elf = make_elf(0xf3, &text, 1);
	ck_assert(!ef_defmt_is_in(elf.data, elf.len));
	ck_assert(!ef_defmt_is_in((const uint8_t *)"no", 2));
	ck_fails(ef_defmt_open(elf.data, elf.len, &defmt, &err), &err, EF_E_INPUT,
		 "the ELF has no defmt data");
	ck_fails(ef_defmt_open((const uint8_t *)"no", 2, &defmt, &err), &err, EF_E_INPUT, "ELF");
}
END_TEST

START_TEST(settings)
{
	static const struct defmt_sym quoted = { "\"_defmt_version_ = 3\"", 0, 0, 0xfff1 };

	ck_ok(OPEN(VERSION_4, RZCOBS, INFO("a", 1)), &err);
	ck_assert(ef_defmt_is_in(elf.data, elf.len));
	ef_defmt_close(defmt);
	ck_ok(OPEN(quoted, RAW, INFO("a", 1)), &err); /* LLD keeps the quotes */
	ef_defmt_close(defmt);
	defmt = NULL;
	ck_fails(OPEN(RZCOBS, INFO("a", 1)), &err, EF_E_INPUT, "has no version");
	ck_fails(OPEN(VERSION_4, INFO("a", 1)), &err, EF_E_INPUT, "encoding ''");
	ck_fails(OPEN(VERSION_4, quoted, RAW), &err, EF_E_INPUT, "two defmt versions, '4' and '3'");
	ck_fails(OPEN(VERSION_4, RAW, RZCOBS), &err, EF_E_INPUT, "two defmt encodings");
	ck_fails(OPEN({ "_defmt_version_ = 5", 0, 0, 0xfff1 }, RAW), &err, EF_E_INPUT,
		 "wire format '5'; versions 3 and 4 are known");
	ck_fails(OPEN(VERSION_4, { "_defmt_encoding_ = morse", 0, 0, 0xfff1 }), &err, EF_E_INPUT,
		 "encoding 'morse'");
}
END_TEST

START_TEST(damaged_names)
{
	static const char *const bad[] = {
		"plain",
		"{\"package\":\"p\"",
		"{\"package\":\"p\",\"tag\":\"defmt_info\",\"data\":1,\"disambiguator\":\"1\"}",
		"{\"package\":\"p\",\"tag\":\"defmt_info\",\"disambiguator\":\"1\"}",
		"[]",
	};

	for (size_t i = 0; i < EF_ARRAY_LEN(bad); i++)
		ck_fails(OPEN(VERSION_4, RZCOBS, { bad[i], 1, 1, 1 }), &err, EF_E_INPUT,
			 "damaged defmt data in the ELF: symbol '");
	ck_fails(OPEN(VERSION_4, RZCOBS, { NAME("defmt_timestamp", "a"), 1, 1, 1 },
		      { NAME("defmt_timestamp", "b"), 2, 1, 1 }),
		 &err, EF_E_INPUT, "two defmt timestamp formats");
}
END_TEST

/* Other symbols are ignored; version 3 has no crate name. */
START_TEST(other_symbols)
{
	static struct defmt_heard heard;
	struct ef_defmt_sink sink = heard_sink(&heard);

	ck_ok(OPEN(VERSION_4, RZCOBS, { "", 0, 0, 1 }, { "$d.1", 0, 0, 1 },
		   { "__DEFMT_MARKER_X", 0, 0, 1 }, { "main", 0x42000000, 4, 0 },
		   { NAME("my_own", "x"), 3, 1, 1 }, { NAME("defmt_info", "far"), 0x10001, 1, 1 },
		   { "{\"package\":\"old\",\"tag\":\"defmt_info\",\"data\":\"\\u00e9 \\\"q\\\"\","
		     "\"disambiguator\":\"1\"}",
		     1, 1, 1 }),
	      &err);
	ef_defmt_feed(defmt, (const uint8_t *)"\xff\0\1\x7e\0", 5, &sink);
	ck_assert_str_eq(heard.text, "R INFO||é \"q\"\n");
	ck_assert_str_eq(heard.crate, "old");
	ck_assert_str_eq(heard.file, "");
	ck_assert_uint_eq(heard.last.line, 0);
	/* "my_own" and what is beyond 16 bits can't begin a frame */
	ef_defmt_feed(defmt, (const uint8_t *)"\xff\0\3\x7e\0", 5, &sink);
	ck_assert_uint_eq(heard.problems, 1);
}
END_TEST

START_TEST(bitflags)
{
	static const struct {
		const char *data;
		uint32_t at, size;
	} bad[] = {
		{ "F::0", 0, 16 },   { "F::x::A", 0, 16 },     { "F::0::A::B", 0, 16 },
		{ "F::0::A", 0, 8 }, { "F::0::A", 0x2f8, 16 }, { "F::0::A", 0xfffffff8, 16 },
	};
	char name[128];

	for (size_t i = 0; i < EF_ARRAY_LEN(bad); i++) {
		snprintf(name, sizeof(name), NAME("defmt_bitflags_value", "%s"), bad[i].data);
		ck_fails(OPEN(VERSION_4, RZCOBS, { name, bad[i].at, bad[i].size, 1 }), &err,
			 EF_E_INPUT, "bitflags '");
	}
}
END_TEST

/* Every cut of a good ELF, and every byte of its headers changed: an answer, and no more. */
START_TEST(damaged_elfs)
{
	struct made m;

	ck_ok(OPEN(VERSION_4, RZCOBS, INFO("a", 1)), &err);
	ef_defmt_close(defmt);
	defmt = NULL;
	m = elf;
	for (size_t len = 0; len < m.len; len++) {
		uint8_t *cut = malloc(len ? len : 1);

		memcpy(cut, m.data, len);
		if (ef_defmt_open(cut, len, &defmt, &err)) {
			ef_defmt_close(defmt);
			defmt = NULL;
		}
		ef_err_clear(&err);
		free(cut);
	}
	for (size_t i = 0; i < m.len; i++) {
		uint8_t old = m.data[i];

		m.data[i] ^= 0x81;
		if (ef_defmt_open(m.data, m.len, &defmt, &err)) {
			ef_defmt_close(defmt);
			defmt = NULL;
		}
		ef_err_clear(&err);
		m.data[i] = old;
	}
}
END_TEST

Suite *suite_defmt_table(void);

Suite *suite_defmt_table(void)
{
	Suite *s = suite_create("defmt_table");
	TCase *tc = tcase_create("elf");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, no_defmt);
	tcase_add_test(tc, settings);
	tcase_add_test(tc, damaged_names);
	tcase_add_test(tc, other_symbols);
	tcase_add_test(tc, bitflags);
	tcase_add_test(tc, damaged_elfs);
	suite_add_tcase(s, tc);
	return s;
}
