/* SPDX-License-Identifier: MIT */
/*
 * Addresses into functions and lines: against binutils' addr2line on the
 * corpus (tests/golden/symbols), and on made symbol tables.
 */
#include <stdio.h>

#include <espflash/image.h>
#include <espflash/symbols.h>

#include "elf_maker.h"

#define SYMBOL_GOLDEN EF_SOURCE_DIR "/tests/golden/symbols"
#define CORPUS_ELF    EF_CORPUS_DIR "/elf"

static struct ef_symbols *open_one(const struct made *elf)
{
	struct ef_symbols_elf one = { elf->data, elf->len, "test.elf", false };
	struct ef_err err = EF_ERR_INIT;
	struct ef_symbols *s = NULL;

	ck_ok(ef_symbols_open(&one, 1, &s, &err), &err);
	return s;
}

/* "FUNCTION|FILE:LINE|..." of what was found. */
static void describe(const struct ef_location *l, size_t count, char *dst, size_t cap)
{
	size_t len = 0;

	dst[0] = '\0';
	for (size_t i = 0; i < count && len < cap; i++)
		len += (size_t)snprintf(dst + len, cap - len, "|%s|%s:%u", l[i].function, l[i].file,
					l[i].line);
}

static uint32_t read_hex(const char *p)
{
	uint32_t value = 0;

	for (p += 2; *p != '|' && *p != '\0'; p++)
		value = value << 4 | (uint32_t)(*p <= '9' ? *p - '0' : *p - 'a' + 10);
	return value;
}

/* Without libdw: the outermost function is all that is known, by one of its names. */
static bool is_function(const char *want, const struct ef_location *l, size_t count)
{
	const char *last = want, *p = want;

	ck_assert_uint_eq(count, 1);
	while ((p = strchr(p, '|')) != NULL) {
		const char *next = strchr(p + 1, '|');

		last = p + 1;
		p = next ? next + 1 : p + strlen(p);
	}
	return strncmp(l[0].function, last, strcspn(last, "|")) == 0;
}

START_TEST(agrees_with_addr2line)
{
	static const char *const name[] = { "esp-esp32.elf",         "esp-esp32c3.elf",
					    "esp-esp32c6-defmt.elf", "esp-esp32c61.elf",
					    "esp-esp32s2.elf",       "zephyr-esp32.elf" };
	struct made elf, golden;
	char file[64], got[16384];
	struct ef_symbols *s;
	size_t checked = 0, aliases = 0;

	ck_assert(snprintf(file, sizeof(file), "%s.txt", name[_i]) < (int)sizeof(file));
	ck_assert(load_file(SYMBOL_GOLDEN, file, &golden));
	if (!load_file(CORPUS_ELF, name[_i], &elf)) {
		printf("skipped: no corpus\n");
		free(golden.data);
		return;
	}
	s = open_one(&elf);
	for (char *line = (char *)golden.data; line < (char *)golden.data + golden.len; checked++) {
		struct ef_location l[EF_LOCATIONS_MAX];
		char *end = memchr(line, '\n', golden.len - (size_t)(line - (char *)golden.data));
		size_t count = ef_symbols_find(s, read_hex(line), l, EF_LOCATIONS_MAX);

		ck_assert_ptr_nonnull(end);
		*end = '\0';
		describe(l, count, got, sizeof(got));
		if (ef_symbols_has_lines())
			ck_assert_str_eq(got, strchr(line, '|'));
		else
			aliases += !is_function(strchr(line, '|'), l, count);
		line = end + 1;
	}
	ck_assert_uint_ge(checked, 30);
	ck_assert_uint_le(aliases * 20, checked);
	ef_symbols_close(s);
	free(elf.data);
	free(golden.data);
}
END_TEST

/* ---- made symbol tables ---- */

struct sym {
	const char *name;
	uint32_t addr, size;
	uint8_t type;
};

/* An ELF with code at 0x42000000 (256 bytes) and these symbols in it. */
static struct made with_symbols(const struct sym *sym, size_t count)
{
	static uint8_t table[1024], names[1024];
	struct make_section sections[] = {
		{ ".text", 1, 6, 0x42000000, 256, NULL },
		{ ".data", 1, 3, 0x3fc80000, 16, NULL },
		{ ".symtab", 2, 0, 0, (uint32_t)(count * 16), table },
		{ ".strtab", 3, 0, 0, 0, names },
	};
	size_t at = 1;
	struct made m;

	memset(table, 0, sizeof(table));
	for (size_t i = 0; i < count; i++) {
		uint8_t *p = table + i * 16;

		ef_put_le32(p, (uint32_t)at);
		ef_put_le32(p + 4, sym[i].addr);
		ef_put_le32(p + 8, sym[i].size);
		p[12] = sym[i].type;
		ef_put_le16(p + 14, sym[i].addr < 0x40000000 ? 2 : 1);
		memcpy(names + at, sym[i].name, strlen(sym[i].name) + 1);
		at += strlen(sym[i].name) + 1;
	}
	sections[3].size = (uint32_t)at;
	m = make_elf(EF_EM_RISCV, sections, EF_ARRAY_LEN(sections));
	ef_put_le32(made_shdr(&m, 3) + SH_LINK, 4);
	return m;
}

static const char *name_at(struct ef_symbols *s, uint32_t addr)
{
	static struct ef_location l[1];

	return ef_symbols_find(s, addr, l, 1) ? l[0].function : "none";
}

START_TEST(finds_symbols)
{
	static const struct sym sym[] = {
		{ "$x", 0x42000010, 0, 0 },
		{ "first", 0x42000000, 16, 2 },
		{ "second", 0x42000020, 8, 2 },
		{ "alias", 0x42000020, 0, 0 },
		{ "inner", 0x42000024, 0, 0 },
		{ "label", 0x42000030, 0, 0 },
		{ "table", 0x42000040, 8, 1 },
		{ "_ZN3app4main17h0123456789abcdefE", 0x42000050, 4, 2 },
		{ "data", 0x3fc80000, 16, 2 },
	};
	struct made m = with_symbols(sym, EF_ARRAY_LEN(sym));
	struct ef_symbols *s = open_one(&m);
	struct ef_location l;

	ck_assert_str_eq(name_at(s, 0x42000000), "first");
	ck_assert_str_eq(name_at(s, 0x4200000f), "first");
	ck_assert_str_eq(name_at(s, 0x42000010), "none"); /* between functions */
	ck_assert_str_eq(name_at(s, 0x42000020), "second");
	ck_assert_str_eq(name_at(s, 0x42000026), "second"); /* not the label in it */
	ck_assert_str_eq(name_at(s, 0x42000028), "none");
	ck_assert_str_eq(name_at(s, 0x42000038), "label");
	ck_assert_str_eq(name_at(s, 0x42000042), "none"); /* a table is not code */
	ck_assert_str_eq(name_at(s, 0x42000052), "app::main");
	ck_assert_str_eq(name_at(s, 0x42000100), "none"); /* behind the section */
	ck_assert_str_eq(name_at(s, 0x3fc80000), "none"); /* data is never code */
	ck_assert_str_eq(name_at(s, 0), "none");
	ck_assert_uint_eq(ef_symbols_find(s, 0x42000022, &l, 1), 1);
	ck_assert_uint_eq(l.offset, 2);
	ck_assert(!l.is_rom && !l.is_inlined);
	ck_assert_str_eq(l.file, "");
	ck_assert_uint_eq(ef_symbols_find(s, 0x42000022, &l, 0), 0);
	ef_symbols_close(s);
	free(m.data);
}
END_TEST

START_TEST(first_elf_wins)
{
	static const struct sym app[] = { { "app", 0x42000000, 64, 2 } };
	static const struct sym rom[] = { { "shadow", 0x42000000, 64, 2 },
					  { "rom", 0x42000040, 64, 2 } };
	struct made a = with_symbols(app, 1), b = with_symbols(rom, 2);
	struct ef_symbols_elf both[] = { { a.data, a.len, "app", false },
					 { b.data, b.len, "rom", true } };
	struct ef_err err = EF_ERR_INIT;
	struct ef_symbols *s = NULL;
	struct ef_location l;

	ck_ok(ef_symbols_open(both, 2, &s, &err), &err);
	ck_assert_uint_eq(ef_symbols_find(s, 0x42000010, &l, 1), 1);
	ck_assert_str_eq(l.function, "app");
	ck_assert_uint_eq(ef_symbols_find(s, 0x42000050, &l, 1), 1);
	ck_assert_str_eq(l.function, "rom");
	ck_assert(l.is_rom);
	ef_symbols_close(s);
	both[1].len = 10;
	ck_fails(ef_symbols_open(both, 2, &s, &err), &err, EF_E_INPUT, "rom");
	free(a.data);
	free(b.data);
}
END_TEST

/* The names of functions reach a terminal. */
START_TEST(names_are_harmless)
{
	static const struct sym sym[] = { { "evil\033[2J\nname", 0x42000000, 64, 2 } };
	struct made m = with_symbols(sym, 1);
	struct ef_symbols *s = open_one(&m);

	ck_assert_str_eq(name_at(s, 0x42000000), "evil?[2J?name");
	ef_symbols_close(s);
	free(m.data);
}
END_TEST

/* Any cut and any flipped byte of a file with DWARF: an answer or none, never a crash. */
START_TEST(survives_damage)
{
	struct made m;

	ck_assert(load_file(EF_SOURCE_DIR "/tests/golden/unwind", "os.elf", &m));
	for (size_t at = 52; at < m.len; at += 11) {
		uint8_t old = m.data[at];
		struct ef_symbols_elf one = { m.data, m.len, "damaged", false };
		struct ef_err err = EF_ERR_INIT;
		struct ef_symbols *s = NULL;
		struct ef_location l[EF_LOCATIONS_MAX];

		m.data[at] = (uint8_t)(old ^ (at % 3 ? 0xff : 1u << at % 8));
		if (ef_symbols_open(&one, 1, &s, &err))
			for (uint32_t addr = 0x80000000; addr < 0x80000360; addr += 0x30)
				(void)ef_symbols_find(s, addr, l, EF_LOCATIONS_MAX);
		ef_symbols_close(s);
		m.data[at] = old;
	}
	free(m.data);
}
END_TEST

Suite *suite_symbols(void);

Suite *suite_symbols(void)
{
	Suite *s = suite_create("symbols");
	TCase *tc = tcase_create("symbols");

	tcase_set_timeout(tc, 100);
	tcase_add_loop_test(tc, agrees_with_addr2line, 0, 6);
	tcase_add_test(tc, finds_symbols);
	tcase_add_test(tc, first_elf_wins);
	tcase_add_test(tc, names_are_harmless);
	tcase_add_test(tc, survives_damage);
	suite_add_tcase(s, tc);
	return s;
}
