/* SPDX-License-Identifier: MIT */
/* The SHA-256 of an ELF, which a thread computes while the image is built. */
#ifndef EF_IMAGE_ELF_DIGEST_H
#define EF_IMAGE_ELF_DIGEST_H

#include <pthread.h>

#include "base/hash.h"
#include <espflash/image.h>

struct elf_digest {
	uint8_t sha256[EF_SHA256_LEN]; /* set by elf_digest_end */
	const uint8_t *file;
	size_t len, at;
	uint8_t *buf; /* NULL: no memory, so the file's own bytes are hashed */
	pthread_t thread;
	bool has_thread;
};

/* The ELF must stay open, and the digest in its place, until elf_digest_end. */
void elf_digest_start(struct elf_digest *d, const struct ef_elf *elf);
void elf_digest_end(struct elf_digest *d);

#endif
