/* SPDX-License-Identifier: MIT */
/* Reads lines of text that a build wrote: YAML of known form, and Kconfig's .config. */
#include "input/input_priv.h"

bool input_line(struct input_lines *lines, char ret[INPUT_LINE_SIZE])
{
	size_t len = 0;

	*ret = '\0';
	if (lines->p == lines->end)
		return false;
	for (; lines->p < lines->end && *lines->p != '\n'; lines->p++, len++)
		if (len + 1 < INPUT_LINE_SIZE && *lines->p != '\r')
			ret[len] = *lines->p ? (char)*lines->p : ' ';
	ret[len < INPUT_LINE_SIZE ? len : 0] = '\0';
	lines->p += lines->p < lines->end;
	for (len = strlen(ret); len && (ret[len - 1] == ' ' || ret[len - 1] == '\r'); len--)
		ret[len - 1] = '\0';
	return true;
}

char *input_unquote(char *text)
{
	size_t len;

	text += strspn(text, " \t");
	len = strlen(text);
	if (len < 2 || (*text != '"' && *text != '\'') || text[len - 1] != *text)
		return text;
	text[len - 1] = '\0';
	return text + 1;
}

bool input_text_file(const struct input_src *src, const char *name, struct input_lines *ret,
		     struct ef_err *err)
{
	const uint8_t *data;
	size_t len;

	if (!input_file(src, name, &data, &len, err))
		return false;
	if (len > INPUT_TEXT_MAX)
		return ef_fail(err, EF_E_INPUT, "'%s' is larger than %u bytes", name,
			       INPUT_TEXT_MAX);
	*ret = (struct input_lines){ data, data + len };
	return true;
}

bool input_kconfig(const struct input_lines *config, const char *key, char *ret, size_t cap)
{
	struct input_lines lines = *config;
	char line[INPUT_LINE_SIZE];
	size_t len = strlen(key);

	*ret = '\0';
	while (input_line(&lines, line))
		if (strncmp(line, key, len) == 0 && line[len] == '=')
			return ef_strlcpy(ret, cap, input_unquote(line + len + 1));
	return false;
}
