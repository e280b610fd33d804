/* SPDX-License-Identifier: MIT */
/*
 * Reads 32-bit little-endian ELF files (System V gABI, chapters 4 and 5): section
 * headers, names, one symbol table. Every offset and length is checked against the
 * file's size before it is used. This is the only reader of
 * symbol tables; it stores no symbols.
 */
#include <stdlib.h>

#include "image/image_priv.h"

#define EHDR_LEN     52u
#define SHDR_LEN     40u
#define SYM_LEN      16u
#define SECTIONS_MAX 0xffffu

enum { CLASS32 = 1, CLASS64 = 2, DATA_LE = 1, DATA_BE = 2, TYPE_REL = 1 };
enum { SHT_NULL = 0, SHT_SYMTAB = 2, SHT_STRTAB = 3, SHT_NOBITS = 8 };
enum { SHN_LORESERVE = 0xff00, SHN_XINDEX = 0xffff };

/* A section header, with the fields that struct ef_elf_section omits. */
struct shdr {
	uint32_t name, type, flags, addr, off, size, link;
};

/* The section headers. All of them lie in the file, and names < count. */
struct table {
	const uint8_t *base;
	uint32_t count, names;
};

static struct shdr get_shdr(const uint8_t *base, size_t index)
{
	struct ef_rd r = ef_rd_init(base + index * SHDR_LEN, SHDR_LEN);
	struct shdr s;

	s.name = ef_rd_le32(&r);
	s.type = ef_rd_le32(&r);
	s.flags = ef_rd_le32(&r);
	s.addr = ef_rd_le32(&r);
	s.off = ef_rd_le32(&r);
	s.size = ef_rd_le32(&r);
	s.link = ef_rd_le32(&r);
	return s;
}

bool ef_is_elf(const uint8_t *data, size_t len)
{
	return len >= 4 && memcmp(data, "\177ELF", 4) == 0;
}

static bool fail_not_elf(const uint8_t *file, size_t len, struct ef_err *err)
{
	if (len == 0)
		return ef_fail(err, EF_E_INPUT, "not an ELF file: it is empty");
	ef_fail(err, EF_E_INPUT, "not an ELF file: it begins with 0x%02x, not with 0x7f 'ELF'",
		file[0]);
	if (file[0] == EF_IMAGE_MAGIC)
		return ef_hint_set(err, EF_HINT_IMAGE_NOT_ELF);
	return ef_hint_set(err, EF_HINT_NOT_ELF);
}

static bool check_ident(const uint8_t *file, size_t len, struct ef_err *err)
{
	if (!ef_is_elf(file, len))
		return fail_not_elf(file, len, err);
	if (len < EHDR_LEN)
		return ef_fail(err, EF_E_INPUT,
			       "truncated ELF file: %zu bytes are less than a header", len);
	if (file[4] == CLASS64) {
		ef_fail(err, EF_E_INPUT, "a 64-bit ELF file: ESP chips are 32-bit");
		return ef_hint_set(err, EF_HINT_ELF_FOREIGN);
	}
	if (file[4] != CLASS32)
		return ef_fail(err, EF_E_INPUT, "damaged ELF file: class %u", file[4]);
	if (file[5] == DATA_BE)
		return ef_fail(err, EF_E_INPUT,
			       "a big-endian ELF file: ESP chips are little-endian");
	if (file[5] != DATA_LE)
		return ef_fail(err, EF_E_INPUT, "damaged ELF file: data encoding %u", file[5]);
	return true;
}

static bool check_machine(uint16_t type, uint16_t machine, struct ef_err *err)
{
	if (machine != EF_EM_XTENSA && machine != EF_EM_RISCV)
		return ef_fail(err, EF_E_INPUT,
			       "an ELF file for machine 0x%02x: ESP chips are Xtensa (0x5e) "
			       "or RISC-V (0xf3)",
			       machine);
	if (type == TYPE_REL) {
		ef_fail(err, EF_E_INPUT, "an object file, not a linked program");
		return ef_hint_set(err, EF_HINT_ELF_NOT_LINKED);
	}
	return true;
}

/* Find the section headers. The first one holds a count that exceeds 0xff00. */
static bool find_table(const uint8_t *file, size_t len, struct table *ret, struct ef_err *err)
{
	uint32_t off = ef_le32(file + 32);
	uint16_t entry = ef_le16(file + 46);
	size_t bytes;

	ret->count = ef_le16(file + 48);
	ret->names = ef_le16(file + 50);
	if (off == 0) {
		ef_fail(err, EF_E_INPUT, "an ELF file without sections");
		return ef_hint_set(err, EF_HINT_ELF_STRIPPED);
	}
	if (entry != SHDR_LEN)
		return ef_fail(err, EF_E_INPUT, "damaged ELF file: section headers of %u bytes",
			       entry);
	if (!ef_range_ok_size(off, SHDR_LEN, len))
		return ef_fail(err, EF_E_INPUT,
			       "truncated ELF file: section headers at 0x%08x, file has %zu bytes",
			       off, len);
	ret->base = file + off;
	if (ret->count == 0)
		ret->count = get_shdr(ret->base, 0).size;
	if (ret->names == SHN_XINDEX)
		ret->names = get_shdr(ret->base, 0).link;
	if (ret->count == 0 || ret->count > SECTIONS_MAX || ret->names >= ret->count)
		return ef_fail(err, EF_E_INPUT,
			       "damaged ELF file: %u sections, names in section %u", ret->count,
			       ret->names);
	bytes = (size_t)ret->count * SHDR_LEN;
	if (!ef_range_ok_size(off, bytes, len))
		return ef_fail(err, EF_E_INPUT,
			       "truncated ELF file: section headers end at 0x%08llx, file has %zu "
			       "bytes",
			       (unsigned long long)off + bytes, len);
	return true;
}

/* Return the string at off of a string table; NULL if it doesn't end inside the table. */
static const char *get_string(const struct ef_elf_section *table, uint32_t off)
{
	const uint8_t *p = table->data;

	if (p == NULL || off >= table->size)
		return NULL;
	if (memchr(p + off, '\0', table->size - off) == NULL)
		return NULL;
	return (const char *)(p + off);
}

static bool has_content(uint32_t type, uint32_t size)
{
	return type != SHT_NULL && type != SHT_NOBITS && size > 0;
}

/* Fill in everything except the names. */
static bool read_sections(struct ef_elf *elf, const struct table *table, struct ef_err *err)
{
	for (size_t i = 0; i < table->count; i++) {
		struct shdr s = get_shdr(table->base, i);
		struct ef_elf_section *section = &elf->sections[i];

		*section = (struct ef_elf_section){
			.name = "", .type = s.type, .flags = s.flags, .addr = s.addr, .size = s.size
		};
		if (!has_content(s.type, s.size))
			continue;
		if (!ef_range_ok_size(s.off, s.size, elf->file_len))
			return ef_fail(err, EF_E_INPUT,
				       "truncated ELF file: section %zu ends at 0x%08llx, file has "
				       "%zu bytes",
				       i, (unsigned long long)s.off + s.size, elf->file_len);
		/* Offset 0 is the ELF header; espflash ignores such sections, too. */
		section->data = s.off ? elf->file + s.off : NULL;
	}
	return true;
}

static bool read_names(struct ef_elf *elf, const struct table *table, struct ef_err *err)
{
	const struct ef_elf_section *names = &elf->sections[table->names];

	if (table->names == 0) /* SHN_UNDEF: no names */
		return true;
	if (names->type != SHT_STRTAB)
		return ef_fail(err, EF_E_INPUT,
			       "damaged ELF file: section %u should hold the names and has type "
			       "%u",
			       table->names, names->type);
	for (size_t i = 1; i < table->count; i++) {
		const char *name = get_string(names, get_shdr(table->base, i).name);

		if (elf->sections[i].type == SHT_NULL)
			continue;
		if (name == NULL)
			return ef_fail(err, EF_E_INPUT,
				       "damaged ELF file: the name of section %zu is outside the "
				       "table",
				       i);
		elf->sections[i].name = name;
	}
	return true;
}

/* ---- symbols ---- */

static void copy_text(const uint8_t *data, size_t len, char *dst, size_t cap)
{
	size_t n = len < cap - 1 ? len : cap - 1;

	memcpy(dst, data, n);
	dst[n] = '\0';
	ef_clean_text(dst);
}

/* In the metadata section, a symbol's name is a key and its bytes are the value. */
static void take_metadata(struct ef_elf *elf, const char *key, const uint8_t *data, size_t len)
{
	char number[8];
	uint32_t revision;

	if (strcmp(key, "build_info.CHIP_NAME") == 0)
		copy_text(data, len, elf->chip_name, sizeof(elf->chip_name));
	else if (strcmp(key, "espflash.LOG_FORMAT") == 0)
		copy_text(data, len, elf->log_format, sizeof(elf->log_format));
	else if (strcmp(key, "build_info.MIN_CHIP_REVISION") == 0) {
		copy_text(data, len, number, sizeof(number));
		if (len < sizeof(number) && ef_parse_u32(number, UINT16_MAX, &revision))
			elf->min_revision = (uint16_t)revision;
	}
}

struct ef_elf_symbol ef_elf_symbol(const struct ef_elf *elf, size_t index)
{
	const uint8_t *p = elf->symbols + index * SYM_LEN;
	uint32_t name_off = ef_le32(p);
	uint16_t section = ef_le16(p + 14);
	bool is_in_section = section != 0 && section < SHN_LORESERVE &&
			     section < elf->section_count;

	return (struct ef_elf_symbol){
		.name = name_off < elf->symbol_names_len ? elf->symbol_names + name_off : "",
		.value = ef_le32(p + 4),
		.size = ef_le32(p + 8),
		.type = p[12] & 0xf,
		.section = is_in_section ? &elf->sections[section] : NULL,
	};
}

/* Note what the symbol tells about the program as a whole. */
static void look_at_symbol(struct ef_elf *elf, const struct ef_elf_symbol *symbol)
{
	const struct ef_elf_section *in = symbol->section;

	if (strcmp(symbol->name, "esp_app_desc") == 0)
		elf->has_app_desc_symbol = true;
	if (in == NULL || in->data == NULL || strcmp(in->name, EF_SECTION_METADATA) != 0)
		return;
	if (symbol->value >= in->addr &&
	    ef_range_ok(symbol->value - in->addr, symbol->size, in->size))
		take_metadata(elf, symbol->name, in->data + (symbol->value - in->addr),
			      symbol->size);
}

/* Find the table and its names. Names are used up to the last NUL, so each one is terminated. */
static bool find_symbols(struct ef_elf *elf, const struct table *table, struct ef_err *err)
{
	const struct ef_elf_section *symbols, *names;
	size_t i = 0;
	uint32_t link;

	while (i < elf->section_count && elf->sections[i].type != SHT_SYMTAB)
		i++;
	if (i == elf->section_count) /* stripped */
		return true;
	symbols = &elf->sections[i];
	link = get_shdr(table->base, i).link;
	if (link >= elf->section_count || elf->sections[link].type != SHT_STRTAB)
		return ef_fail(
			err, EF_E_INPUT,
			"damaged ELF file: symbol names in section %u, which is not a string table",
			link);
	names = &elf->sections[link];
	if (symbols->data == NULL)
		return true;
	elf->symbols = symbols->data;
	elf->symbol_count = symbols->size / SYM_LEN;
	if (names->data) {
		elf->symbol_names = (const char *)names->data;
		elf->symbol_names_len = names->size;
	}
	while (elf->symbol_names_len > 0 && elf->symbol_names[elf->symbol_names_len - 1] != '\0')
		elf->symbol_names_len--;
	return true;
}

static bool read_symbols(struct ef_elf *elf, const struct table *table, struct ef_err *err)
{
	if (!find_symbols(elf, table, err))
		return false;
	for (size_t i = 0; i < elf->symbol_count; i++) {
		struct ef_elf_symbol symbol = ef_elf_symbol(elf, i);

		look_at_symbol(elf, &symbol);
	}
	return true;
}

bool ef_elf_open(struct ef_elf *elf, const uint8_t *file, size_t len, struct ef_err *err)
{
	struct table table = { NULL, 0, 0 };

	*elf = (struct ef_elf){ .file = file, .file_len = len };
	if (!check_ident(file, len, err) ||
	    !check_machine(ef_le16(file + 16), ef_le16(file + 18), err) ||
	    !find_table(file, len, &table, err))
		return false;
	elf->machine = ef_le16(file + 18);
	elf->entry = ef_le32(file + 24);
	elf->sections = calloc(table.count, sizeof(*elf->sections));
	if (elf->sections == NULL)
		return ef_fail(err, EF_E_IO, "out of memory for %u section headers", table.count);
	elf->section_count = table.count;
	if (read_sections(elf, &table, err) && read_names(elf, &table, err) &&
	    read_symbols(elf, &table, err))
		return true;
	ef_elf_release(elf);
	return false;
}

void ef_elf_release(struct ef_elf *elf)
{
	free(elf->sections);
	elf->sections = NULL;
	elf->section_count = 0;
}

const struct ef_elf_section *ef_elf_section(const struct ef_elf *elf, const char *name)
{
	for (size_t i = 1; i < elf->section_count; i++)
		if (elf->sections[i].type != SHT_NULL && strcmp(elf->sections[i].name, name) == 0)
			return &elf->sections[i];
	return NULL;
}
