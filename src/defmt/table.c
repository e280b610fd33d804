/* SPDX-License-Identifier: MIT */
/*
 * Reads the defmt data of an ELF. The names of symbols in section .defmt are
 * JSON and contain the format strings; the symbols' addresses are the indices on
 * the wire. Two more symbol names tell the version of the wire format and the
 * encoding.
 *
 * Source: knurling-rs/defmt, decoder/src/elf2table (defmt-decoder 1.1.0).
 */
#include <stdlib.h>

#include <cjson/cJSON.h>

#include "defmt/table.h"
#include <espflash/defmt.h>

/* Ceilings for what an ELF can ask for. */
#define NAME_MAX_LEN (64u * EF_KIB) /* name of one symbol: a derived enum can be long */
#define NAMES_MAX    (32u * EF_MIB) /* names of all symbols together */
#define ENTRIES_MAX  65536u         /* indices on the wire have 16 bits */

#define FLAG_LEN 16 /* bytes of a bitflags value, whatever its type */

static bool is_defmt_section(const struct ef_elf_section *s)
{
	return strcmp(s->name, ".defmt") == 0 || strncmp(s->name, ".defmt.", 7) == 0;
}

static bool has_section(const struct ef_elf *elf)
{
	for (size_t i = 1; i < elf->section_count; i++)
		if (is_defmt_section(&elf->sections[i]))
			return true;
	return false;
}

bool ef_defmt_is_in(const uint8_t *elf, size_t len)
{
	struct ef_err err = EF_ERR_INIT;
	struct ef_elf view;
	bool ret;

	/* A file that is not an ELF has no defmt data, which is not an error here. */
	if (!ef_elf_open(&view, elf, len, &err))
		return false;
	ret = has_section(&view);
	ef_elf_release(&view);
	return ret;
}

/* ---- symbols ---- */

/* Return whether the symbol is one of defmt's. Names over NAME_MAX_LEN are ignored. */
static bool is_defmt_symbol(const struct ef_elf_symbol *sym)
{
	static const char prefix[] = "_defmt_";

	if (!(sym->section && is_defmt_section(sym->section)) &&
	    strncmp(sym->name + (sym->name[0] == '"'), prefix, sizeof(prefix) - 1) != 0)
		return false;
	return memchr(sym->name, '\0', NAME_MAX_LEN) != NULL;
}

/* ---- version and encoding ---- */

/* Get the value of "_defmt_KEY_ = value". LLD leaves quotes around the whole. */
static bool get_setting(const char *name, const char *key, char *ret, size_t cap)
{
	size_t n = strlen(key);

	name += *name == '"';
	if (strncmp(name, key, n) != 0)
		return false;
	(void)ef_strlcpy(ret, cap, name + n);
	n = strlen(ret);
	if (n && ret[n - 1] == '"')
		ret[n - 1] = '\0';
	return true;
}

static bool take_setting(const char *name, const char *key, const char *what, char *ret, size_t cap,
			 struct ef_err *err)
{
	char value[32];

	if (!get_setting(name, key, value, sizeof(value)))
		return true;
	if (ret[0] && strcmp(ret, value) != 0)
		return ef_fail(err, EF_E_INPUT, "the ELF has two defmt %s, '%s' and '%s'", what,
			       ret, value);
	(void)ef_strlcpy(ret, cap, value);
	return true;
}

static bool check_settings(const char *version, const char *encoding, struct defmt_table *ret,
			   struct ef_err *err)
{
	if (version[0] == '\0') {
		(void)ef_fail(err, EF_E_INPUT, "the ELF's defmt data has no version");
		return ef_hint_set(err, EF_HINT_DEFMT_NOT_LINKED);
	}
	if (strcmp(version, "3") != 0 && strcmp(version, "4") != 0)
		return ef_fail(err, EF_E_INPUT,
			       "the ELF has defmt wire format '%s'; versions 3 and 4 are known",
			       version);
	ret->is_raw = strcmp(encoding, "raw") == 0;
	if (!ret->is_raw && strcmp(encoding, "rzcobs") != 0)
		return ef_fail(err, EF_E_INPUT,
			       "the ELF has defmt encoding '%s'; rzcobs and raw are known",
			       encoding);
	return true;
}

static bool read_settings(const struct ef_elf *elf, struct defmt_table *ret, struct ef_err *err)
{
	char version[32] = "", encoding[32] = "";

	for (size_t i = 0; i < elf->symbol_count; i++) {
		struct ef_elf_symbol sym = ef_elf_symbol(elf, i);

		if (is_defmt_symbol(&sym) &&
		    (!take_setting(sym.name, "_defmt_version_ = ", "versions", version,
				   sizeof(version), err) ||
		     !take_setting(sym.name, "_defmt_encoding_ = ", "encodings", encoding,
				   sizeof(encoding), err)))
			return false;
	}
	return check_settings(version, encoding, ret, err);
}

/* ---- names ---- */

struct json_name {
	cJSON *root; /* owned */
	const char *package, *tag, *data, *disambiguator;
	const char *crate; /* NULL before wire format 4 */
};

static const char *get_string(const cJSON *root, const char *key)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(root, key);

	return cJSON_IsString(item) ? item->valuestring : NULL;
}

static bool parse_name(const char *name, struct json_name *ret, struct ef_err *err)
{
	ret->root = cJSON_Parse(name);
	ret->package = get_string(ret->root, "package");
	ret->tag = get_string(ret->root, "tag");
	ret->data = get_string(ret->root, "data");
	ret->disambiguator = get_string(ret->root, "disambiguator");
	ret->crate = get_string(ret->root, "crate_name");
	if (ret->package && ret->tag && ret->data && ret->disambiguator)
		return true;
	cJSON_Delete(ret->root);
	ret->root = NULL;
	return ef_fail(err, EF_E_INPUT, "damaged defmt data in the ELF: symbol '%.80s'", name);
}

static bool find_tag(const char *name, enum defmt_tag *ret)
{
	static const struct {
		const char *name;
		enum defmt_tag tag;
	} tags[] = {
		{ "defmt_prim", DEFMT_TAG_PRIM },
		{ "defmt_derived", DEFMT_TAG_DERIVED },
		{ "defmt_bitflags", DEFMT_TAG_BITFLAGS },
		{ "defmt_write", DEFMT_TAG_WRITE },
		{ "defmt_timestamp", DEFMT_TAG_TIMESTAMP },
		{ "defmt_bitflags_value", DEFMT_TAG_BITFLAGS_VALUE },
		{ "defmt_str", DEFMT_TAG_STR },
		{ "defmt_println", DEFMT_TAG_PRINTLN },
		{ "defmt_trace", DEFMT_TAG_TRACE },
		{ "defmt_debug", DEFMT_TAG_DEBUG },
		{ "defmt_info", DEFMT_TAG_INFO },
		{ "defmt_warn", DEFMT_TAG_WARN },
		{ "defmt_error", DEFMT_TAG_ERROR },
	};

	for (size_t i = 0; i < EF_ARRAY_LEN(tags); i++)
		if (strcmp(name, tags[i].name) == 0) {
			*ret = tags[i].tag;
			return true;
		}
	return false; /* other tools may use tags of their own */
}

static char *copy_text(const char *text)
{
	size_t len = strlen(text) + 1;
	char *p = malloc(len);

	if (p)
		memcpy(p, text, len);
	return p;
}

/* Make room for one more element of an array. */
static bool grow(void **array, size_t *cap, size_t count, size_t size, struct ef_err *err)
{
	size_t want = *cap ? *cap * 2 : 64;
	void *p;

	if (count < *cap)
		return true;
	if (count >= ENTRIES_MAX)
		return ef_fail(err, EF_E_INPUT, "the ELF has more than %u defmt symbols",
			       ENTRIES_MAX);
	p = realloc(*array, want * size);
	if (p == NULL)
		return ef_fail(err, EF_E_IO, "out of memory for %zu defmt symbols", want);
	*array = p;
	*cap = want;
	return true;
}

static bool fail_memory(struct ef_err *err)
{
	return ef_fail(err, EF_E_IO, "out of memory for a defmt symbol");
}

static bool add_entry(struct defmt_table *t, const struct ef_elf_symbol *sym, enum defmt_tag tag,
		      const struct json_name *name, struct ef_err *err)
{
	struct defmt_entry *e;
	void *array = t->entry;

	if (sym->value > UINT16_MAX) /* an index on the wire has 16 bits */
		return true;
	if (!grow(&array, &t->cap, t->count, sizeof(*e), err))
		return false;
	t->entry = array;
	e = &t->entry[t->count++];
	*e = (struct defmt_entry){
		.index = sym->value, .order = (uint32_t)t->count, .tag = tag, .symbol = sym->name
	};
	e->text = copy_text(name->data);
	e->crate = copy_text(name->crate ? name->crate : name->package);
	if (e->text == NULL || e->crate == NULL)
		return fail_memory(err);
	e->text_len = strlen(e->text);
	t->log_count += tag >= DEFMT_TAG_PRINTLN;
	return true;
}

static bool add_timestamp(struct defmt_table *t, const struct json_name *name, struct ef_err *err)
{
	if (t->timestamp)
		return ef_fail(err, EF_E_INPUT, "the ELF has two defmt timestamp formats");
	t->timestamp = copy_text(name->data);
	return t->timestamp || fail_memory(err);
}

/* Split "struct::order::NAME". False: it has another form. */
static bool split_flag(const char *data, size_t *ret_struct_len, uint32_t *ret_order,
		       const char **ret_name)
{
	const char *a = strstr(data, "::"), *b = a ? strstr(a + 2, "::") : NULL;
	char number[16];

	if (b == NULL || strstr(b + 2, "::") || (size_t)(b - a - 2) >= sizeof(number))
		return false;
	memcpy(number, a + 2, (size_t)(b - a - 2));
	number[b - a - 2] = '\0';
	*ret_struct_len = (size_t)(a - data);
	*ret_name = b + 2;
	return ef_parse_u32(number, UINT32_MAX, ret_order);
}

static bool add_flag(struct defmt_table *t, const struct ef_elf_symbol *sym,
		     const struct json_name *name, struct ef_err *err)
{
	const struct ef_elf_section *in = sym->section;
	const char *flag, *crate = name->crate ? name->crate : "";
	size_t len, cap;
	uint32_t order;
	struct defmt_flag *f;
	void *array = t->flag;

	if (!split_flag(name->data, &len, &order, &flag) || sym->size != FLAG_LEN ||
	    in->data == NULL || sym->value < in->addr ||
	    !ef_range_ok(sym->value - in->addr, FLAG_LEN, in->size))
		return ef_fail(err, EF_E_INPUT, "damaged defmt data in the ELF: bitflags '%.80s'",
			       name->data);
	if (!grow(&array, &t->flag_cap, t->flag_count, sizeof(*f), err))
		return false;
	t->flag = array;
	f = &t->flag[t->flag_count++];
	cap = len + strlen(name->package) + strlen(name->disambiguator) + strlen(crate) + 4;
	*f = (struct defmt_flag){ .order = order, .key = malloc(cap), .name = copy_text(flag) };
	if (f->key == NULL || f->name == NULL)
		return fail_memory(err);
	/* The form that display hints use, see struct defmt_hint. */
	(void)ef_snprintf(f->key, cap, "%.*s@%s@%s%s%s", (int)len, name->data, name->package,
			  name->disambiguator, name->crate ? "@" : "", crate);
	f->value = defmt_int_load(in->data + (sym->value - in->addr), FLAG_LEN, false);
	return true;
}

static bool is_marker(const char *name)
{
	return name[0] == '\0' || strncmp(name, "_defmt", 6) == 0 ||
	       strncmp(name, "\"_defmt", 7) == 0 || strcmp(name, "$d") == 0 ||
	       strncmp(name, "$d.", 3) == 0 || strncmp(name, "__DEFMT_MARKER", 14) == 0;
}

static bool add_symbol(struct defmt_table *t, const struct ef_elf_symbol *sym, struct ef_err *err)
{
	struct json_name name;
	enum defmt_tag tag;
	bool ok = true;

	if (!parse_name(sym->name, &name, err))
		return false;
	if (find_tag(name.tag, &tag)) {
		if (tag == DEFMT_TAG_TIMESTAMP)
			ok = add_timestamp(t, &name, err);
		else if (tag == DEFMT_TAG_BITFLAGS_VALUE)
			ok = add_flag(t, sym, &name, err);
		else
			ok = add_entry(t, sym, tag, &name, err);
	}
	cJSON_Delete(name.root);
	return ok;
}

static bool read_symbols(const struct ef_elf *elf, struct defmt_table *t, struct ef_err *err)
{
	size_t total = 0;

	for (size_t i = 0; i < elf->symbol_count; i++) {
		struct ef_elf_symbol sym = ef_elf_symbol(elf, i);

		if (!is_defmt_symbol(&sym) || sym.section == NULL ||
		    !is_defmt_section(sym.section) || is_marker(sym.name))
			continue;
		total += strlen(sym.name);
		if (total > NAMES_MAX)
			return ef_fail(err, EF_E_INPUT,
				       "the ELF has more than %u MiB of defmt names",
				       NAMES_MAX / EF_MIB);
		if (!add_symbol(t, &sym, err))
			return false;
	}
	return true;
}

/* ---- the table ---- */

static int compare_entries(const void *a, const void *b)
{
	const struct defmt_entry *x = a, *y = b;

	if (x->index != y->index)
		return x->index < y->index ? -1 : 1;
	/* If two names have one address, the search finds the later one first. */
	return x->order > y->order ? -1 : x->order < y->order;
}

static int compare_flags(const void *a, const void *b)
{
	const struct defmt_flag *x = a, *y = b;
	int c = strcmp(x->key, y->key);

	if (c || x->order == y->order)
		return c;
	return x->order < y->order ? -1 : 1;
}

bool defmt_table_read(const struct ef_elf *elf, struct defmt_table *ret, struct ef_err *err)
{
	*ret = (struct defmt_table){ .count = 0 };
	if (!has_section(elf)) {
		(void)ef_fail(err, EF_E_INPUT, "the ELF has no defmt data (section .defmt)");
		return ef_hint_set(err, EF_HINT_DEFMT_MISSING);
	}
	if (!read_settings(elf, ret, err) || !read_symbols(elf, ret, err)) {
		defmt_table_release(ret);
		return false;
	}
	if (ret->count)
		qsort(ret->entry, ret->count, sizeof(*ret->entry), compare_entries);
	if (ret->flag_count)
		qsort(ret->flag, ret->flag_count, sizeof(*ret->flag), compare_flags);
	return true;
}

void defmt_table_release(struct defmt_table *t)
{
	for (size_t i = 0; i < t->count; i++) {
		free(t->entry[i].text);
		free(t->entry[i].crate);
		free(t->entry[i].file);
		free(t->entry[i].module);
	}
	for (size_t i = 0; i < t->flag_count; i++) {
		free(t->flag[i].key);
		free(t->flag[i].name);
	}
	free(t->entry);
	free(t->flag);
	free(t->timestamp);
	*t = (struct defmt_table){ .count = 0 };
}

const struct defmt_entry *defmt_table_find(const struct defmt_table *t, uint32_t index)
{
	size_t low = 0, high = t->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (t->entry[middle].index < index)
			low = middle + 1;
		else
			high = middle;
	}
	return low < t->count && t->entry[low].index == index ? &t->entry[low] : NULL;
}
