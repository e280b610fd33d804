/* SPDX-License-Identifier: MIT */
/*
 * Finds the function that contains an address: by DWARF where an ELF has it,
 * else by its symbol table. Both are read at the first address. A small cache
 * keeps the answers, because a log repeats its addresses.
 */
#include <stdlib.h>

#include "base/util.h"
#include "symbols/demangle.h"
#include "symbols/dwarf.h"
#include "symbols/symbols_priv.h"

enum { SHF_ALLOC = 2, SHF_EXECINSTR = 4 };

/* How many symbols before an address the search for its function looks at. */
#define WALK_MAX     64u
#define CACHE_LEN    64u
#define NAME_MAX_LEN 1024u

/* A function, a label without a size, or data between functions. */
struct symbol {
	uint32_t addr, size;
	uint32_t section_end; /* last byte of its section */
	uint32_t order;       /* index in the symbol table */
	const char *name;
	bool is_func;
	bool is_data;
};

struct part {
	struct ef_elf elf;
	const char *name;
	bool is_rom;
	bool is_read;          /* symbol and dwarf are set */
	struct symbol *symbol; /* sorted by address */
	size_t count;
	struct ef_dwarf *dwarf;
};

struct cached {
	uint32_t addr;
	bool is_valid;
	size_t count;
	struct ef_location *location;
	char **text; /* owned strings: function and file of each location */
};

struct ef_symbols {
	struct part *part;
	size_t count;
	struct cached cache[CACHE_LEN];
};

bool ef_symbols_has_lines(void)
{
	return ef_dwarf_is_there();
}

/* ---- code ---- */

static bool is_code_section(const struct ef_elf_section *s)
{
	return (s->flags & SHF_ALLOC) && (s->flags & SHF_EXECINSTR) && s->size > 0;
}

static const struct ef_elf_section *code_section(const struct ef_elf *elf, uint32_t addr)
{
	for (size_t i = 1; i < elf->section_count; i++) {
		const struct ef_elf_section *s = &elf->sections[i];

		if (is_code_section(s) && addr >= s->addr && addr - s->addr < s->size)
			return s;
	}
	return NULL;
}

const struct ef_elf *ef_symbols_code_at(const struct ef_symbols *s, uint32_t addr)
{
	for (size_t i = 0; s && i < s->count; i++)
		if (code_section(&s->part[i].elf, addr))
			return &s->part[i].elf;
	return NULL;
}

/* Find the bytes of code at an address. False: no single section has them all. */
static bool read_code(const struct ef_symbols *s, uint32_t addr, uint32_t len, const uint8_t **ret)
{
	const struct ef_elf *elf = ef_symbols_code_at(s, addr);
	const struct ef_elf_section *in = elf ? code_section(elf, addr) : NULL;

	if (in == NULL || in->data == NULL || !ef_range_ok(addr - in->addr, len, in->size))
		return false;
	*ret = in->data + (addr - in->addr);
	return true;
}

/* RISC-V ISA manual, chapters "RV32I" and "C": jal and jalr with rd = ra, c.jal, c.jalr. */
bool ef_symbols_is_return(const struct ef_symbols *s, uint32_t addr)
{
	const uint8_t *p;

	if (read_code(s, addr - 4, 4, &p)) {
		uint32_t word = ef_le32(p);

		if ((word & 0xfff) == 0x0ef || (word & 0x7fff) == 0x00e7)
			return true;
	}
	if (read_code(s, addr - 2, 2, &p)) {
		unsigned half = ef_le16(p);

		return (half & 0xe003) == 0x2001 || ((half & 0xf07f) == 0x9002 && half != 0x9002);
	}
	return false;
}

uint16_t ef_symbols_machine(const struct ef_symbols *s)
{
	return s && s->count ? s->part[0].elf.machine : 0;
}

/* ---- symbol tables ---- */

/* Mapping symbols ($x, $d) and the compiler's labels (.L1) are not names from the source. */
static bool is_name(const char *name)
{
	return name[0] != '\0' && name[0] != '$' && !(name[0] == '.' && name[1] == 'L');
}

/* Take over a symbol that names code, or data between functions. False: it does neither. */
static bool take_symbol(const struct ef_elf_symbol *from, struct symbol *ret)
{
	const struct ef_elf_section *in = from->section;

	if (from->type != EF_STT_NOTYPE && from->type != EF_STT_OBJECT &&
	    from->type != EF_STT_FUNC && from->type != EF_STT_GNU_IFUNC)
		return false;
	if (in == NULL || !is_code_section(in) || from->value < in->addr ||
	    from->value - in->addr >= in->size || !is_name(from->name))
		return false;
	*ret = (struct symbol){
		.addr = from->value,
		.size = from->size,
		.section_end = in->addr + (in->size - 1), /* cannot wrap to 0 */
		.name = from->name,
		.is_func = from->type == EF_STT_FUNC || from->type == EF_STT_GNU_IFUNC,
		.is_data = from->type == EF_STT_OBJECT,
	};
	return ret->section_end >= in->addr;
}

static int by_address(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	if (x->addr != y->addr)
		return x->addr < y->addr ? -1 : 1;
	/* The search goes backwards, so the preferred symbol of an address comes last. */
	if (x->is_func != y->is_func)
		return x->is_func ? 1 : -1;
	return x->order < y->order ? 1 : -1;
}

static void read_table(struct part *p)
{
	size_t max = p->elf.symbol_count;
	struct symbol *list = calloc(max ? max : 1, sizeof(*list)), *fit;

	if (list == NULL) /* The monitor continues without names. */
		return;
	for (size_t i = 0; i < max; i++) {
		struct ef_elf_symbol from = ef_elf_symbol(&p->elf, i);

		if (take_symbol(&from, &list[p->count]))
			list[p->count++].order = (uint32_t)i;
	}
	fit = realloc(list, (p->count ? p->count : 1) * sizeof(*list));
	p->symbol = fit ? fit : list;
	qsort(p->symbol, p->count, sizeof(*p->symbol), by_address);
}

static void read_module(struct part *p)
{
	if (p->is_read)
		return;
	p->is_read = true;
	p->dwarf = ef_dwarf_open(&p->elf);
	read_table(p);
}

/* Return the sized symbol that contains the address, else the last label before it. */
static const struct symbol *find_symbol(const struct part *p, uint32_t addr)
{
	size_t low = 0, high = p->count;
	const struct symbol *label = NULL;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (p->symbol[middle].addr <= addr)
			low = middle + 1;
		else
			high = middle;
	}
	for (size_t walked = 0; low > 0 && walked < WALK_MAX; walked++) {
		const struct symbol *s = &p->symbol[--low];

		if (addr - s->addr < s->size)
			return s->is_data ? NULL : s;
		if (s->size == 0 && label == NULL && !s->is_data && addr <= s->section_end)
			label = s;
		if (s->size == 0)
			continue;
		/* A label inside a function ends where the function ends. */
		if (label && label->addr - s->addr < s->size)
			label = NULL;
		/* Symbols before a function cannot contain an address after its end. */
		if (s->is_func)
			break;
	}
	return label;
}

/* ---- locations ---- */

static char *text_copy(const char *name)
{
	size_t len = strlen(name);
	char *copy;

	if (len > NAME_MAX_LEN)
		len = NAME_MAX_LEN;
	copy = malloc(len + 1);
	if (copy) {
		memcpy(copy, name, len);
		copy[len] = '\0';
		ef_clean_text(copy);
	}
	return copy;
}

/* Store a cleaned copy of the text in the cache entry. Returns "" without memory. */
static const char *keep(struct cached *c, size_t slot, const char *text)
{
	if (text == NULL)
		return "";
	free(c->text[slot]); /* set if DWARF did not know enough */
	c->text[slot] = text_copy(text);
	return c->text[slot] ? c->text[slot] : "";
}

static const char *keep_name(struct cached *c, size_t slot, const char *name)
{
	char readable[NAME_MAX_LEN];

	if (name && ef_demangle(name, readable, sizeof(readable)))
		return keep(c, slot, readable);
	return keep(c, slot, name);
}

/* Paths in Rust's libraries are relative to the directory where they were compiled. */
static const char *keep_path(struct cached *c, size_t slot, const struct ef_dwarf_frame *frame)
{
	char path[NAME_MAX_LEN];

	if (frame->file && frame->dir && frame->file[0] != '/' &&
	    ef_snprintf(path, sizeof(path), "%s/%s", frame->dir, frame->file))
		return keep(c, slot, path);
	return keep(c, slot, frame->file);
}

static size_t from_dwarf(struct part *p, uint32_t addr, struct cached *c)
{
	struct ef_dwarf_frame frame[EF_LOCATIONS_MAX];
	size_t count = ef_dwarf_find(p->dwarf, addr, frame, EF_LOCATIONS_MAX);
	const struct symbol *s = find_symbol(p, addr);

	for (size_t i = 0; i < count; i++) {
		struct ef_location *l = &c->location[i];
		const char *name = frame[i].function;
		bool is_last = i + 1 == count;
		uint32_t low = frame[i].low;

		/* DWARF of assembly has lines but no functions. */
		if (is_last && name == NULL && s) {
			name = s->name;
			low = s->addr;
		}
		*l = (struct ef_location){ .line = frame[i].line,
					   .column = frame[i].column,
					   .is_inlined = frame[i].is_inlined && !is_last,
					   .is_rom = p->is_rom };
		l->function = keep_name(c, 2 * i, name);
		l->file = keep_path(c, 2 * i + 1, &frame[i]);
		l->offset = is_last && low != 0 && addr >= low ? addr - low : 0;
	}
	if (count == 1 && c->location[0].function[0] == '\0' && c->location[0].file[0] == '\0')
		return 0;
	return count;
}

static size_t from_symbol(struct part *p, uint32_t addr, struct cached *c)
{
	const struct symbol *s = find_symbol(p, addr);

	if (s == NULL)
		return 0;
	c->location[0] = (struct ef_location){ .offset = addr - s->addr,
					       .file = "",
					       .is_rom = p->is_rom };
	c->location[0].function = keep_name(c, 0, s->name);
	return 1;
}

static void forget(struct cached *c)
{
	for (size_t i = 0; c->text && i < (size_t)2 * EF_LOCATIONS_MAX; i++)
		free(c->text[i]);
	free(c->text);
	free(c->location);
	*c = (struct cached){ .is_valid = false };
}

static void look_up(struct ef_symbols *s, uint32_t addr, struct cached *c)
{
	c->location = calloc(EF_LOCATIONS_MAX, sizeof(*c->location));
	c->text = calloc((size_t)2 * EF_LOCATIONS_MAX, sizeof(*c->text));
	if (c->location == NULL || c->text == NULL) {
		forget(c);
		return;
	}
	c->addr = addr;
	c->is_valid = true;
	for (size_t i = 0; i < s->count && c->count == 0; i++) {
		struct part *p = &s->part[i];

		if (code_section(&p->elf, addr) == NULL)
			continue;
		read_module(p);
		c->count = from_dwarf(p, addr, c);
		if (c->count == 0)
			c->count = from_symbol(p, addr, c);
	}
}

size_t ef_symbols_find(struct ef_symbols *s, uint32_t addr, struct ef_location *ret, size_t cap)
{
	struct cached *c;
	size_t count;

	/* Most numbers in a log are not code. They need no cache entry. */
	if (s == NULL || cap == 0 || ef_symbols_code_at(s, addr) == NULL)
		return 0;
	/* Instructions are aligned to two bytes, so the lowest bit is always 0. */
	c = &s->cache[(addr >> 1) % CACHE_LEN];
	if (!c->is_valid || c->addr != addr) {
		forget(c);
		look_up(s, addr, c);
	}
	/* If the room is too small, drop inlined functions but keep the last, real one. */
	count = c->count < cap ? c->count : cap;
	for (size_t i = 0; i < count; i++)
		ret[i] = c->location[i + 1 == count ? c->count - 1 : i];
	return count;
}

/* ---- life ---- */

bool ef_symbols_open(const struct ef_symbols_elf *elf, size_t count, struct ef_symbols **ret,
		     struct ef_err *err)
{
	struct ef_symbols *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return ef_fail(err, EF_E_IO, "out of memory for symbols");
	s->part = calloc(count ? count : 1, sizeof(*s->part));
	if (s->part == NULL) {
		free(s);
		return ef_fail(err, EF_E_IO, "out of memory for the symbols of %zu files", count);
	}
	for (size_t i = 0; i < count; i++) {
		struct part *p = &s->part[i];

		if (!ef_elf_open(&p->elf, elf[i].data, elf[i].len, err)) {
			ef_symbols_close(s);
			return ef_context(err, "'%s'", elf[i].name ? elf[i].name : "ELF");
		}
		p->name = elf[i].name;
		p->is_rom = elf[i].is_rom;
		s->count++;
	}
	*ret = s;
	return true;
}

void ef_symbols_close(struct ef_symbols *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < CACHE_LEN; i++)
		forget(&s->cache[i]);
	for (size_t i = 0; i < s->count; i++) {
		ef_dwarf_close(s->part[i].dwarf);
		free(s->part[i].symbol);
		ef_elf_release(&s->part[i].elf);
	}
	free(s->part);
	free(s);
}
