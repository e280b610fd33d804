/* SPDX-License-Identifier: MIT */
/*
 * Remembers which reset sequence and which rate worked for which device, in a file in
 * the user's state folder. Each line is like "10c4:ea60:0001 unix-tight-long 460800 3", with
 * "-" for an unknown sequence and without an unknown rate; the last number, of calm sessions, is
 * left out where it is 0. The newest line comes first. "!" before
 * the sequence means that both lines were inverted. The file is only a hint: if it can't be
 * read, nothing is known.
 */
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/config/remember.h"
#include "base/util.h"
#include <espflash/reset.h>

#define FILE_MAX    (32u << 10)
#define DEVICES_MAX 200
/*
 * A rate outside of this range is damage: sessions start at the lower one, and no bridge reaches
 * the upper one.
 */
#define RATE_MIN 115200u
#define RATE_MAX 20000000u
#define CALM_MAX 1000u

/* Opening a pipe would block, and a folder or a device there is intended (/dev/null). */
static bool is_something_else(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

bool remember_place(char *ret, size_t cap, const char *xdg_state_home, const char *home)
{
	/* The XDG base directory specification says to ignore relative folders. */
	if (xdg_state_home && *xdg_state_home == '/')
		return ef_snprintf(ret, cap, "%s/espflash-c/connect", xdg_state_home);
	return home && *home == '/' &&
	       ef_snprintf(ret, cap, "%s/.local/state/espflash-c/connect", home);
}

bool remember_path(char *ret, size_t cap, const char *xdg_state_home, const char *home)
{
	struct ef_err ignored = EF_ERR_INIT; /* if this fails, no state is kept */

	/* sudo may keep HOME: root's files would lock the user out, and its links lead anywhere */
	return remember_place(ret, cap, xdg_state_home, home) && !ef_is_foreign_place(ret) &&
	       ef_make_folders_above(ret, 0700, &ignored);
}

/* A device without a serial number has no lasting identity. */
static bool device_key(const struct ef_port_info *port, char ret[192])
{
	if (!port->vid || !port->serial[0] || strpbrk(port->serial, " \t\r\n"))
		return false;
	return ef_snprintf(ret, 192, "%04x:%04x:%s ", port->vid, port->pid, port->serial);
}

static const char *find_line(const struct ef_buf *file, const char *key, size_t *ret_len)
{
	size_t key_len = strlen(key);

	for (size_t at = 0; at < file->len;) {
		const char *line = (const char *)file->data + at;
		const char *end = memchr(line, '\n', file->len - at);
		size_t len = end ? (size_t)(end - line) : file->len - at;

		if (len > key_len && memcmp(line, key, key_len) == 0) {
			*ret_len = len;
			return line;
		}
		at += len + 1;
	}
	return NULL;
}

/* "RATE" or "RATE CALM". Damage counts as unknown. */
static void parse_rate(const char *text, size_t len, struct remembered *ret)
{
	char numbers[16] = "", *calm;

	if (len < sizeof(numbers))
		memcpy(numbers, text, len);
	calm = strchr(numbers, ' ');
	if (calm)
		*calm++ = '\0';
	if (!ef_parse_u32(numbers, RATE_MAX, &ret->rate_hz) || ret->rate_hz < RATE_MIN ||
	    (calm && !ef_parse_u32(calm, CALM_MAX, &ret->calm)))
		ret->rate_hz = ret->calm = 0;
}

/* Names and rates that this version does not know count as unknown. */
static void parse(const char *text, size_t len, struct remembered *ret)
{
	bool is_inverted = len && *text == '!';
	const char *space;
	size_t name_len;

	text += is_inverted;
	len -= is_inverted;
	space = memchr(text, ' ', len);
	name_len = space ? (size_t)(space - text) : len;
	if (name_len < sizeof(ret->strategy))
		memcpy(ret->strategy, text, name_len);
	if (!ef_reset_by_name(ret->strategy))
		ret->strategy[0] = '\0';
	ret->is_inverted = is_inverted && ret->strategy[0];
	if (space)
		parse_rate(space + 1, len - name_len - 1, ret);
}

static void find(const struct ef_buf *file, const char *key, struct remembered *ret)
{
	size_t len = 0;
	const char *line = find_line(file, key, &len);

	*ret = (struct remembered){ 0 };
	if (line)
		parse(line + strlen(key), len - strlen(key), ret);
}

void remember_get(const char *path, const struct ef_port_info *port, struct remembered *ret)
{
	struct ef_buf file = EF_BUF_INIT(FILE_MAX);
	struct ef_err ignored = EF_ERR_INIT;
	char key[192];

	*ret = (struct remembered){ 0 };
	if (device_key(port, key) && ef_file_exists(path) &&
	    ef_file_read_regular(path, &file, &ignored))
		find(&file, key, ret);
	ef_buf_release(&file);
}

/* Copy the lines of the other devices unchanged. */
static bool copy_others(const struct ef_buf *old, const char *key, struct ef_buf *out,
			struct ef_err *err)
{
	size_t key_len = strlen(key), lines = 1;

	for (size_t at = 0; at < old->len && lines < DEVICES_MAX;) {
		const uint8_t *line = old->data + at;
		const uint8_t *end = memchr(line, '\n', old->len - at);
		size_t len = end ? (size_t)(end - line) : old->len - at;

		if (len && !(len > key_len && memcmp(line, key, key_len) == 0)) {
			if (!ef_buf_add(out, line, len, err) || !ef_buf_add(out, "\n", 1, err))
				return false;
			lines++;
		}
		at += len + 1;
	}
	return true;
}

static bool is_same(const struct remembered *a, const struct remembered *b)
{
	return strcmp(a->strategy, b->strategy) == 0 && a->is_inverted == b->is_inverted &&
	       a->rate_hz == b->rate_hz && a->calm == b->calm;
}

static bool add_line(struct ef_buf *out, const char *key, const struct remembered *what,
		     struct ef_err *err)
{
	const char *name = what->strategy[0] ? what->strategy : "-";
	const char *mark = what->is_inverted ? "!" : "";

	return ef_buf_printf(out, err, "%s%s%s", key, mark, name) &&
	       (!what->rate_hz || ef_buf_printf(out, err, " %" PRIu32, what->rate_hz)) &&
	       (!what->calm || ef_buf_printf(out, err, " %" PRIu32, what->calm)) &&
	       ef_buf_printf(out, err, "\n");
}

/* What is not known now stays as it was. */
static void merge(struct remembered *what, const struct remembered *known)
{
	if (!what->strategy[0]) {
		memcpy(what->strategy, known->strategy, sizeof(what->strategy));
		what->is_inverted = known->is_inverted;
	}
	if (!what->rate_hz) {
		what->rate_hz = known->rate_hz;
		what->calm = known->calm;
	}
}

bool remember_put(const char *path, const struct ef_port_info *port, const struct remembered *what,
		  struct ef_err *err)
{
	struct ef_buf old = EF_BUF_INIT(FILE_MAX), out = EF_BUF_INIT(FILE_MAX + 256);
	struct remembered known, merged = *what;
	struct ef_err ignored = EF_ERR_INIT;
	char key[192];
	bool ok = true;

	if (!device_key(port, key) || is_something_else(path))
		return true;
	remember_get(path, port, &known);
	merge(&merged, &known);
	if (is_same(&known, &merged))
		return true;
	/* a file that is too large or unreadable is replaced */
	if (ef_file_exists(path) && !ef_file_read(path, &old, &ignored))
		old.len = 0;
	ok = add_line(&out, key, &merged, err) && copy_others(&old, key, &out, err) &&
	     ef_file_write(path, out.data, out.len, err);
	ef_buf_release(&old);
	ef_buf_release(&out);
	return ok;
}
