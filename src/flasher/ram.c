/* SPDX-License-Identifier: MIT */
/*
 * Loads a program into RAM and starts it. Knows which RAM the running stub uses, so
 * that the program doesn't overwrite it.
 */
#include "flasher/flasher_priv.h"

#define WORD 4u

static bool check_segment(const struct ef_flasher *f, const struct ef_region *s, struct ef_err *err)
{
	const struct ef_stub_range *taken[] = { &f->stub.text, &f->stub.data };

	if (s->len > UINT32_MAX - s->addr)
		return ef_fail(err, EF_E_INPUT,
			       "'%s' (%u bytes at 0x%08x) passes the end of memory", s->label,
			       s->len, s->addr);
	if (f->rom.loader == EF_LOADER_ROM)
		return true;
	for (size_t i = 0; i < EF_ARRAY_LEN(taken); i++) {
		if (!s->len || !taken[i]->len ||
		    !ef_ranges_overlap(s->addr, s->len, taken[i]->start, taken[i]->len))
			continue;
		ef_fail(err, EF_E_UNSUPP,
			"'%s' (%u bytes at 0x%08x) would overwrite the running stub at 0x%08x to "
			"0x%08x",
			s->label, s->len, s->addr, taken[i]->start,
			taken[i]->start + taken[i]->len - 1);
		return ef_hint_set(err, EF_HINT_RAM_OF_STUB);
	}
	return true;
}

/* Loaders take whole words, so pad the last block with zeros. */
static bool load_segment(struct ef_flasher *f, const struct ef_region *s, struct ef_err *err)
{
	uint32_t tail = s->len % WORD ? WORD - s->len % WORD : 0;
	uint32_t blocks = ef_div_up(s->len + tail, f->form.ram_block);
	uint8_t last[EF_BLOCK_RAM];

	if (!ef_rom_mem_begin(&f->rom, s->len + tail, blocks, f->form.ram_block, s->addr, err))
		return false;
	for (uint32_t seq = 0, pos = 0; seq < blocks; seq++, pos += f->form.ram_block) {
		uint32_t len = s->len - pos < f->form.ram_block ? s->len - pos : f->form.ram_block;
		const uint8_t *data = s->data + pos;

		if (seq + 1 == blocks && tail) {
			memcpy(last, data, len);
			memset(last + len, 0, tail);
			data = last;
			len += tail;
		}
		if (!ef_rom_mem_data(&f->rom, seq, data, len, err))
			return false;
		ef_event_progress(f, EF_STAGE_RAM, s->label, s->addr,
				  seq + 1 == blocks ? s->len : pos + len, s->len);
	}
	return true;
}

bool ef_flasher_load_ram(struct ef_flasher *f, const struct ef_region *segments, size_t count,
			 uint32_t entry, struct ef_err *err)
{
	if (entry == 0)
		return ef_fail(err, EF_E_INPUT, "the program has no entry point");
	for (size_t i = 0; i < count; i++)
		if (!check_segment(f, &segments[i], err))
			return false;
	for (size_t i = 0; i < count; i++) {
		const struct ef_region *s = &segments[i];

		if (s->len == 0)
			continue;
		ef_event_progress(f, EF_STAGE_RAM, s->label, s->addr, 0, s->len);
		if (!load_segment(f, s, err))
			return ef_context(err, "cannot load '%s' to 0x%08x", s->label, s->addr);
	}
	if (!ef_rom_mem_end(&f->rom, entry, err))
		return ef_context(err, "cannot start the program at 0x%08x", entry);
	return true;
}
