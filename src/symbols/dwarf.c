/* SPDX-License-Identifier: MIT */
/*
 * The only file that calls elfutils' libdw: the functions around an address,
 * inlined ones included, the lines they were called from, and the places of
 * variables. The compilation units are listed at the first address, and the
 * functions of a unit at the first address in it, so opening a large program
 * costs nothing.
 *
 * libdw opens other files that DWARF names (split and shared DWARF). This file
 * skips such units, because an ELF must not choose which files we open.
 */
#include <stdlib.h>

#include "base/util.h"
#include "symbols/dwarf.h"
#include "symbols/libdw.h"

#include <dwarf.h>

#define FLAG_COMPRESSED 0x800u

/* Ceilings on the work that a damaged file can cause. */
#define RANGES_MAX   (1u << 20)
#define STEPS_MAX    (1u << 23) /* DIEs and ranges of a unit; DIEs of a search for variables */
#define INLINED_MAX  (1u << 18) /* DIEs and ranges inside a function */
#define DEPTH_MAX    EF_DWARF_SCOPES_MAX
#define CHAIN_MAX    15u
#define UNPACKED_MAX (256u * EF_MIB)

/* A range of code that belongs to a unit, or to the function whose DIE is at off. */
struct range {
	uint32_t low, high; /* high is after the last byte */
	size_t unit;
	Dwarf_Off off;
};

struct ranges {
	struct range *item;
	size_t count, cap;
};

struct unit {
	Dwarf_Off off; /* offset of its DIE */
	bool is_read;
	struct ranges functions;
};

struct ef_dwarf {
	Elf *elf;
	Dwarf *dwarf;
	bool is_listed;
	struct unit *unit;
	size_t unit_count, unit_cap;
	struct ranges ranges; /* where the units have code */
};

bool ef_dwarf_is_there(void)
{
	return ef_dw_load();
}

/* ---- opening ---- */

/*
 * Return whether libdw may see the section: it must name no other file and not unpack to too much.
 */
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

	if (!is_readable(elf) || !ef_dw_load() || ef_dw.elf_version(EV_CURRENT) == EV_NONE)
		return NULL;
	d = calloc(1, sizeof(*d));
	if (d == NULL)
		return NULL;
	/* libelf only reads the file, but its interface has no const. */
	d->elf = ef_dw.elf_memory((char *)(uintptr_t)elf->file, elf->file_len);
	d->dwarf = d->elf ? ef_dw.dwarf_begin_elf(d->elf, DWARF_C_READ, NULL) : NULL;
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
	ef_dw.dwarf_end(d->dwarf);
	ef_dw.elf_end(d->elf);
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

/* Add all ranges of a DIE. False: no more room, or the budget is used up. */
static bool add_ranges(struct ranges *list, Dwarf_Die *die, size_t unit, uint32_t *budget)
{
	struct range r = { .unit = unit, .off = ef_dw.dwarf_dieoffset(die) };
	Dwarf_Addr base, low, high;
	ptrdiff_t at = 0;

	while ((at = ef_dw.dwarf_ranges(die, at, &base, &low, &high)) > 0) {
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

/*
 * Return the smallest range around an address, because a nested function is the more precise
 * answer.
 */
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
	d->unit[d->unit_count] = (struct unit){ .off = ef_dw.dwarf_dieoffset(die) };
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
	while (ef_dw.dwarf_get_units(d->dwarf, cu, &cu, NULL, &type, &die, NULL) == 0) {
		if (type != DW_UT_compile)
			continue;
		if (!add_unit(d, &die, &budget))
			return;
	}
}

/* ---- a walk through a unit ---- */

struct walk {
	Dwarf_Die die[DEPTH_MAX]; /* from the child of the unit down to the current one */
	size_t depth;             /* index of the current one */
	uint32_t budget;          /* DIEs and ranges left */
};

/* Looks at the current DIE. False ends the walk. */
typedef bool visit_fn(void *user, struct walk *w);

/* Return whether functions or their variables may be below a DIE. */
static bool has_code_inside(int tag)
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

/* Visit the DIEs below a unit, depth first, until the budget is used up. */
static void walk_unit(struct walk *w, Dwarf_Die *unit, visit_fn *visit, void *user)
{
	w->depth = 0;
	if (ef_dw.dwarf_child(unit, &w->die[0]) != 0)
		return;
	while (w->budget > 0) {
		Dwarf_Die *die = &w->die[w->depth];

		w->budget--;
		if (!visit(user, w))
			return;
		if (has_code_inside(ef_dw.dwarf_tag(die)) && w->depth + 1 < DEPTH_MAX &&
		    ef_dw.dwarf_child(die, die + 1) == 0) {
			w->depth++;
			continue;
		}
		while (ef_dw.dwarf_siblingof(&w->die[w->depth], &w->die[w->depth]) != 0) {
			if (w->depth == 0)
				return;
			w->depth--;
		}
	}
}

/* ---- the functions of a unit ---- */

struct function_search {
	struct unit *unit;
	size_t index;
};

static bool visit_function(void *user, struct walk *w)
{
	struct function_search *search = user;
	Dwarf_Die *die = &w->die[w->depth];

	return ef_dw.dwarf_tag(die) != DW_TAG_subprogram ||
	       add_ranges(&search->unit->functions, die, search->index, &w->budget);
}

static bool read_unit(struct ef_dwarf *d, size_t index, Dwarf_Die *ret)
{
	struct function_search search = { &d->unit[index], index };
	struct walk w = { .budget = STEPS_MAX };

	if (ef_dw.dwarf_offdie(d->dwarf, search.unit->off, ret) == NULL)
		return false;
	/* Functions that the budget leaves out stay unknown; the others are right. */
	if (!search.unit->is_read)
		walk_unit(&w, ret, visit_function, &search);
	search.unit->is_read = true;
	return true;
}

/* ---- inlined functions ---- */

struct chain {
	Dwarf_Die die[CHAIN_MAX]; /* inlined functions, the outermost first */
	size_t count;
};

static bool is_around(Dwarf_Die *die, uint32_t addr, uint32_t *budget)
{
	Dwarf_Addr base, low, high;
	bool has_ranges = false;
	ptrdiff_t at = 0;

	while (*budget > 0 && (at = ef_dw.dwarf_ranges(die, at, &base, &low, &high)) > 0) {
		--*budget;
		has_ranges = true;
		if (addr >= low && addr < high)
			return true;
	}
	/* A block without ranges of its own may contain DIEs that have some. */
	return !has_ranges && ef_dw.dwarf_tag(die) == DW_TAG_lexical_block;
}

static void walk_inlined(struct chain *chain, Dwarf_Die *parent, uint32_t addr, unsigned depth,
			 uint32_t *budget)
{
	size_t had = chain->count;
	Dwarf_Die die;

	if (depth >= DEPTH_MAX || chain->count == CHAIN_MAX || ef_dw.dwarf_child(parent, &die) != 0)
		return;
	do {
		int tag = ef_dw.dwarf_tag(&die);

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
	} while (ef_dw.dwarf_siblingof(&die, &die) == 0);
}

/* ---- an address ---- */

static const char *string_of(Dwarf_Die *die, unsigned attribute)
{
	Dwarf_Attribute attr;

	if (ef_dw.dwarf_attr_integrate(die, attribute, &attr) == NULL)
		return NULL;
	return ef_dw.dwarf_formstring(&attr);
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

	if (ef_dw.dwarf_attr(die, attribute, &attr) == NULL ||
	    ef_dw.dwarf_formudata(&attr, &value) != 0)
		return 0;
	return ef_to_u32(value, &number) ? number : 0;
}

/* Find the call that the compiler replaced by the inlined function die. */
static void call_site(Dwarf_Die *unit, Dwarf_Die *die, struct ef_dwarf_frame *ret)
{
	Dwarf_Files *files = NULL;
	size_t count = 0;

	ret->line = number_of(die, DW_AT_call_line);
	ret->column = number_of(die, DW_AT_call_column);
	if (ef_dw.dwarf_getsrcfiles(unit, &files, &count) == 0)
		ret->file = ef_dw.dwarf_filesrc(files, number_of(die, DW_AT_call_file), NULL, NULL);
}

static void line_of(Dwarf_Die *unit, uint32_t addr, struct ef_dwarf_frame *ret)
{
	Dwarf_Line *line = ef_dw.dwarf_getsrc_die(unit, addr);
	int number = 0, column = 0;

	if (line == NULL)
		return;
	ret->file = ef_dw.dwarf_linesrc(line, NULL, NULL);
	if (ef_dw.dwarf_lineno(line, &number) == 0 && number > 0)
		ret->line = (uint32_t)number;
	if (ef_dw.dwarf_linecol(line, &column) == 0 && column > 0)
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
	if (function == NULL || ef_dw.dwarf_offdie(d->dwarf, function->off, &die) == NULL)
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

/* ---- variables ---- */

struct variable_search {
	const char *name, *dir;
	ef_dwarf_variable_fn *found;
	void *user;
};

static bool visit_variable(void *user, struct walk *w)
{
	const struct variable_search *search = user;
	Dwarf_Die *die = &w->die[w->depth];
	struct ef_dwarf_variable v = { .dir = search->dir };
	const char *name;
	int line = 0;

	if (ef_dw.dwarf_tag(die) != DW_TAG_variable)
		return true;
	name = ef_dw.dwarf_diename(die);
	if (name == NULL || strcmp(name, search->name) != 0)
		return true;
	v.linkage_name = string_of(die, DW_AT_linkage_name);
	v.file = ef_dw.dwarf_decl_file(die);
	if (ef_dw.dwarf_decl_line(die, &line) == 0 && line > 0)
		v.line = (uint32_t)line;
	for (size_t i = 0; i < w->depth; i++)
		if (ef_dw.dwarf_tag(&w->die[i]) == DW_TAG_namespace)
			v.scope[v.scope_count++] = ef_dw.dwarf_diename(&w->die[i]);
	search->found(search->user, &v);
	return true;
}

void ef_dwarf_variables(struct ef_dwarf *d, const char *name, ef_dwarf_variable_fn *found,
			void *user)
{
	struct variable_search search = { .name = name, .found = found, .user = user };
	struct walk w = { .budget = STEPS_MAX };
	Dwarf_CU *cu = NULL;
	uint8_t type = 0;
	Dwarf_Die die;

	while (d && w.budget > 0 &&
	       ef_dw.dwarf_get_units(d->dwarf, cu, &cu, NULL, &type, &die, NULL) == 0) {
		if (type != DW_UT_compile)
			continue;
		search.dir = string_of(&die, DW_AT_comp_dir);
		walk_unit(&w, &die, visit_variable, &search);
	}
}
