/* SPDX-License-Identifier: MIT */
/*
 * Where a log statement stands in the source: DWARF has a variable called
 * DEFMT_LOG_STATEMENT for each, whose linkage name is the symbol's name; the
 * namespaces around it are the module. Without libdw nothing is known.
 *
 * Source: knurling-rs/defmt, decoder/src/elf2table get_locations.
 */
#include <stdlib.h>

#include "defmt/defmt_priv.h"

#ifndef EF_HAVE_LIBDW

void defmt_locate(struct defmt_table *t, const uint8_t *elf, size_t len)
{
	(void)t;
	(void)elf;
	(void)len;
}

#else

#include <dwarf.h>
#include <elfutils/libdw.h>

#include <espflash/image.h>

/* Ceilings for what a damaged file makes us walk through. */
#define DIES_MAX        (1u << 23)
#define LEVELS_MAX      48
#define MODULE_MAX      512
#define PATH_SIZE       4096
#define UNPACKED_MAX    (256u * EF_MIB)
#define FLAG_COMPRESSED 0x800u

struct walk {
	struct defmt_table *table;
	const struct defmt_entry **by_name; /* sorted by symbol */
	size_t dies;
	Dwarf_Die *unit;
	Dwarf_Die die[LEVELS_MAX];       /* from the unit's child down to here */
	const char *segment[LEVELS_MAX]; /* names of the namespaces; NULL others */
};

static int compare_symbols(const void *a, const void *b)
{
	const struct defmt_entry *const *x = a, *const *y = b;

	return strcmp((*x)->symbol, (*y)->symbol);
}

static struct defmt_entry *find_entry(const struct walk *w, const char *symbol)
{
	size_t low = 0, high = w->table->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int c = strcmp(symbol, w->by_name[middle]->symbol);

		if (c == 0) /* the same entry, not through a const pointer */
			return &w->table->entry[w->by_name[middle] - w->table->entry];
		if (c < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

static char *copy(const char *text)
{
	size_t len = strlen(text) + 1;
	char *p = malloc(len);

	if (p) {
		memcpy(p, text, len);
		ef_clean_text(p);
	}
	return p;
}

/* libdw leaves a path relative to the unit's directory as it is. */
static char *full_path(const struct walk *w, const char *file)
{
	Dwarf_Attribute attr;
	const char *dir = NULL;
	char path[PATH_SIZE];

	if (file[0] != '/' && file[1] != ':')
		dir = dwarf_formstring(dwarf_attr(w->unit, DW_AT_comp_dir, &attr));
	if (dir == NULL || dir[0] == '\0' || !ef_snprintf(path, sizeof(path), "%s/%s", dir, file))
		return copy(file);
	return copy(path);
}

static char *module_path(const struct walk *w, size_t depth)
{
	char path[MODULE_MAX] = "";
	size_t len = 0;

	for (size_t i = 0; i < depth; i++) {
		if (w->segment[i] == NULL)
			continue;
		if (!ef_snprintf(path + len, sizeof(path) - len, "%s%s", len ? "::" : "",
				 w->segment[i]))
			break;
		len += strlen(path + len);
	}
	return copy(path);
}

static void look_at_variable(struct walk *w, size_t depth)
{
	Dwarf_Die *die = &w->die[depth];
	const char *name = dwarf_diename(die), *symbol, *file;
	Dwarf_Attribute attr;
	struct defmt_entry *e;
	int line = 0;

	if (name == NULL || strcmp(name, "DEFMT_LOG_STATEMENT") != 0)
		return;
	symbol = dwarf_formstring(dwarf_attr(die, DW_AT_linkage_name, &attr));
	e = symbol ? find_entry(w, symbol) : NULL;
	/* Statements that the linker dropped are still in DWARF. */
	if (e == NULL || e->file || dwarf_decl_line(die, &line) != 0 || line <= 0)
		return;
	file = dwarf_decl_file(die);
	if (file == NULL)
		return;
	e->file = full_path(w, file);
	e->module = module_path(w, depth);
	e->line = (uint32_t)line;
}

static bool has_variables_inside(int tag)
{
	return tag == DW_TAG_namespace || tag == DW_TAG_subprogram || tag == DW_TAG_lexical_block ||
	       tag == DW_TAG_structure_type || tag == DW_TAG_module;
}

/* All below one unit, depth first, without recursion. */
static void walk_unit(struct walk *w, Dwarf_Die *unit)
{
	size_t depth = 0;
	int tag;

	w->unit = unit;
	if (dwarf_child(unit, &w->die[0]) != 0)
		return;
	while (w->dies++ < DIES_MAX) {
		tag = dwarf_tag(&w->die[depth]);
		w->segment[depth] = NULL;
		if (tag == DW_TAG_variable)
			look_at_variable(w, depth);
		else if (tag == DW_TAG_namespace)
			w->segment[depth] = dwarf_diename(&w->die[depth]);
		if (has_variables_inside(tag) && depth + 1 < LEVELS_MAX &&
		    dwarf_child(&w->die[depth], &w->die[depth + 1]) == 0) {
			depth++;
			continue;
		}
		while (dwarf_siblingof(&w->die[depth], &w->die[depth]) != 0) {
			if (depth == 0)
				return;
			depth--;
		}
	}
}

static void walk_units(struct walk *w, Dwarf *dwarf)
{
	Dwarf_CU *cu = NULL;
	Dwarf_Die unit, sub;
	uint8_t type;

	while (w->dies < DIES_MAX && dwarf_get_units(dwarf, cu, &cu, NULL, &type, &unit, &sub) == 0)
		/* Others name files of their own, which a log must not make us open. */
		if (type == DW_UT_compile)
			walk_unit(w, &unit);
}

/* libdw sees no section that leads to other files, or that unpacks to too much. */
static bool is_harmless(const uint8_t *file, size_t len)
{
	struct ef_err err = EF_ERR_INIT;
	struct ef_elf elf;
	uint64_t unpacked = 0;
	bool ok = true;

	/* It was opened before; if it can't be now, there are no locations. */
	if (!ef_elf_open(&elf, file, len, &err))
		return false;
	for (size_t i = 1; ok && i < elf.section_count; i++) {
		const struct ef_elf_section *s = &elf.sections[i];

		if (strncmp(s->name, ".zdebug", 7) == 0 ||
		    strcmp(s->name, ".gnu_debugaltlink") == 0)
			ok = false;
		else if (s->flags & FLAG_COMPRESSED)
			unpacked += s->data && s->size >= 12 ? ef_le32(s->data + 4) : UINT32_MAX;
		ok = ok && unpacked <= UNPACKED_MAX;
	}
	ef_elf_release(&elf);
	return ok;
}

void defmt_locate(struct defmt_table *t, const uint8_t *elf, size_t len)
{
	struct walk *w;
	Elf *e;
	Dwarf *dwarf;

	if (t->count == 0 || elf_version(EV_CURRENT) == EV_NONE || !is_harmless(elf, len))
		return;
	w = calloc(1, sizeof(*w));
	if (w == NULL)
		return;
	w->table = t;
	w->by_name = calloc(t->count, sizeof(const struct defmt_entry *));
	/* Only read: libelf's interface has no const. */
	e = w->by_name ? elf_memory((char *)(uintptr_t)elf, len) : NULL;
	dwarf = e ? dwarf_begin_elf(e, DWARF_C_READ, NULL) : NULL;
	if (dwarf) {
		for (size_t i = 0; i < t->count; i++)
			w->by_name[i] = &t->entry[i];
		qsort(w->by_name, t->count, sizeof(const struct defmt_entry *), compare_symbols);
		walk_units(w, dwarf);
		(void)dwarf_end(dwarf);
	}
	if (e)
		(void)elf_end(e);
	free(w->by_name);
	free(w);
}

#endif
