/* SPDX-License-Identifier: MIT */
/*
 * Reads custom_reset_sequence from esptool's configuration, because that setting
 * describes the board. esptool looks for ESPTOOL_CFGFILE first, then for
 * esptool.cfg, setup.cfg and tox.ini in the current folder, the user's
 * configuration folder and the home folder. Source: esptool's documentation,
 * docs/en/esptool/configuration-file.rst.
 */
#include <string.h>

#include "cli/config/esptool_cfg.h"
#include "base/util.h"
#include <espflash/log.h>

#define CFG_MAX      (64u << 10)
#define PATH_MAX_LEN 1024

static size_t trim(const char **text, size_t len)
{
	while (len && (**text == ' ' || **text == '\t')) {
		(*text)++;
		len--;
	}
	while (len && strchr(" \t\r", (*text)[len - 1]))
		len--;
	return len;
}

static bool is_word(const char *text, size_t len, const char *word)
{
	return len == strlen(word) && memcmp(text, word, len) == 0;
}

/* Python's configparser ignores case in the names of settings, but not in the names of sections. */
static bool is_name(const char *text, size_t len, const char *name)
{
	char lower[32];

	if (len != strlen(name) || len >= sizeof(lower))
		return false;
	for (size_t i = 0; i < len; i++)
		lower[i] = (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] + 32 : text[i]);
	return is_word(lower, len, name);
}

/* Python's INI syntax: "name = value" or "name: value" under [esptool]; # and ; start comments. */
static void read_line(const char *line, size_t len, bool *in_section, bool *ret_section, char *ret,
		      size_t cap)
{
	const char *value;
	size_t name_len = 0, n;

	n = trim(&line, len);
	if (!n || *line == '#' || *line == ';')
		return;
	if (*line == '[') {
		*in_section = is_word(line, n, "[esptool]");
		*ret_section |= *in_section;
		return;
	}
	while (name_len < n && line[name_len] != '=' && line[name_len] != ':')
		name_len++;
	if (!*in_section || name_len == n)
		return;
	value = line + name_len + 1;
	n = trim(&value, n - name_len - 1);
	name_len = trim(&line, name_len);
	if (is_name(line, name_len, "custom_reset_sequence") && n < cap) {
		memcpy(ret, value, n);
		ret[n] = '\0';
	}
}

/* How to judge a configuration that is found in the current folder. */
struct found {
	const char *sudo_uid;
};

/*
 * True if the text has a section [esptool]. esptool uses the first such file, even
 * if it sets nothing.
 */
static bool read_text(const char *text, size_t size, char *ret, size_t cap)
{
	bool in_section = false, is_there = false;

	for (size_t at = 0; at < size;) {
		const char *line = text + at, *end = memchr(line, '\n', size - at);
		size_t len = end ? (size_t)(end - line) : size - at;

		read_line(line, len, &in_section, &is_there, ret, cap);
		at += len + 1;
	}
	return is_there;
}

static bool read_cfg(const char *path, const struct found *found, char *ret, size_t cap)
{
	struct ef_buf file = EF_BUF_INIT(CFG_MAX);
	struct ef_err ignored = EF_ERR_INIT;
	bool ok = ef_file_exists(path) &&
		  (found ? ef_file_read_found(path, found->sudo_uid, false, &file, &ignored)
			 : ef_file_read_regular(path, &file, &ignored)) &&
		  read_text((const char *)file.data, file.len, ret, cap);

	ef_buf_release(&file);
	return ok;
}

static const char *const names[] = { "esptool.cfg", "setup.cfg", "tox.ini" };

bool esptool_cfg_is_name(const char *name)
{
	for (size_t i = 0; i < EF_ARRAY_LEN(names); i++)
		if (ef_str_ieq(name, names[i]))
			return true;
	return false;
}

/* The current folder may belong to any user: see ef_file_trust. */
static bool is_trusted(const char *path, const char *sudo_uid)
{
	enum ef_trust trust = ef_file_trust(path, sudo_uid);

	if (trust != EF_TRUST_OK && trust != EF_TRUST_MISSING)
		ef_log(EF_LOG_WARN, "configuration '%s' is not used: %s", path,
		       ef_trust_words(trust));
	return trust == EF_TRUST_OK;
}

static bool read_here(const char *sudo_uid, char *ret, size_t cap, char *ret_path, size_t path_cap)
{
	const struct found found = { sudo_uid };

	for (size_t i = 0; i < EF_ARRAY_LEN(names); i++)
		if (ef_strlcpy(ret_path, path_cap, names[i]) && is_trusted(names[i], sudo_uid) &&
		    read_cfg(ret_path, &found, ret, cap))
			return true;
	return false;
}

static bool read_folder(const char *folder, char *ret, size_t cap, char *ret_path, size_t path_cap)
{
	for (size_t i = 0; i < EF_ARRAY_LEN(names); i++)
		if (ef_snprintf(ret_path, path_cap, "%s%s", folder, names[i]) &&
		    read_cfg(ret_path, NULL, ret, cap))
			return true;
	return false;
}

void esptool_cfg_sequence(const struct esptool_cfg_query *query, char *ret, size_t cap,
			  char *ret_path, size_t path_cap)
{
	char folder[PATH_MAX_LEN];

	ret[0] = '\0';
	if (query->cfgfile && *query->cfgfile && ef_strlcpy(ret_path, path_cap, query->cfgfile) &&
	    read_cfg(ret_path, NULL, ret, cap))
		return;
	if (read_here(query->sudo_uid, ret, cap, ret_path, path_cap))
		return;
	/* esptool reads ~/.config only; respect XDG_CONFIG_HOME as well */
	if (query->xdg_config_home && *query->xdg_config_home == '/' &&
	    ef_snprintf(folder, sizeof(folder), "%s/esptool/", query->xdg_config_home) &&
	    read_folder(folder, ret, cap, ret_path, path_cap))
		return;
	if (!query->home || !*query->home)
		return;
	if (ef_snprintf(folder, sizeof(folder), "%s/.config/esptool/", query->home) &&
	    read_folder(folder, ret, cap, ret_path, path_cap))
		return;
	if (ef_snprintf(folder, sizeof(folder), "%s/", query->home))
		(void)!read_folder(folder, ret, cap, ret_path, path_cap);
}
