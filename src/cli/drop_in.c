/* SPDX-License-Identifier: MIT */
/*
 * Knows the name under which the program was called, and reads espflash's log level: RUST_LOG, in
 * the syntax of the Rust crate env_logger.
 */
#include "cli/drop_in.h"

#include <string.h>

#include "base/util.h"

struct opt_program drop_in_program(const struct opt_program *program, const char *path)
{
	struct opt_program named = *program;

	if (path && strcmp(ef_base_name(path), "espflash") == 0)
		named.name = "espflash";
	return named;
}

enum rust_level { RUST_NONE, RUST_OFF, RUST_ERROR, RUST_WARN, RUST_INFO, RUST_DEBUG, RUST_TRACE };

static bool is_word(const char *text, size_t len, const char *word)
{
	char copy[16];

	if (len >= sizeof(copy))
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return ef_str_ieq(copy, word);
}

static enum rust_level level_of(const char *text, size_t len)
{
	static const char *const names[] = {
		[RUST_OFF] = "off",   [RUST_ERROR] = "error", [RUST_WARN] = "warn",
		[RUST_INFO] = "info", [RUST_DEBUG] = "debug", [RUST_TRACE] = "trace",
	};

	for (size_t i = RUST_OFF; i < sizeof(names) / sizeof(names[0]); i++)
		if (is_word(text, len, names[i]))
			return (enum rust_level)i;
	return RUST_NONE;
}

/*
 * A directive is "debug", "espflash" (every level) or "espflash=debug". A
 * directive for a target overrides the general level.
 */
static void take_directive(const char *text, size_t len, enum rust_level *all,
			   enum rust_level *target)
{
	const char *equals = memchr(text, '=', len);
	size_t name = equals ? (size_t)(equals - text) : len;
	enum rust_level level;

	if (!equals && (level = level_of(text, len)) != RUST_NONE)
		*all = level;
	else if (is_word(text, name, "espflash"))
		*target = equals ? level_of(equals + 1, len - name - 1) : RUST_TRACE;
}

void drop_in_log(const char *text, struct global_args *args)
{
	enum rust_level all = RUST_NONE, target = RUST_NONE, level;

	if (args->quiet || args->verbose || !text)
		return;
	/* A slash starts a regular expression that filters log lines; the program ignores it. */
	for (size_t end = strcspn(text, "/"), at = 0, len; at < end; at += len + 1) {
		len = strcspn(text + at, ",/");
		take_directive(text + at, len, &all, &target);
	}
	level = target ? target : all;
	args->quiet = level != RUST_NONE && level <= RUST_WARN;
	args->verbose = level == RUST_DEBUG ? 1 : level == RUST_TRACE ? 2 : 0;
}
