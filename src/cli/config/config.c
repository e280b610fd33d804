/* SPDX-License-Identifier: MIT */
/*
 * Reads the configuration files: which file overrides which, and how a key's value becomes an
 * option's text. The keys are espflash's (README, "Configuration Files").
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/config/config_priv.h"
#include "cli/config/toml.h"
#include "base/util.h"

struct loader {
	const struct opt_program *program;
	struct config *config;
	struct config_file *file; /* the file that is being read */
	const struct toml_entry *entry;
	const char *sudo_uid;
	struct ef_err *err;
};

/* ---- messages ---- */

static void print_where(const struct loader *l, char *ret, size_t cap)
{
	(void)ef_snprintf(ret, cap, "configuration '%s': line %zu: key '%s'", l->file->path,
			  l->entry->line, l->entry->path);
}

static bool bad(const struct loader *l, const char *why)
{
	char where[CONFIG_PATH_SIZE + 160];

	print_where(l, where, sizeof(where));
	ef_fail(l->err, EF_E_INPUT, "%s: %s", where, why);
	return ef_hint_own(
		l->err,
		"correct that line, or delete it; 'espflash-c config' shows the keys' values");
}

/* ---- keys ---- */

static bool is_below(const char *key, const char *section)
{
	size_t len = strlen(section);

	return strncmp(key, section, len) == 0 && key[len] == '.';
}

static bool is_port_key(const char *key)
{
	return is_below(key, "connection") || is_below(key, "usb_device");
}

static const char *last_part(const char *key)
{
	const char *dot = strrchr(key, '.');

	return dot ? dot + 1 : key;
}

/* espflash 3 had these keys at the top of the file. */
static bool is_old_key(const char *path)
{
	return strcmp(path, "bootloader") == 0 || strcmp(path, "partition_table") == 0 ||
	       strcmp(path, "partition_table_offset") == 0;
}

/* espflash accepts "idf.bootloader" and the old "bootloader" for "idf_format_args.bootloader". */
static void plain_key(const char *path, bool is_ports, char ret[TOML_PATH_SIZE + 20])
{
	const char *rest = is_below(path, "idf") ? path + 4 : path;
	bool is_moved = rest != path || (!is_ports && is_old_key(path));

	(void)ef_snprintf(ret, TOML_PATH_SIZE + 20, "%s%s", is_moved ? "idf_format_args." : "",
			  rest);
}

/* Return the first option with a configuration key for which fits() is true; NULL. */
static const struct opt *find_opt(const struct opt_program *program, const char *key,
				  bool (*fits)(const char *key, const struct opt *opt))
{
	for (const struct opt_command *c = program->commands; c->name; c++) {
		struct opt_ref ref = { 0 };

		/* the global options come last, and are the same for every command */
		while (opt_next(program, c, &ref) && (c == program->commands || !ref.is_global))
			if (ref.opt->config && fits(key, ref.opt))
				return ref.opt;
	}
	return NULL;
}

static bool is_key_of(const char *key, const struct opt *opt)
{
	return strcmp(opt->config, key) == 0;
}

static bool is_last_part_of(const char *key, const struct opt *opt)
{
	return strcmp(last_part(opt->config), last_part(key)) == 0;
}

static bool is_nearly(const char *key, const struct opt *opt)
{
	const char *last = last_part(opt->config);
	unsigned limit = strlen(last) > 5 ? 2 : 1;

	return ef_edit_distance(key, opt->config, 2) <= 2 ||
	       ef_edit_distance(last_part(key), last, limit) <= limit;
}

/*
 * Fail, and say where the key belongs: "under [flash]", "at the top of the file".
 * Another file is named, too.
 */
static bool misplaced(const struct loader *l, const char *key)
{
	const char *home = is_port_key(key) ? CONFIG_PORTS : CONFIG_PROJECT;
	bool is_other = !is_port_key(key) && l->file->is_ports;
	size_t len = (size_t)(last_part(key) - key);
	bool is_list = is_below(key, "usb_device");

	if (len == 0) {
		bad(l, "it is in the wrong place");
		return ef_hint_own(l->err, "'%s' should be at the top of %s, before any [table]",
				   key, is_other ? home : "the file");
	}
	bad(l, "it is in the wrong section");
	return ef_hint_own(l->err, "'%s' should be under %s%.*s%s%s%s", last_part(key),
			   is_list ? "[[" : "[", (int)(len - 1), key, is_list ? "]]" : "]",
			   is_other || is_port_key(key) ? " in " : "",
			   is_other || is_port_key(key) ? home : "");
}

/*
 * espflash ignores unknown keys, so files may have some. Warn, because the user
 * may have misspelt one.
 */
static void unknown(struct loader *l, const char *key)
{
	const struct opt *near = find_opt(l->program, key, is_nearly);
	char where[CONFIG_PATH_SIZE + 160];

	print_where(l, where, sizeof(where));
	config_note(l->config, EF_LOG_WARN, "%s: unknown, and without effect%s%.60s%s", where,
		    near ? "; did you mean '" : "", near ? near->config : "", near ? "'?" : "");
}

/*
 * A key that names an output file counts only in the user's own files. A project comes from other
 * people, so its file could overwrite the user's .bashrc with a log of the chip's output.
 */
static void note_output(struct loader *l)
{
	char where[CONFIG_PATH_SIZE + 160];

	print_where(l, where, sizeof(where));
	config_note(l->config, EF_LOG_WARN,
		    "%s: not used: a project can't name files to write; the command line and the "
		    "user's own " CONFIG_PROJECT " can",
		    where);
}

/* ---- values ---- */

static enum toml_kind kind_of(const struct opt *opt)
{
	if (opt->kind == OPT_KIND_U32)
		return TOML_INTEGER;
	return opt->kind == OPT_KIND_FLAG ? TOML_BOOLEAN : TOML_STRING;
}

static bool check_kind(const struct loader *l, enum toml_kind want)
{
	char why[96];

	if (l->entry->value.kind == want)
		return true;
	(void)ef_snprintf(why, sizeof(why), "must be %s, and is %s", toml_kind_name(want),
			  toml_kind_name(l->entry->value.kind));
	return bad(l, why);
}

/*
 * The word for a number, such as "auto", is a string. For any other string that is not a number,
 * report that a number is expected.
 */
static bool may_be_word(const struct loader *l, const struct opt *opt)
{
	uint32_t ignored;

	return l->entry->value.kind == TOML_STRING && opt_default_word(opt) &&
	       !ef_parse_u32(l->entry->value.text, UINT32_MAX, &ignored);
}

/* espflash writes its internal name of a choice into files: "EspIdf" for "esp-idf". */
static bool is_same_word(const char *a, const char *b)
{
	for (;; a++, b++) {
		const char one[2] = { *(a += strspn(a, "-_")), '\0' };
		const char two[2] = { *(b += strspn(b, "-_")), '\0' };

		if (!ef_str_ieq(one, two))
			return false;
		if (*a == '\0')
			return true;
	}
}

static const char *plain_text(const struct opt *opt, const char *text)
{
	const char *name;

	for (size_t i = 0; (name = opt_choice_name(opt, i)); i++)
		if (is_same_word(text, name))
			return name;
	return text;
}

static bool is_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0;
}

/*
 * Get the value as it would be on the command line. espflash takes the paths in its own keys from
 * the current folder, also in a file of the folder above (its config.rs keeps them as they are). So
 * do we. If no file is there, the path starts from the file's folder, as it always does in our own
 * keys.
 */
static bool option_text(const struct loader *l, const struct opt *opt, char *ret, size_t cap)
{
	const char *text = plain_text(opt, l->entry->value.text);
	int dir = (int)(ef_base_name(l->file->path) - l->file->path);
	bool is_espflashs = is_below(opt->config, "idf_format_args");

	if (opt->complete != OPT_COMPLETE_FILE || text[0] == '/' || text[0] == '\0' ||
	    (is_espflashs && is_file(text)))
		dir = 0;
	if (!ef_snprintf(ret, cap, "%.*s%s", dir, l->file->path, text))
		return bad(l, "the value is too long");
	/* neither exists: the message has the path as the file gives it */
	if (is_espflashs && dir > 0 && !is_file(ret))
		(void)ef_strlcpy(ret, cap, text);
	return true;
}

static bool check_value(const struct opt *opt, const char *text, const char *where,
			struct ef_err *err)
{
	const struct opt_source src = { NULL, where };
	union {
		bool flag;
		const char *text;
		struct opt_u32 u32;
		int choice;
		const struct ef_chip *chip;
	} scratch = { .text = NULL };

	return opt_value_set(opt, &src, text, &scratch, err);
}

/* Check the value; keep it unless an earlier file set the key. */
static bool take_value(struct loader *l, const struct opt *opt)
{
	struct config *c = l->config;
	struct config_value *v = &c->value[c->value_count];

	if (opt->flags & OPT_WRITES && !l->file->is_global) {
		note_output(l);
		return true;
	}
	if (c->value_count == CONFIG_VALUES_MAX)
		return bad(l, "there are too many keys");
	*v = (struct config_value){ .key = opt->config, .file = l->file, .line = l->entry->line };
	print_where(l, v->where, sizeof(v->where));
	if ((!may_be_word(l, opt) && !check_kind(l, kind_of(opt))) ||
	    !option_text(l, opt, v->text, sizeof(v->text)) ||
	    !check_value(opt, v->text, v->where, l->err))
		return false;
	if (!config_find(c, opt->config)) {
		c->value_count++;
		return true;
	}
	for (size_t i = 0; i < c->value_count; i++)
		if (c->value[i].file == l->file && c->value[i].key == opt->config)
			return bad(l, "is given twice, under two names");
	return true;
}

/* ---- [[usb_device]] ---- */

/* "303a", "0x303A" */
static bool usb_id(const struct loader *l, uint16_t *ret)
{
	const struct toml_value *v = &l->entry->value;
	const char *digits = v->text;
	char text[16];
	uint32_t id;

	if (v->kind == TOML_INTEGER && strncmp(v->text, "0x", 2) != 0) {
		bad(l, "must be a hexadecimal number in quotes");
		return ef_hint_own(l->err, "write %s = \"%.8s\"", last_part(l->entry->path),
				   v->text);
	}
	if (v->kind != TOML_INTEGER && !check_kind(l, TOML_STRING))
		return false;
	if (digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X'))
		digits += 2;
	if (strlen(digits) > 4 || strchr(digits, '_') ||
	    !ef_snprintf(text, sizeof(text), "0x%s", digits) ||
	    !ef_parse_u32(text, UINT16_MAX, &id))
		return bad(l, "is not a hexadecimal number of up to 4 digits");
	*ret = (uint16_t)id;
	return true;
}

/* Read the list element that starts at entry at. */
static bool take_usb(struct loader *l, const struct toml_doc *doc, size_t at)
{
	struct config_usb *usb = &l->config->usb[l->config->usb_count];
	bool has_vid = false, has_pid = false;
	size_t element = doc->entry[at].element;

	if (l->config->usb_count == CONFIG_USB_MAX)
		return bad(l, "there are too many devices");
	*usb = (struct config_usb){ .file = l->file, .line = l->entry->line };
	for (size_t i = at + 1; i < doc->count; i++) {
		const struct toml_entry *e = &doc->entry[i];

		if (e->element != element || !is_below(e->path, "usb_device"))
			continue;
		l->entry = e;
		if (strcmp(last_part(e->path), "vid") == 0) {
			has_vid = true;
			if (!usb_id(l, &usb->vid))
				return false;
		} else if (strcmp(last_part(e->path), "pid") == 0) {
			has_pid = true;
			if (!usb_id(l, &usb->pid))
				return false;
		} else {
			unknown(l, e->path);
		}
	}
	l->entry = &doc->entry[at];
	if (!has_vid || !has_pid)
		return bad(l, "needs both vid and pid");
	l->config->usb_count++;
	return true;
}

/* ---- one file ---- */

static bool take_entry(struct loader *l, const struct toml_doc *doc, size_t at)
{
	const struct toml_entry *e = l->entry = &doc->entry[at];
	char key[TOML_PATH_SIZE + 20];
	const struct opt *opt;

	plain_key(e->path, l->file->is_ports, key);
	if (e->value.kind == TOML_TABLES && strcmp(key, "usb_device") == 0) {
		l->file->has_port_keys = true;
		return take_usb(l, doc, at);
	}
	if (e->value.kind == TOML_TABLE || e->value.kind == TOML_TABLES)
		return true;
	if (is_below(key, "usb_device"))
		return e->element ? true : misplaced(l, key);
	opt = find_opt(l->program, key, is_key_of);
	if (opt && l->file->is_ports != is_port_key(key)) {
		if (l->file->is_ports)
			return misplaced(l, key);
		l->file->has_port_keys = true;
	}
	if (opt)
		return e->element ? misplaced(l, key) : take_value(l, opt);
	if (strcmp(key, "vid") == 0 || strcmp(key, "pid") == 0)
		return misplaced(l, *key == 'v' ? "usb_device.vid" : "usb_device.pid");
	opt = find_opt(l->program, key, is_last_part_of);
	if (opt)
		return misplaced(l, opt->config);
	unknown(l, key);
	return true;
}

/* Report the keys that espflash 3 had in other places. */
static void note_old_keys(struct loader *l)
{
	const struct toml_doc *doc = l->file->doc;

	for (const struct toml_entry *e = doc->entry; e < doc->entry + doc->count; e++)
		if (is_old_key(e->path) && !e->element)
			config_note(
				l->config, EF_LOG_INFO,
				"espflash@3 configuration: '%s' of '%s', line %zu, is used; its "
				"place is under [idf_format_args] now",
				e->path, l->file->path, e->line);
	if (l->file->has_port_keys)
		config_note(l->config, EF_LOG_INFO,
			    "espflash@3 configuration: [connection] and [[usb_device]] of '%s' are "
			    "used; their place is '" CONFIG_PORTS "' now",
			    l->file->path);
}

static bool take_text(struct loader *l, const char *text, size_t len)
{
	if (!toml_parse(text, len, &l->file->doc, l->err)) {
		ef_context(l->err, "configuration '%s'", l->file->path);
		if (l->err->hint.id == EF_HINT_NONE)
			ef_hint_own(l->err, "correct that line, or delete it");
		return false;
	}
	if (strncmp(l->file->path, "../", 3) == 0 && l->file->doc->count > 0)
		config_note(l->config, EF_LOG_INFO,
			    "configuration '%s', of the folder above, is used", l->file->path);
	for (size_t i = 0; i < l->file->doc->count; i++)
		if (!take_entry(l, l->file->doc, i))
			return false;
	if (!l->file->is_ports)
		note_old_keys(l);
	return true;
}

static bool read_file(struct loader *l)
{
	struct ef_buf text = EF_BUF_INIT(TOML_SIZE_MAX);
	bool ok = ef_file_read_found(l->file->path, l->sudo_uid, l->file->is_global, &text,
				     l->err) &&
		  take_text(l, text.data ? (const char *)text.data : "", text.len);

	ef_buf_release(&text);
	return ok;
}

/* ---- all files ---- */

bool config_load(const struct opt_program *program, const struct config_query *query,
		 struct config **ret, struct ef_err *err)
{
	struct config *c = calloc(1, sizeof(*c));
	struct loader l = {
		.program = program, .config = c, .sudo_uid = query->sudo_uid, .err = err
	};

	if (!c)
		return ef_fail(err, EF_E_IO, "out of memory");
	for (size_t i = 0; i < CONFIG_FILES; i++) {
		l.file = &c->file[i];
		config_place(l.file, query, i % 2 == 0, i >= 2);
		if (config_is_read_already(c, l.file))
			l.file->is_there = false;
		if (l.file->trust != EF_TRUST_OK)
			config_note(c, EF_LOG_WARN, "configuration '%s' is not used: %s",
				    l.file->path, ef_trust_words(l.file->trust));
		if (l.file->is_there && !read_file(&l)) {
			config_free(c);
			return false;
		}
	}
	*ret = c;
	return true;
}

void config_free(struct config *c)
{
	for (size_t i = 0; c && i < CONFIG_FILES; i++)
		toml_free(c->file[i].doc);
	free(c);
}

/* ---- asking ---- */

const struct config_value *config_find(const struct config *c, const char *key)
{
	for (size_t i = 0; i < c->value_count; i++)
		if (strcmp(c->value[i].key, key) == 0)
			return &c->value[i];
	return NULL;
}

bool config_has_usb(const struct config *c, uint16_t vid, uint16_t pid)
{
	for (size_t i = 0; i < c->usb_count; i++)
		if (c->usb[i].vid == vid && c->usb[i].pid == pid)
			return true;
	return false;
}

bool config_is_name(const char *name)
{
	return ef_str_ieq(name, CONFIG_PROJECT) || ef_str_ieq(name, CONFIG_PORTS);
}
