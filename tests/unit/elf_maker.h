/* SPDX-License-Identifier: MIT */
/* Makes ELF files from a list of sections. */
#ifndef ELF_MAKER_H
#define ELF_MAKER_H

#include "base/bytes.h"
#include "ck_ef.h"

struct make_section {
	const char *name;
	uint32_t type, flags, addr, size;
	const uint8_t *data; /* NULL: bytes 0, 1, 2 ... */
};

enum { EHDR = 52, SHDR = 40 };

/* Offsets of fields of the ELF header and of a section header. */
enum {
	E_CLASS = 4,
	E_DATA = 5,
	E_TYPE = 16,
	E_MACHINE = 18,
	E_ENTRY = 24,
	E_SHOFF = 32,
	E_SHENTSIZE = 46,
	E_SHNUM = 48,
	E_SHSTRNDX = 50,
	SH_NAME = 0,
	SH_TYPE = 4,
	SH_ADDR = 12,
	SH_OFFSET = 16,
	SH_SIZE = 20,
	SH_LINK = 24,
};

struct made {
	uint8_t *data;
	size_t len;
};

/* The header of a section; index 0 is the null section. */
static inline uint8_t *made_shdr(const struct made *m, size_t index)
{
	return m->data + ef_le32(m->data + E_SHOFF) + index * SHDR;
}

static inline void make_header(uint8_t *p, uint16_t machine, uint32_t entry, uint32_t shoff,
			       size_t sections)
{
	memcpy(p, "\177ELF\1\1\1", 7);
	ef_put_le16(p + E_TYPE, 2);
	ef_put_le16(p + E_MACHINE, machine);
	ef_put_le32(p + 20, 1);
	ef_put_le32(p + E_ENTRY, entry);
	ef_put_le32(p + E_SHOFF, shoff);
	ef_put_le16(p + 40, EHDR);
	ef_put_le16(p + E_SHENTSIZE, SHDR);
	ef_put_le16(p + E_SHNUM, (uint16_t)sections);
	ef_put_le16(p + E_SHSTRNDX, (uint16_t)(sections - 1));
}

/* free() the data. The names are stored just before the section headers. */
static inline struct made make_elf(uint16_t machine, const struct make_section *s, size_t count)
{
	size_t len = EHDR, names = 1 + sizeof(".shstrtab"), off = EHDR, name_at = 1;
	struct made m;
	uint8_t *h, *strings;

	for (size_t i = 0; i < count; i++) {
		len += s[i].type == 8 ? 0 : s[i].size;
		names += strlen(s[i].name) + 1;
	}
	m.len = len + names + (count + 2) * SHDR;
	m.data = calloc(1, m.len);
	ck_assert_ptr_nonnull(m.data);
	make_header(m.data, machine, count ? s[0].addr : 0, (uint32_t)(len + names), count + 2);
	strings = m.data + len;
	for (size_t i = 0; i <= count; i++) {
		const char *name = i < count ? s[i].name : ".shstrtab";

		h = made_shdr(&m, i + 1);
		ef_put_le32(h + SH_NAME, (uint32_t)name_at);
		memcpy(strings + name_at, name, strlen(name));
		name_at += strlen(name) + 1;
		ef_put_le32(h + SH_OFFSET, (uint32_t)off);
		ef_put_le32(h + SH_TYPE, i < count ? s[i].type : 3);
		ef_put_le32(h + SH_SIZE, i < count ? s[i].size : (uint32_t)names);
		if (i == count)
			continue;
		ef_put_le32(h + 8, s[i].flags);
		ef_put_le32(h + SH_ADDR, s[i].addr);
		for (uint32_t k = 0; s[i].type != 8 && k < s[i].size; k++)
			m.data[off++] = s[i].data ? s[i].data[k] : (uint8_t)(k + i);
	}
	return m;
}

/* Loads a file of the source tree or the corpus. Returns false if the file does not exist. */
static inline bool load_file(const char *folder, const char *name, struct made *ret)
{
	char path[512];
	FILE *f;
	long size;

	ck_assert(snprintf(path, sizeof(path), "%s/%s", folder, name) < (int)sizeof(path));
	f = fopen(path, "rb");
	if (f == NULL)
		return false;
	ck_assert_int_eq(fseek(f, 0, SEEK_END), 0);
	size = ftell(f);
	ck_assert_int_ge(size, 0);
	rewind(f);
	ret->len = (size_t)size;
	ret->data = malloc(ret->len ? ret->len : 1);
	ck_assert_ptr_nonnull(ret->data);
	ck_assert_uint_eq(fread(ret->data, 1, ret->len, f), ret->len);
	fclose(f);
	return true;
}

#define GOLDEN_DIR EF_SOURCE_DIR "/tests/golden/image"

static inline struct made load_golden(const char *name)
{
	struct made m = { NULL, 0 };

	ck_assert_msg(load_file(GOLDEN_DIR, name, &m), "%s is missing", name);
	return m;
}

#endif
