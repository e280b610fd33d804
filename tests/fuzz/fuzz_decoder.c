/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as the log of a small program. Its ELF is the test's; without it
 * (the corpus is elsewhere) the decoder has no symbols, and still must live. The length of the
 * input says which addresses of a line are looked at.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/bytes.h"
#include <espflash/symbols.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct count {
	size_t lines;
};

static void sink(void *user, const char *line)
{
	struct count *c = user;

	c->lines++;
	if (strchr(line, '\033') || strchr(line, '\n'))
		abort();
}

static struct ef_symbols *symbols(void)
{
	static uint8_t elf[65536];
	static struct ef_symbols *s;
	struct ef_symbols_elf one = { elf, 0, "os.elf", false };
	struct ef_err err = EF_ERR_INIT;
	FILE *f;

	if (s)
		return s;
	f = fopen(EF_SOURCE_DIR "/tests/golden/unwind/os.elf", "rb");
	if (f == NULL)
		return NULL;
	one.len = fread(elf, 1, sizeof(elf), f);
	fclose(f);
	if (!ef_symbols_open(&one, 1, &s, &err))
		abort();
	return s;
}

static void feed(const uint8_t *data, size_t size, bool all)
{
	static const uint8_t hash[32] = { 1 };
	struct ef_decoder_opts opts = { .symbols = symbols(),
					.all_addresses = all,
					.elf_sha256 = hash };
	struct ef_err err = EF_ERR_INIT;
	struct count count = { 0 };
	struct ef_decoder *d = NULL;
	size_t lines = 1;

	if (!ef_decoder_open(&opts, sink, &count, &d, &err))
		abort();
	while (size > 0) {
		const uint8_t *end = memchr(data, '\n', size);
		size_t len = end ? (size_t)(end - data) : size;
		uint8_t *line = malloc(len ? len : 1); /* its end is seen by the sanitizer */

		if (line == NULL)
			abort();
		memcpy(line, data, len);
		ef_decoder_line(d, (const char *)line, len);
		free(line);
		lines += 1 + len / 8;
		if (len % 7 == 3)
			ef_decoder_flush(d);
		data += len + (end != NULL);
		size -= len + (end != NULL);
	}
	ef_decoder_flush(d);
	ef_decoder_close(d);
	/* One line of a log can't make pages of output: at most one backtrace for each. */
	if (count.lines > lines * 256)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size % 3 != 1)
		feed(data, size, false);
	if (size % 3 != 2)
		feed(data, size, true);
	return 0;
}
