/* SPDX-License-Identifier: MIT */
/* Feeds lines to a decoder and keeps its output. */
#ifndef DECODER_RIG_H
#define DECODER_RIG_H

#include <stdio.h>

#include <espflash/image.h>
#include <espflash/symbols.h>

#include "elf_maker.h"

struct rig {
	struct made elf;
	struct ef_symbols *symbols;
	struct ef_decoder *decoder;
	char said[65536]; /* each line with a newline */
	size_t len;
};

static inline void rig_sink(void *user, const char *line)
{
	struct rig *r = user;
	int n = snprintf(r->said + r->len, sizeof(r->said) - r->len, "%s\n", line);

	ck_assert(n > 0 && (size_t)n < sizeof(r->said) - r->len);
	r->len += (size_t)n;
}

/* Sets opts.symbols itself, and takes ownership of elf. */
static inline void rig_open(struct rig *r, struct made elf, struct ef_decoder_opts opts)
{
	struct ef_symbols_elf one = { elf.data, elf.len, "test.elf", false };
	struct ef_err err = EF_ERR_INIT;

	*r = (struct rig){ .elf = elf };
	ck_ok(ef_symbols_open(&one, 1, &r->symbols, &err), &err);
	opts.symbols = r->symbols;
	ck_ok(ef_decoder_open(&opts, rig_sink, r, &r->decoder, &err), &err);
}

static inline void rig_close(struct rig *r)
{
	ef_decoder_close(r->decoder);
	ef_symbols_close(r->symbols);
	free(r->elf.data);
}

/* Feeds text line by line. The output has to equal want, unless want is NULL. */
static inline void rig_feed(struct rig *r, const char *text, const char *want)
{
	r->len = 0;
	r->said[0] = '\0';
	while (*text) {
		size_t len = strcspn(text, "\n");

		ef_decoder_line(r->decoder, text, len);
		text += len + (text[len] == '\n');
	}
	if (want)
		ck_assert_str_eq(r->said, want);
}

#endif
