/* SPDX-License-Identifier: MIT */
/* Any bytes as two files with addresses: whatever they are, parts come in order, and no byte of
 * a plain file is lost. */
#include <stdlib.h>
#include <string.h>

#include <espflash/content.h>
#include <espflash/input.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool is_true)
{
	if (!is_true)
		abort();
}

static void check_input(const struct ef_input *in)
{
	for (size_t i = 0; i < in->part_count; i++) {
		const struct ef_input_part *p = &in->parts[i];

		check(p->len > 0 && *p->name && !p->is_app);
		check(i == 0 || (uint64_t)p[-1].addr + p[-1].len <= p->addr);
	}
}

static bool has(const struct ef_input *in, const struct ef_input_pair *pair)
{
	for (size_t i = 0; i < in->part_count; i++) {
		const struct ef_input_part *p = &in->parts[i];

		if (pair->addr >= p->addr && pair->addr - p->addr + pair->len <= p->len)
			return memcmp(p->data + (pair->addr - p->addr), pair->data, pair->len) == 0;
	}
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct ef_input_opts opts = { .chip = NULL };
	struct ef_input_pair pairs[2];
	struct ef_err err = EF_ERR_INIT;
	struct ef_input in;
	size_t cut;

	if (size < 3)
		return 0;
	cut = data[0] * (size - 3) / 255;
	pairs[0] = (struct ef_input_pair){ data[1] * 0x100u, data + 3, cut, "a.bin" };
	pairs[1] = (struct ef_input_pair){ data[2] * 0x1000u, data + 3 + cut, size - 3 - cut, "b" };
	if (ef_input_from_pairs(pairs, 2, &opts, &in, &err)) {
		check_input(&in);
		for (size_t i = 0; i < 2; i++)
			check(ef_content_of(pairs[i].data, pairs[i].len) == EF_CONTENT_IHEX ||
			      has(&in, &pairs[i]));
	} else {
		check(err.code != EF_OK && err.msg[0] && in.part_count == 0);
	}
	ef_input_release(&in);
	return 0;
}
