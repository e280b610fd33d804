/* SPDX-License-Identifier: MIT */
/*
 * Reads a file of arguments for esptool's write-flash, as ESP-IDF's build leaves it (flash_args,
 * flash_project_args, app-flash_args): options, then pairs of address and file. esptool takes it as
 * "@FILE" and splits each line as a shell would (Python's shlex.split). A release may have nothing
 * but such a file and its parts; ESP-AT calls it download.config.
 */
#include "input/input_priv.h"

#define WORD_SIZE EF_INPUT_NAME_SIZE
#define ARGS_MAX  (64u * EF_KIB)

/* In a folder, use the first of these files that exists. */
static const char *const file_names[] = { "flash_args", "flash_project_args", "download.config" };

/* ---- words ---- */

struct words {
	const uint8_t *p, *end;
};

enum word_result { WORD_NONE, WORD_OK, WORD_BAD };

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Take the next word, without its quotes. BAD: a quote is open, or the word is too long. */
static enum word_result next_word(struct words *w, char ret[WORD_SIZE])
{
	size_t len = 0;
	uint8_t quote = 0;

	while (w->p < w->end && is_blank(*w->p))
		w->p++;
	if (w->p == w->end)
		return WORD_NONE;
	for (; w->p < w->end && (quote || !is_blank(*w->p)); w->p++) {
		uint8_t c = *w->p;

		if (c == quote && quote) {
			quote = 0;
			continue;
		}
		if (!quote && (c == '"' || c == '\'')) {
			quote = c;
			continue;
		}
		if (c == '\\' && quote != '\'' && w->p + 1 < w->end)
			c = *++w->p;
		if (len + 1 == WORD_SIZE || c == 0)
			return WORD_BAD;
		ret[len++] = (char)c;
	}
	ret[len] = '\0';
	return quote ? WORD_BAD : WORD_OK;
}

/* ---- options ---- */

enum arg_kind {
	ARG_FLAG,
	ARG_COMMAND,
	ARG_VALUE,
	ARG_MODE,
	ARG_FREQ,
	ARG_SIZE,
	ARG_CHIP,
	ARG_BEFORE,
	ARG_AFTER,
	ARG_NO_STUB,
	ARG_ENCRYPT,
	ARG_ENCRYPT_FILES
};

/* esptool's options and their short forms, without dashes; underscores count as dashes. */
static const struct {
	const char *name, *letter;
	enum arg_kind kind;
} options[] = {
	{ "flash-mode", "fm", ARG_MODE },   { "flash-freq", "ff", ARG_FREQ },
	{ "flash-size", "fs", ARG_SIZE },   { "chip", "c", ARG_CHIP },
	{ "before", "", ARG_BEFORE },       { "after", "a", ARG_AFTER },
	{ "no-stub", "", ARG_NO_STUB },     { "encrypt", "", ARG_ENCRYPT },
	{ "baud", "b", ARG_VALUE },         { "port", "p", ARG_VALUE },
	{ "compress", "z", ARG_FLAG },      { "no-compress", "u", ARG_FLAG },
	{ "verify", "", ARG_FLAG },         { "no-progress", "", ARG_FLAG },
	{ "write-flash", "", ARG_COMMAND }, { "encrypt-files", "", ARG_ENCRYPT_FILES },
};

/* The option that a word names; only the command's own name has no dash. -1: unknown. */
static int find_option(const char *word)
{
	size_t dashes = strspn(word, "-");
	char name[24];

	(void)ef_strlcpy(name, sizeof(name), word + dashes);
	for (char *p = name; *p; p++)
		if (*p == '_')
			*p = '-';
	for (size_t i = 0; i < EF_ARRAY_LEN(options); i++) {
		const char *want = dashes == 1 ? options[i].letter : options[i].name;

		if (*want && strcmp(name, want) == 0 &&
		    (dashes == 0) == (options[i].kind == ARG_COMMAND))
			return (int)i;
	}
	return -1;
}

/* Return all words of a file; editors on Windows put a byte order mark before them. */
static struct words words_of(const struct input_src *src)
{
	static const uint8_t mark[] = { 0xef, 0xbb, 0xbf };
	size_t skip = src->len >= sizeof(mark) && memcmp(src->data, mark, sizeof(mark)) == 0
			      ? sizeof(mark)
			      : 0;

	return (struct words){ src->data + skip, src->data + src->len };
}

struct args {
	const struct input_src *src;
	struct ef_input *in;
	struct words words;
	/* --encrypt was given; the following files belong to --encrypt-files */
	bool encrypts_all, encrypts_next;
};

static bool take_value(struct args *a, enum arg_kind kind, const char *value, struct ef_err *err)
{
	switch (kind) {
	case ARG_MODE:
		return input_set_mode(a->in, value, err);
	case ARG_FREQ:
		return input_set_freq(a->in, value, err);
	case ARG_SIZE:
		return input_set_size(a->in, value, err);
	case ARG_CHIP:
		return ef_str_ieq(value, "auto") || input_set_chip(a->in, value, "the list", err);
	case ARG_BEFORE:
		input_set_before(a->in, value);
		return true;
	case ARG_AFTER:
		input_set_after(a->in, value);
		return true;
	default:
		return true; /* the command chooses port and rate */
	}
}

static bool take_option(struct args *a, const char *word, struct ef_err *err)
{
	int i = find_option(word);
	char value[WORD_SIZE];

	if (i < 0) {
		ef_fail(err, EF_E_INPUT, "the option '%.40s' is unknown here", word);
		return ef_hint_set(err, EF_HINT_INPUT_ARGS);
	}
	if (options[i].kind == ARG_NO_STUB)
		a->in->no_stub = true;
	a->encrypts_next = options[i].kind == ARG_ENCRYPT_FILES;
	if (options[i].kind == ARG_ENCRYPT)
		a->encrypts_all = true;
	if (options[i].kind == ARG_FLAG || options[i].kind == ARG_COMMAND ||
	    options[i].kind == ARG_NO_STUB || options[i].kind == ARG_ENCRYPT ||
	    options[i].kind == ARG_ENCRYPT_FILES)
		return true;
	if (next_word(&a->words, value) != WORD_OK)
		return ef_fail(err, EF_E_INPUT, "the option '%s' has no value", word);
	return take_value(a, options[i].kind, value, err);
}

static bool take_pair(struct args *a, const char *word, struct ef_err *err)
{
	char file[WORD_SIZE];
	uint32_t addr;

	if (!ef_parse_u32(word, UINT32_MAX, &addr))
		return ef_fail(err, EF_E_INPUT, "'%.40s' is not an address", word);
	if (next_word(&a->words, file) != WORD_OK)
		return ef_fail(err, EF_E_INPUT, "the address %s has no file", word);
	if (!input_add_file(a->src, a->in, addr, file, EF_ROLE_UNKNOWN, ef_base_name(file), err))
		return false;
	a->in->parts[a->in->part_count - 1].is_encrypted = a->encrypts_next;
	return true;
}

static bool read_list(const struct input_src *src, struct ef_input *in, struct ef_err *err)
{
	struct args a = { .src = src, .in = in, .words = words_of(src) };
	char word[WORD_SIZE];
	enum word_result got;

	if (src->len > ARGS_MAX)
		return ef_fail(err, EF_E_INPUT, "it is larger than %u bytes", ARGS_MAX);
	while ((got = next_word(&a.words, word)) == WORD_OK) {
		bool is_option = word[0] == '-' || find_option(word) >= 0;

		if (!(is_option ? take_option(&a, word, err) : take_pair(&a, word, err)))
			return false;
	}
	for (size_t i = 0; i < in->part_count; i++)
		in->parts[i].is_encrypted |= a.encrypts_all;
	return got == WORD_NONE ||
	       ef_fail(err, EF_E_INPUT, "a quote is not closed, or a word is too long");
}

/* Text that begins with one of the options, or with an address and a file. */
static bool is_list(const struct input_src *src)
{
	struct words w = words_of(src);
	char word[WORD_SIZE];
	uint32_t addr;

	if ((src->content != EF_CONTENT_TEXT && src->content != EF_CONTENT_CSV) ||
	    next_word(&w, word) != WORD_OK)
		return false;
	return find_option(word) >= 0 || (word[0] == '-' && word[1] == '-') ||
	       (strncmp(word, "0x", 2) == 0 && ef_parse_u32(word, UINT32_MAX, &addr) &&
		next_word(&w, word) != WORD_NONE);
}

static const char *list_name(const struct input_src *src)
{
	for (size_t i = 0; i < EF_ARRAY_LEN(file_names); i++)
		if (input_exists(src, file_names[i]))
			return file_names[i];
	return NULL;
}

static bool args_is(const struct input_src *src)
{
	return src->data ? is_list(src) : list_name(src) && !input_has_pio_build(src);
}

static bool args_read(const struct input_src *src, struct ef_input *in, struct ef_err *err)
{
	struct input_src list = *src;

	if (src->data)
		return read_list(src, in, err);
	list.name = list_name(src);
	return input_file(src, list.name, &list.data, &list.len, err) &&
	       (read_list(&list, in, err) || ef_context(err, "%s", list.name));
}

const struct input_format input_idf_args = { .name = "arguments for esptool",
					     .is = args_is,
					     .read = args_read };
