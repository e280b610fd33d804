/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a thing to flash, of every form. The files that it names have the same bytes,
 * and its folder has the names below. Whatever it is: parts come in order without overlap, all
 * inside memory that can be read, and nothing hangs.
 */
#include <stdlib.h>
#include <string.h>

#include <espflash/input.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct own {
	const uint8_t *data;
	size_t len;
};

static void check(bool is_true)
{
	if (!is_true)
		abort();
}

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

/* Each byte of a part is read, so that a sanitizer sees it. */
static volatile unsigned sum;

static void check_input(const struct ef_input *in)
{
	check(in->format && in->part_count > 0 && in->part_count <= EF_INPUT_PARTS_MAX);
	check(in->gap_count <= EF_INPUT_GAPS_MAX);
	for (size_t i = 0; i < in->part_count; i++) {
		const struct ef_input_part *p = &in->parts[i];

		check(p->len > 0 && *p->name);
		check(i == 0 || p->is_app || (uint64_t)p[-1].addr + p[-1].len <= p->addr);
		for (uint32_t k = 0; k < p->len; k++)
			sum += p->data[k];
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct own own = { data, size };
	const struct ef_input_files files = { &own, read_own, exists, list };
	const struct ef_input_opts opts = { .fills_gaps = size & 1, .keeps_fs = size & 2 };
	struct ef_err err = EF_ERR_INIT;
	struct ef_input in;

	(void)ef_input_is_known(data, size, &files);
	if (size == 0)
		return 0;
	if (ef_input_open("thing", data, size, &files, &opts, &in, &err))
		check_input(&in);
	else
		check(err.code != EF_OK && err.msg[0] && in.part_count == 0);
	ef_input_release(&in);
	return 0;
}
