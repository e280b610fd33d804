/* SPDX-License-Identifier: MIT */
/*
 * Finds where log statements stand in the source. defmt's macros declare a
 * variable DEFMT_LOG_STATEMENT for each statement. Its linkage name is the name
 * of the statement's symbol, and the namespaces around it are the module.
 *
 * Source: knurling-rs/defmt, decoder/src/elf2table get_locations.
 */
#include <stdlib.h>

#include "defmt/table.h"
#include "symbols/dwarf.h"

#define MODULE_MAX 512
#define PATH_SIZE  4096

struct search {
	struct defmt_table *table;
	const struct defmt_entry **by_name; /* sorted by symbol */
};

static int compare_symbols(const void *a, const void *b)
{
	const struct defmt_entry *const *x = a, *const *y = b;

	return strcmp((*x)->symbol, (*y)->symbol);
}

static struct defmt_entry *find_entry(const struct search *s, const char *symbol)
{
	size_t low = 0, high = s->table->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int c = strcmp(symbol, s->by_name[middle]->symbol);

		if (c == 0) /* the same entry, but not const */
			return &s->table->entry[s->by_name[middle] - s->table->entry];
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

/* DWARF names some files relative to the directory of the compilation unit. */
static char *full_path(const char *dir, const char *file)
{
	bool is_absolute = file[0] == '/' || (file[0] && file[1] == ':');
	char path[PATH_SIZE];

	if (is_absolute || dir == NULL || dir[0] == '\0' ||
	    !ef_snprintf(path, sizeof(path), "%s/%s", dir, file))
		return copy(file);
	return copy(path);
}

static char *module_path(const struct ef_dwarf_variable *v)
{
	char path[MODULE_MAX] = "";
	size_t len = 0;

	for (size_t i = 0; i < v->scope_count; i++) {
		if (v->scope[i] == NULL)
			continue;
		if (!ef_snprintf(path + len, sizeof(path) - len, "%s%s", len ? "::" : "",
				 v->scope[i]))
			break;
		len += strlen(path + len);
	}
	return copy(path);
}

static void found(void *user, const struct ef_dwarf_variable *v)
{
	const struct search *s = user;
	struct defmt_entry *e = v->linkage_name ? find_entry(s, v->linkage_name) : NULL;

	/* DWARF also has the statements that the linker dropped: they have no entry. */
	if (e == NULL || e->file || v->line == 0 || v->file == NULL)
		return;
	e->file = full_path(v->dir, v->file);
	e->module = module_path(v);
	e->line = v->line;
}

void defmt_locate(struct defmt_table *t, const struct ef_elf *elf)
{
	struct ef_dwarf *dwarf = t->count ? ef_dwarf_open(elf) : NULL;
	struct search s = { .table = t };

	if (dwarf)
		s.by_name = calloc(t->count, sizeof(const struct defmt_entry *));
	if (s.by_name) {
		for (size_t i = 0; i < t->count; i++)
			s.by_name[i] = &t->entry[i];
		qsort(s.by_name, t->count, sizeof(const struct defmt_entry *), compare_symbols);
		ef_dwarf_variables(dwarf, "DEFMT_LOG_STATEMENT", found, &s);
	}
	free(s.by_name);
	ef_dwarf_close(dwarf);
}
