/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a thing to flash, of every form. The files that it names have the same bytes,
 * and its folder has the names below. Whatever it is: parts come in order without overlap, all
 * inside memory that can be read, and nothing hangs.
 */
#include <string.h>

#include "fuzz/input_invariants.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct own {
	const uint8_t *data;
	size_t len;
};

/* "..": a name with it could leave the folder. "1.." and "..a" are ordinary. */
static bool leaves(const char *name)
{
	for (const char *c = name; *c; c += strcspn(c, "/"), c += *c == '/')
		if (strncmp(c, "..", 2) == 0 && (c[2] == '/' || c[2] == '\0'))
			return true;
	return false;
}

static bool read_own(void *user, const char *name, const uint8_t **ret, size_t *ret_len,
		     struct ef_err *err)
{
	const struct own *own = user;

	(void)err;
	check(*name && *name != '/' && !leaves(name));
	*ret = own->data;
	*ret_len = own->len;
	return true;
}

static bool exists(void *user, const char *name)
{
	(void)user;
	return strlen(name) % 2 == 0;
}

static const char *list(void *user, const char *folder, size_t i)
{
	static const char *const names[] = { "a.bin", "b.elf", "c.ino.bin", "d/" };

	(void)user;
	return *folder || i >= sizeof(names) / sizeof(names[0]) ? NULL : names[i];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct own own = { data, size };
	const struct ef_input_files files = { &own, read_own, exists, list, NULL };
	const struct ef_input_opts opts = { .fills_gaps = size & 1, .keeps_fs = size & 2 };
	struct ef_err err = EF_ERR_INIT;
	struct ef_input in;

	(void)ef_input_is_known(data, size, &files);
	if (size == 0)
		return 0;
	check_end(ef_input_open("thing", data, size, &files, &opts, &in, &err), &in, &err);
	ef_input_release(&in);
	return 0;
}
