/* SPDX-License-Identifier: MIT */
/*
 * Frame information that isn't what it was, registers and a stack of any
 * kind: each step is one frame up, or says why not and leaves all as it was.
 *
 * Input: a count, and as many patches of the frame section (place, value);
 * then pc, registers, and the stack.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "base/util.h"
#include "symbols/unwind.h"
#include "rig/fuzz_check.h"

#define STACK 0x80001d00u

struct program {
	uint8_t *elf; /* of exact size: a sanitizer sees the first byte read past the end */
	size_t len;
	size_t frames, frames_len; /* the section */
};

static void find_frames(struct program *p)
{
	uint32_t table = ef_le32(p->elf + 32);
	unsigned count = ef_le16(p->elf + 48), names = ef_le16(p->elf + 50);
	uint32_t text = ef_le32(p->elf + table + 40 * names + 16);

	for (unsigned i = 0; i < count; i++) {
		const uint8_t *header = p->elf + table + 40 * i;
		const char *name = (const char *)p->elf + text + ef_le32(header);

		if (strcmp(name, ".debug_frame") != 0 && strcmp(name, ".eh_frame") != 0)
			continue;
		p->frames = ef_le32(header + 16);
		p->frames_len = ef_le32(header + 20);
	}
	CHECK(p->frames_len > 0);
}

static const struct program *load(bool is_eh)
{
	static uint8_t content[65536];
	static struct program programs[2];
	struct program *p = &programs[is_eh];
	FILE *f;

	if (p->elf)
		return p;
	f = fopen(is_eh ? EF_SOURCE_DIR "/tests/golden/unwind/eh.elf"
			: EF_SOURCE_DIR "/tests/golden/unwind/os.elf",
		  "rb");
	if (!f)
		return NULL;
	p->len = fread(content, 1, sizeof(content), f);
	fclose(f);
	p->elf = malloc(p->len);
	CHECK(p->elf);
	memcpy(p->elf, content, p->len);
	find_frames(p);
	return p;
}

static void unwind(const struct ef_symbols *s, const uint8_t *data, size_t size)
{
	struct ef_unwind_state state = { .known = ~1u };
	struct ef_unwind_memory memory = { .addr = STACK };
	unsigned frames = 0;

	for (unsigned i = 0; i < EF_CFI_REGS; i++)
		state.reg[i] = STACK + 8 * i;
	for (unsigned i = 0; size >= 4 && i < 9; i++, data += 4, size -= 4)
		i ? (state.reg[i] = ef_le32(data)) : (state.pc = ef_le32(data));
	memory.data = data;
	memory.len = size;
	for (;;) {
		struct ef_unwind_state before = state;
		enum ef_unwind_result result = ef_unwind_step(s, &memory, &state);

		if (result != EF_UNWIND_OK) {
			CHECK(memcmp(&before, &state, sizeof(state)) == 0);
			break;
		}
		CHECK(state.pc != 0 && !(state.known & 1));
		if (++frames == 256) /* a rule for sp can lead anywhere; the caller has a limit */
			break;
	}
}

/* Exchange the patched bytes with those in patch; the second time, from the last to the first. */
static void exchange(const struct program *p, const uint8_t *data, uint8_t *patch, unsigned count,
		     bool is_back)
{
	for (unsigned i = 0; i < count; i++) {
		unsigned n = is_back ? count - 1 - i : i;
		uint8_t *at = &p->elf[p->frames + ef_le16(data + 3 * n) % p->frames_len];
		uint8_t old = *at;

		*at = patch[n];
		patch[n] = old;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct program *p;
	struct ef_symbols_elf one = { .name = "a.elf" };
	struct ef_symbols *s = NULL;
	struct ef_err err = EF_ERR_INIT;
	uint8_t patch[128];
	unsigned patches;

	if (size < 1)
		return 0;
	p = load(data[0] & 1);
	if (!p)
		return 0;
	patches = data[0] >> 1;
	data++;
	size--;
	if (patches > size / 3)
		patches = (unsigned)(size / 3);
	for (unsigned i = 0; i < patches; i++)
		patch[i] = data[3 * i + 2];
	exchange(p, data, patch, patches, false);
	one.data = p->elf;
	one.len = p->len;
	CHECK(ef_symbols_open(&one, 1, &s, &err));
	unwind(s, data + 3 * patches, size - 3 * patches);
	ef_symbols_close(s);
	exchange(p, data, patch, patches, true);
	return 0;
}
