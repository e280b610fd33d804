/* SPDX-License-Identifier: MIT */
#include "image/elf_digest.h"

#include <stdlib.h>

#include "base/thread.h"
#include "base/util.h"

#define STEP (64 * EF_KIB)

/* The copy keeps the pages of a mapped ELF out of memory, where the image grows meanwhile. */
static bool next(void *user, const uint8_t **ret, size_t *ret_len)
{
	struct elf_digest *d = user;
	size_t left = d->len - d->at;

	*ret_len = left < STEP ? left : STEP;
	*ret = d->file + d->at;
	if (d->buf) {
		ef_map_copy(d->buf, *ret, *ret_len);
		*ret = d->buf;
	}
	d->at += *ret_len;
	return *ret_len != 0;
}

static void *run(void *user)
{
	struct elf_digest *d = user;

	ef_sha256_pieces(next, d, d->sha256);
	return NULL;
}

void elf_digest_start(struct elf_digest *d, const struct ef_elf *elf)
{
	*d = (struct elf_digest){ .file = elf->file, .len = elf->file_len, .buf = malloc(STEP) };
	d->has_thread = ef_thread_start(&d->thread, run, d);
}

void elf_digest_end(struct elf_digest *d)
{
	if (d->has_thread)
		(void)pthread_join(d->thread, NULL);
	else
		(void)run(d);
	free(d->buf);
	d->buf = NULL;
}
