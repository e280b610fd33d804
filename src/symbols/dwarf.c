/* SPDX-License-Identifier: MIT */
/*
 * The only place that knows elfutils' libdw: the functions around an address,
 * inlined ones included, and the lines they were called from. The compilation
 * units are listed at the first address, the functions of a unit at the first
 * address in it, so that a large program costs nothing when it is opened.
 *
 * libdw opens other files that DWARF names (split and shared DWARF): such
 * units are left out, a log must not make us open what an ELF wishes.
 */
#include <stdlib.h>

#include "base/util.h"
#include "symbols/dwarf.h"

#ifdef EF_HAVE_LIBDW

#include <dwarf.h>
#include <elfutils/libdw.h>

#define FLAG_COMPRESSED 0x800u

/* Ceilings for what a damaged file makes us walk through. */
#define RANGES_MAX   (1u << 20)
#define STEPS_MAX    (1u << 23) /* DIEs and ranges of a unit */
#define INLINED_MAX  (1u << 18) /* of a function */
#define DEPTH_MAX    48u
#define CHAIN_MAX    15u
#define UNPACKED_MAX (256u * EF_MIB)

/* Where code is that unit, or the DIE at off, made. */
struct range {
	uint32_t low, high; /* high is behind the last byte */
	size_t unit;
	Dwarf_Off off;
};

struct ranges {
	struct range *item;
	size_t count, cap;
};

struct unit {
	Dwarf_Off off; /* of its DIE */
	bool is_read;
	struct ranges functions;
};

struct ef_dwarf {
	Elf *elf;
	Dwarf *dwarf;
	bool is_listed;
	struct unit *unit;
	size_t unit_count, unit_cap;
	struct ranges ranges; /* of the units */
};

bool ef_dwarf_is_built_in(void)
{
	return true;
}

/* ---- opening ---- */

/* Whether libdw may see the section: none that leads to other files, none that is a bomb. */
static bool is_harmless(const struct ef_elf_section *s, uint64_t *unpacked)
{
	if (strncmp(s->name, ".zdebug", 7) == 0 || strcmp(s->name, ".gnu_debugaltlink") == 0)
		return false;
	if (!(s->flags & FLAG_COMPRESSED))
		return true;
	if (s->data == NULL || s->size < 12)
		return false;
	*unpacked += ef_le32(s->data + 4);
	return *unpacked <= UNPACKED_MAX;
}

static bool is_readable(const struct ef_elf *elf)
{
	const struct ef_elf_section *info = ef_elf_section(elf, ".debug_info");
	uint64_t unpacked = 0;

	if (info == NULL || info->data == NULL || ef_elf_section(elf, ".debug_abbrev") == NULL)
		return false;
	for (size_t i = 1; i < elf->section_count; i++)
		if (!is_harmless(&elf->sections[i], &unpacked))
			return false;
	return true;
}

struct ef_dwarf *ef_dwarf_open(const struct ef_elf *elf)
{
	struct ef_dwarf *d;

	if (!is_readable(elf) || elf_version(EV_CURRENT) == EV_NONE)
		return NULL;
	d = calloc(1, sizeof(*d));
	if (d == NULL)
		return NULL;
	/* Only read: libelf's interface has no const. */
	d->elf = elf_memory((char *)(uintptr_t)elf->file, elf->file_len);
	d->dwarf = d->elf ? dwarf_begin_elf(d->elf, DWARF_C_READ, NULL) : NULL;
	if (d->dwarf == NULL) {
		ef_dwarf_close(d);
		return NULL;
	}
	return d;
}

void ef_dwarf_close(struct ef_dwarf *d)
{
	if (d == NULL)
		return;
	for (size_t i = 0; i < d->unit_count; i++)
		free(d->unit[i].functions.item);
	free(d->unit);
	free(d->ranges.item);
	dwarf_end(d->dwarf);
	elf_end(d->elf);
	free(d);
}

/* ---- lists of ranges ---- */

static bool add_range(struct ranges *list, const struct range *range)
{
	if (list->count == list->cap) {
		size_t cap = list->cap ? list->cap * 2 : 64;
		struct range *grown;

		if (cap > RANGES_MAX)
			return false;
		grown = realloc(list->item, cap * sizeof(*grown));
		if (grown == NULL)
			return false;
		list->item = grown;
		list->cap = cap;
	}
	list->item[list->count++] = *range;
	return true;
}

/* All ranges of a DIE. False: no more room, or the budget is used up. */
static bool add_ranges(struct ranges *list, Dwarf_Die *die, size_t unit, uint32_t *budget)
{
	struct range r = { .unit = unit, .off = dwarf_dieoffset(die) };
	Dwarf_Addr base, low, high;
	ptrdiff_t at = 0;

	while ((at = dwarf_ranges(die, at, &base, &low, &high)) > 0) {
		if (*budget == 0)
			return false;
		--*budget;
		if (low >= high || !ef_to_u32(low, &r.low) || !ef_to_u32(high, &r.high))
			continue;
		if (!add_range(list, &r))
			return false;
	}
	return true;
}

/* The smallest range around an address: what is nested is more precise. */
static const struct range *find_range(const struct ranges *list, uint32_t addr)
{
	const struct range *best = NULL;

	for (size_t i = 0; i < list->count; i++) {
		const struct range *r = &list->item[i];

		if (addr < r->low || addr >= r->high)
			continue;
		if (best == NULL || r->high - r->low < best->high - best->low)
			best = r;
	}
	return best;
}

/* ---- units ---- */

static bool add_unit(struct ef_dwarf *d, Dwarf_Die *die, uint32_t *budget)
{
	if (d->unit_count == d->unit_cap) {
		size_t cap = d->unit_cap ? d->unit_cap * 2 : 64;
		struct unit *grown = cap > RANGES_MAX ? NULL
						      : realloc(d->unit, cap * sizeof(*grown));

		if (grown == NULL)
			return false;
		d->unit = grown;
		d->unit_cap = cap;
	}
	d->unit[d->unit_count] = (struct unit){ .off = dwarf_dieoffset(die) };
	return add_ranges(&d->ranges, die, d->unit_count++, budget);
}

static void list_units(struct ef_dwarf *d)
{
	Dwarf_CU *cu = NULL;
	uint32_t budget = STEPS_MAX;
	uint8_t type = 0;
	Dwarf_Die die;

	if (d->is_listed)
		return;
	d->is_listed = true;
	while (dwarf_get_units(d->dwarf, cu, &cu, NULL, &type, &die, NULL) == 0) {
		if (type != DW_UT_compile)
			continue;
		if (!add_unit(d, &die, &budget))
			return;
	}
}

static bool has_functions_inside(int tag)
{
	switch (tag) {
	case DW_TAG_namespace:
	case DW_TAG_module:
	case DW_TAG_structure_type:
	case DW_TAG_class_type:
	case DW_TAG_union_type:
	case DW_TAG_enumeration_type:
	case DW_TAG_subprogram:
	case DW_TAG_lexical_block:
		return true;
	default:
		return false;
	}
}

/* Returns false when the budget is used up. */
static bool walk_functions(struct unit *u, size_t index, Dwarf_Die *parent, unsigned depth,
			   uint32_t *budget)
{
	Dwarf_Die die;

	if (depth >= DEPTH_MAX || dwarf_child(parent, &die) != 0)
		return true;
	do {
		int tag = dwarf_tag(&die);

		if (*budget == 0)
			return false;
		--*budget;
		if (tag == DW_TAG_subprogram && !add_ranges(&u->functions, &die, index, budget))
			return false;
		if (has_functions_inside(tag) && !walk_functions(u, index, &die, depth + 1, budget))
			return false;
	} while (dwarf_siblingof(&die, &die) == 0);
	return true;
}

static bool read_unit(struct ef_dwarf *d, size_t index, Dwarf_Die *ret)
{
	struct unit *u = &d->unit[index];
	uint32_t budget = STEPS_MAX;

	if (dwarf_offdie(d->dwarf, u->off, ret) == NULL)
		return false;
	if (!u->is_read) {
		u->is_read = true;
		/* What the budget leaves out is unknown; the rest is right. */
		(void)walk_functions(u, index, ret, 0, &budget);
	}
	return true;
}

/* ---- inlined functions ---- */

struct chain {
	Dwarf_Die die[CHAIN_MAX]; /* inlined ones, the outermost first */
	size_t count;
};

static bool is_around(Dwarf_Die *die, uint32_t addr, uint32_t *budget)
{
	Dwarf_Addr base, low, high;
	bool has_ranges = false;
	ptrdiff_t at = 0;

	while (*budget > 0 && (at = dwarf_ranges(die, at, &base, &low, &high)) > 0) {
		--*budget;
		has_ranges = true;
		if (addr >= low && addr < high)
			return true;
	}
	/* A block without addresses of its own may hold what has some. */
	return !has_ranges && dwarf_tag(die) == DW_TAG_lexical_block;
}

static void walk_inlined(struct chain *chain, Dwarf_Die *parent, uint32_t addr, unsigned depth,
			 uint32_t *budget)
{
	size_t had = chain->count;
	Dwarf_Die die;

	if (depth >= DEPTH_MAX || chain->count == CHAIN_MAX || dwarf_child(parent, &die) != 0)
		return;
	do {
		int tag = dwarf_tag(&die);

		if (*budget == 0)
			return;
		--*budget;
		if (tag != DW_TAG_inlined_subroutine && tag != DW_TAG_lexical_block)
			continue;
		if (!is_around(&die, addr, budget))
			continue;
		if (tag == DW_TAG_inlined_subroutine)
			chain->die[chain->count++] = die;
		walk_inlined(chain, &die, addr, depth + 1, budget);
		if (chain->count > had)
			return;
	} while (dwarf_siblingof(&die, &die) == 0);
}

/* ---- an address ---- */

static const char *string_of(Dwarf_Die *die, unsigned attribute)
{
	Dwarf_Attribute attr;

	if (dwarf_attr_integrate(die, attribute, &attr) == NULL)
		return NULL;
	return dwarf_formstring(&attr);
}

static const char *name_of(Dwarf_Die *die)
{
	const char *name = string_of(die, DW_AT_linkage_name);

	if (name == NULL)
		name = string_of(die, DW_AT_MIPS_linkage_name);
	return name ? name : string_of(die, DW_AT_name);
}

static uint32_t number_of(Dwarf_Die *die, unsigned attribute)
{
	Dwarf_Attribute attr;
	Dwarf_Word value = 0;
	uint32_t number;

	if (dwarf_attr(die, attribute, &attr) == NULL || dwarf_formudata(&attr, &value) != 0)
		return 0;
	return ef_to_u32(value, &number) ? number : 0;
}

/* Where the function that was inlined as die was called. */
static void call_site(Dwarf_Die *unit, Dwarf_Die *die, struct ef_dwarf_frame *ret)
{
	Dwarf_Files *files = NULL;
	size_t count = 0;

	ret->line = number_of(die, DW_AT_call_line);
	ret->column = number_of(die, DW_AT_call_column);
	if (dwarf_getsrcfiles(unit, &files, &count) == 0)
		ret->file = dwarf_filesrc(files, number_of(die, DW_AT_call_file), NULL, NULL);
}

static void line_of(Dwarf_Die *unit, uint32_t addr, struct ef_dwarf_frame *ret)
{
	Dwarf_Line *line = dwarf_getsrc_die(unit, addr);
	int number = 0, column = 0;

	if (line == NULL)
		return;
	ret->file = dwarf_linesrc(line, NULL, NULL);
	if (dwarf_lineno(line, &number) == 0 && number > 0)
		ret->line = (uint32_t)number;
	if (dwarf_linecol(line, &column) == 0 && column > 0)
		ret->column = (uint32_t)column;
}

size_t ef_dwarf_find(struct ef_dwarf *d, uint32_t addr, struct ef_dwarf_frame *ret, size_t cap)
{
	struct chain chain = { .count = 0 };
	uint32_t budget = INLINED_MAX;
	const struct range *unit, *function;
	Dwarf_Die unit_die, die;
	const char *dir;
	size_t count = 0;

	if (d == NULL || cap <= CHAIN_MAX)
		return 0;
	list_units(d);
	unit = find_range(&d->ranges, addr);
	if (unit == NULL || !read_unit(d, unit->unit, &unit_die))
		return 0;
	dir = string_of(&unit_die, DW_AT_comp_dir);
	ret[0] = (struct ef_dwarf_frame){ .dir = dir };
	line_of(&unit_die, addr, &ret[0]);
	function = find_range(&d->unit[unit->unit].functions, addr);
	if (function == NULL || dwarf_offdie(d->dwarf, function->off, &die) == NULL)
		return 1;
	walk_inlined(&chain, &die, addr, 0, &budget);
	while (chain.count > 0) {
		Dwarf_Die *inlined = &chain.die[--chain.count];

		ret[count].function = name_of(inlined);
		ret[count].is_inlined = true;
		ret[++count] = (struct ef_dwarf_frame){ .dir = dir };
		call_site(&unit_die, inlined, &ret[count]);
	}
	ret[count].function = name_of(&die);
	ret[count].low = function->low;
	return count + 1;
}

#else

bool ef_dwarf_is_built_in(void)
{
	return false;
}

struct ef_dwarf *ef_dwarf_open(const struct ef_elf *elf)
{
	(void)elf;
	return NULL;
}

void ef_dwarf_close(struct ef_dwarf *d)
{
	(void)d;
}

size_t ef_dwarf_find(struct ef_dwarf *d, uint32_t addr, struct ef_dwarf_frame *ret, size_t cap)
{
	(void)d;
	(void)addr;
	(void)ret;
	(void)cap;
	return 0;
}

#endif
