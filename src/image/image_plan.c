/* SPDX-License-Identifier: MIT */
/*
 * Plans the segments of an app image: which sections are used, how they merge, their
 * order, and what fills the space before a flash-mapped segment. Such a segment's file
 * offset must equal its address modulo the MMU page. The rules are espflash 4.5's
 * (image_format/mod.rs and idf.rs), including its oddities, because the result must be
 * identical byte for byte, unless espflash drops what the program needs. No data is copied here.
 */
#include <stdlib.h>

#include "image/image_priv.h"

enum { SHT_PROGBITS = 1, SHT_INIT_ARRAY = 14 };
enum { SHF_ALLOC = 2 };

/*
 * Old second-stage bootloaders of ESP-IDF don't map the last page of a segment if
 * fewer bytes of it are used (esptool: "IROM_ALIGN" workaround, ESP32 only; espflash:
 * on every chip).
 */
#define LAST_PAGE_MIN 0x24u

/*
 * espflash takes these two types only, whatever their flags. A program also needs every
 * other section that it allocates (gABI, chapter 4): the arrays of constructors and
 * destructors, as esptool knows, but also a note between two pieces of data.
 */
bool ef_section_is_loadable(const struct ef_elf_section *section)
{
	bool is_taken = section->type == SHT_PROGBITS || section->type == SHT_INIT_ARRAY ||
			(section->flags & SHF_ALLOC);

	return is_taken && section->size > 0 && section->addr > 0 && section->flags != 0 &&
	       section->data != NULL;
}

/* ---- pieces ---- */

/* By address, then by position in the file, as a stable sort would order them. */
static int compare_sections(const void *a, const void *b)
{
	const struct ef_elf_section *x = *(const struct ef_elf_section *const *)a;
	const struct ef_elf_section *y = *(const struct ef_elf_section *const *)b;

	if (x->addr != y->addr)
		return x->addr < y->addr ? -1 : 1;
	return x < y ? -1 : x > y;
}

static bool is_wanted(const struct ef_elf_section *s, const struct ef_chip *chip, bool is_flash)
{
	return ef_section_is_loadable(s) && ef_chip_is_flash_addr(chip, s->addr) == is_flash;
}

static bool fail_overlap(const struct ef_elf_section *a, const struct ef_elf_section *b,
			 struct ef_err *err)
{
	ef_fail(err, EF_E_INPUT,
		"sections '%s' (0x%08x, %u bytes) and '%s' (0x%08x, %u bytes) overlap", a->name,
		a->addr, a->size, b->name, b->addr, b->size);
	return ef_hint_set(err, EF_HINT_SECTIONS_OVERLAP);
}

/*
 * Append a section to the last piece if it starts at the piece's end, rounded up to
 * a multiple of 4 at most. Otherwise it starts a new piece.
 */
static bool add_section(struct ef_pieces *p, size_t index, struct ef_err *err)
{
	const struct ef_elf_section *s = p->section[index];
	struct ef_piece *last = p->count ? &p->piece[p->count - 1] : NULL;
	uint64_t end = last ? (uint64_t)last->addr + last->len : 0;

	if ((uint64_t)s->addr + s->size > (uint64_t)UINT32_MAX + 1)
		return ef_fail(err, EF_E_INPUT,
			       "section '%s' (0x%08x, %u bytes) passes the end of memory", s->name,
			       s->addr, s->size);
	if (last && s->addr < end)
		return fail_overlap(p->section[index - 1], s, err);
	if (last && s->addr <= ((end + 3) & ~(uint64_t)3)) {
		last->len = s->addr - last->addr + s->size;
		last->count++;
		return true;
	}
	p->piece[p->count++] = (struct ef_piece){ s->addr, s->size, index, 1 };
	return true;
}

static bool merge_sections(struct ef_pieces *p, struct ef_err *err)
{
	for (size_t i = 0; i < p->section_count; i++)
		if (!add_section(p, i, err))
			return false;
	for (size_t i = 0; i < p->count; i++)
		if (!ef_align_u32(p->piece[i].len, 4, &p->piece[i].len) ||
		    p->piece[i].len > EF_MAX_IMAGE)
			return ef_fail(err, EF_E_INPUT,
				       "%u bytes from 0x%08x are more than any flash chip holds",
				       p->piece[i].len, p->piece[i].addr);
	return true;
}

bool ef_pieces_collect(const struct ef_elf *elf, const struct ef_chip *chip, bool is_flash,
		       struct ef_pieces *ret, struct ef_err *err)
{
	struct ef_pieces p = { .section = NULL };
	size_t wanted = 0;

	for (size_t i = 0; i < elf->section_count; i++)
		wanted += is_wanted(&elf->sections[i], chip, is_flash);
	p.section = calloc(wanted + 1, sizeof(const struct ef_elf_section *));
	p.piece = calloc(wanted + 1, sizeof(*p.piece));
	if (p.section == NULL || p.piece == NULL) {
		ef_pieces_release(&p);
		return ef_fail(err, EF_E_IO, "out of memory for %zu sections", wanted);
	}
	for (size_t i = 0; i < elf->section_count; i++)
		if (is_wanted(&elf->sections[i], chip, is_flash))
			p.section[p.section_count++] = &elf->sections[i];
	qsort(p.section, p.section_count, sizeof(const struct ef_elf_section *), compare_sections);
	if (!merge_sections(&p, err)) {
		ef_pieces_release(&p);
		return false;
	}
	*ret = p;
	return true;
}

void ef_pieces_release(struct ef_pieces *pieces)
{
	free(pieces->section);
	free(pieces->piece);
	*pieces = (struct ef_pieces){ .section = NULL };
}

void ef_piece_copy(const struct ef_pieces *pieces, const struct ef_piece *piece, uint32_t off,
		   uint32_t len, uint8_t *dst)
{
	uint32_t end = off + len, at = off;

	for (size_t i = 0; i < piece->count; i++) {
		const struct ef_elf_section *s = pieces->section[piece->first + i];
		uint32_t start = s->addr - piece->addr; /* offset of this section in the piece */
		uint32_t from = start > off ? start : off;
		uint32_t to = start + s->size < end ? start + s->size : end;

		if (from >= to)
			continue;
		memset(dst + (at - off), 0, from - at);
		ef_map_copy(dst + (from - off), s->data + (from - start), to - from);
		at = to;
	}
	memset(dst + (at - off), 0, end - at);
}

/* ---- segments ---- */

/* The RAM data that isn't placed yet starts at off of piece index. */
struct filler {
	const struct ef_pieces *ram;
	size_t index;
	uint32_t off;
};

static bool emit(struct ef_plan *plan, struct ef_plan_segment segment, struct ef_err *err)
{
	uint64_t end = (uint64_t)plan->len + EF_SEGMENT_HEADER_LEN + segment.len;

	if (plan->count == EF_IMAGE_SEGMENTS_MAX) {
		ef_fail(err, EF_E_INPUT,
			"the program needs more than %d segments, which no "
			"bootloader loads",
			EF_IMAGE_SEGMENTS_MAX);
		return ef_hint_set(err, EF_HINT_SECTIONS_SCATTERED);
	}
	if (segment.len >= EF_SEGMENT_LEN_LIMIT)
		return ef_fail(
			err, EF_E_INPUT,
			"the program has %u bytes in one piece at 0x%08x; a bootloader loads "
			"less than 16 MiB",
			segment.len, segment.addr);
	if (end > EF_MAX_IMAGE)
		return ef_fail(err, EF_E_INPUT,
			       "the image would be larger than any flash chip (%u MiB)",
			       EF_MAX_IMAGE / EF_MIB);
	segment.file_off = plan->len;
	plan->segment[plan->count++] = segment;
	plan->len = (uint32_t)end;
	return true;
}

/* An unaligned address leads to an unaligned length, which ESP-IDF's bootloader refuses. */
static bool check_alignment(const struct ef_piece *piece, const struct ef_pieces *flash,
			    struct ef_err *err)
{
	if (piece->addr % 4 == 0)
		return true;
	ef_fail(err, EF_E_INPUT,
		"section '%s' at 0x%08x is mapped from flash and not aligned to "
		"4 bytes",
		flash->section[piece->first]->name, piece->addr);
	return ef_hint_set(err, EF_HINT_SECTION_UNALIGNED);
}

/*
 * Return the number of padding bytes that put a segment's data at the right offset; 0 if it is
 * there already. The padding is a segment with a header of its own, which is not counted.
 */
static uint32_t padding_before(uint32_t pos, uint32_t addr, uint32_t page)
{
	uint32_t past = (addr - EF_SEGMENT_HEADER_LEN) % page;
	uint32_t pad = (page - pos % page + past) % page;

	if (pad == 0)
		return 0;
	if (pad > EF_SEGMENT_HEADER_LEN)
		return pad - EF_SEGMENT_HEADER_LEN;
	return pad + page - EF_SEGMENT_HEADER_LEN;
}

static bool emit_ram(struct ef_plan *plan, struct filler *f, uint32_t max, struct ef_err *err)
{
	const struct ef_piece *piece = &f->ram->piece[f->index];
	struct ef_plan_segment s = { .addr = piece->addr + f->off,
				     .from = f->ram,
				     .piece = piece,
				     .off = f->off,
				     .data_len = piece->len - f->off };

	if (s.data_len > max)
		s.data_len = max;
	s.len = (s.data_len + 3) & ~3u;
	f->off += s.data_len;
	if (f->off == piece->len) {
		f->index++;
		f->off = 0;
	}
	return emit(plan, s, err);
}

static bool emit_flash(struct ef_plan *plan, const struct ef_pieces *flash,
		       const struct ef_piece *piece, uint32_t page, struct ef_err *err)
{
	struct ef_plan_segment s = { .addr = piece->addr,
				     .len = piece->len,
				     .from = flash,
				     .piece = piece,
				     .data_len = piece->len };
	uint32_t on_last_page = (plan->len + piece->len + EF_SEGMENT_HEADER_LEN) % page;

	if (on_last_page < LAST_PAGE_MIN)
		s.len += LAST_PAGE_MIN - on_last_page;
	return emit(plan, s, err);
}

bool ef_plan_make(const struct ef_pieces *flash, const struct ef_pieces *ram, uint32_t page,
		  struct ef_plan *ret, struct ef_err *err)
{
	struct ef_plan plan = { .len = EF_IMAGE_HEADER_LEN };
	struct filler filler = { ram, 0, 0 };

	for (size_t i = 0; i < flash->count; i++) {
		uint32_t pad = padding_before(plan.len, flash->piece[i].addr, page);
		bool ok = check_alignment(&flash->piece[i], flash, err);

		for (; ok && pad > 0; pad = padding_before(plan.len, flash->piece[i].addr, page)) {
			if (pad > EF_SEGMENT_HEADER_LEN && filler.index < ram->count)
				ok = emit_ram(&plan, &filler, pad, err);
			else
				ok = emit(&plan, (struct ef_plan_segment){ .len = pad }, err);
		}
		if (!ok || !emit_flash(&plan, flash, &flash->piece[i], page, err))
			return false;
	}
	while (filler.index < ram->count)
		if (!emit_ram(&plan, &filler, UINT32_MAX, err))
			return false;
	*ret = plan;
	return true;
}
