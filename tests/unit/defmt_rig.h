/* SPDX-License-Identifier: MIT */
/* Makes ELF files with defmt symbols, encodes frames, and records what a decoder says. */
#ifndef DEFMT_RIG_H
#define DEFMT_RIG_H

#include <stdio.h>

#include "elf_maker.h"
#include <espflash/defmt.h>

#define DEFMT_GOLDEN EF_SOURCE_DIR "/tests/golden/defmt"

struct defmt_sym {
	const char *name;
	uint32_t value, size;
	uint16_t section; /* 1: .defmt; 0xfff1: absolute */
};

#define VERSION_4                                                                                  \
	{                                                                                          \
		"_defmt_version_ = 4", 0, 0, 0xfff1                                                \
	}
#define RZCOBS                                                                                     \
	{                                                                                          \
		"_defmt_encoding_ = rzcobs", 0, 0, 0xfff1                                          \
	}
#define RAW                                                                                        \
	{                                                                                          \
		"_defmt_encoding_ = raw", 0, 0, 0xfff1                                             \
	}
#define NAME(tag, data)                                                                            \
	"{\"package\":\"p\",\"tag\":\"" tag "\",\"data\":\"" data                                  \
	"\",\"disambiguator\":\"1\",\"crate_name\":\"k\"}"

static inline struct made make_defmt_elf(const struct defmt_sym *sym, size_t count)
{
	static uint8_t symbols[16 * 32], names[8192], content[0x300];
	size_t at = 1;
	struct make_section s[] = {
		{ ".defmt", 1, 0, 0, sizeof(content), content },
		{ ".symtab", 2, 0, 0, 0, symbols },
		{ ".strtab", 3, 0, 0, 0, names },
	};
	struct made m;

	ck_assert_uint_lt(count, 31);
	memset(symbols, 0, sizeof(symbols));
	memset(names, 0, sizeof(names));
	for (size_t i = 0; i < count; i++) {
		uint8_t *p = symbols + 16 * (i + 1);
		size_t len = strlen(sym[i].name) + 1;

		ck_assert_uint_le(at + len, sizeof(names));
		memcpy(names + at, sym[i].name, len);
		ef_put_le32(p, (uint32_t)at);
		ef_put_le32(p + 4, sym[i].value);
		ef_put_le32(p + 8, sym[i].size);
		ef_put_le16(p + 14, sym[i].section);
		at += len;
	}
	s[1].size = (uint32_t)(16 * (count + 1));
	s[2].size = (uint32_t)at;
	m = make_elf(0xf3, s, 3);
	ef_put_le32(made_shdr(&m, 2) + SH_LINK, 3);
	return m;
}

/*
 * Encodes as the description of crate rzcobs says: a run of at least seven
 * nonzero bytes stays; other groups of seven lose their zeros and get a map of them.
 */
static inline size_t rzcobs_encode(const uint8_t *in, size_t len, uint8_t *out)
{
	size_t n = 0, i = 0, run, k;

	while (i < len) {
		for (run = 0; i + run < len && in[i + run] && run < 134; run++)
			;
		if (run >= 7) {
			memcpy(out + n, in + i, run);
			n += run;
			i += run == 134 ? run : run + 1;
			out[n++] = (uint8_t)(run == 134 ? 0xff : 0x80 | (run - 7));
			continue;
		}
		out[n + 7] = 0;
		for (run = k = 0; k < 7; k++, i++)
			if (i < len && in[i])
				out[n + run++] = in[i];
			else
				out[n + 7] |= (uint8_t)(1u << k);
		out[n + run] = out[n + 7];
		n += run + 1;
	}
	return n;
}

/* What came out of a decoder, as lines: "R level timestamp message", "T text", "P problem". */
struct defmt_heard {
	char text[65536];
	size_t len, records, problems;
	struct ef_defmt_record last; /* its strings are no longer valid */
	char file[256], module[256], crate[64];
};

static inline void heard_add(struct defmt_heard *h, const char *kind, const char *text, size_t len)
{
	int n = snprintf(h->text + h->len, sizeof(h->text) - h->len, "%s %.*s\n", kind, (int)len,
			 text);

	ck_assert_int_ge(n, 0);
	h->len += (size_t)n;
	ck_assert_uint_lt(h->len, sizeof(h->text));
}

static inline void heard_record(void *user, const struct ef_defmt_record *r)
{
	static const char *const levels[] = { "print", "TRACE", "DEBUG", "INFO", "WARN", "ERROR" };
	struct defmt_heard *h = user;
	char line[4096];
	int n = snprintf(line, sizeof(line), "%s|%s|%s", levels[r->level], r->timestamp,
			 r->message);

	h->records++;
	h->last = *r;
	snprintf(h->file, sizeof(h->file), "%s", r->file);
	snprintf(h->module, sizeof(h->module), "%s", r->module);
	snprintf(h->crate, sizeof(h->crate), "%s", r->crate);
	heard_add(h, "R", line, (size_t)n);
}

/* Joins consecutive pieces of text, since the decoder may split text anywhere. */
static inline void heard_text(void *user, const uint8_t *data, size_t len)
{
	struct defmt_heard *h = user;
	const char *last = h->len > 1 ? h->text + h->len - 1 : NULL;

	while (last && last > h->text && last[-1] != '\n')
		last--;
	if (last && strncmp(last, "T ", 2) == 0) {
		h->len--;
		memcpy(h->text + h->len, data, len);
		h->len += len;
		memcpy(h->text + h->len++, "\n", 2);
		return;
	}
	heard_add(h, "T", (const char *)data, len);
}

static inline void heard_problem(void *user, const char *what)
{
	struct defmt_heard *h = user;

	h->problems++;
	heard_add(h, "P", what, strlen(what));
}

static inline struct ef_defmt_sink heard_sink(struct defmt_heard *h)
{
	*h = (struct defmt_heard){ .len = 0 };
	return (struct ef_defmt_sink){ heard_record, heard_text, heard_problem, h };
}

#endif
