/* SPDX-License-Identifier: MIT */
/* Builds app images from made ELFs. */
#ifndef IMAGE_RIG_H
#define IMAGE_RIG_H

#include "base/hash.h"
#include "base/util.h"
#include <espflash/image.h>

#include "elf_maker.h"

static inline struct ef_image_opts opts_for(const char *chip)
{
	struct ef_image_opts opts = { .chip = ef_chip_by_name(chip),
				      .flash = { .mode = EF_MODE_KEEP } };

	ck_assert_msg(opts.chip != NULL, "no chip '%s'", chip);
	return opts;
}

static inline struct made build(const struct made *m, const struct ef_image_opts *opts)
{
	struct ef_err err = EF_ERR_INIT;
	struct made image = { NULL, 0 };
	struct ef_elf elf;

	ck_ok(ef_elf_open(&elf, m->data, m->len, &err), &err);
	ck_ok(ef_elf_check_chip(&elf, opts->chip, &err), &err);
	ck_ok(ef_image_build(&elf, opts, &image.data, &image.len, &err), &err);
	ef_elf_release(&elf);
	return image;
}

static inline void build_fails(const struct made *m, const struct ef_image_opts *opts,
			       enum ef_code code, const char *says)
{
	struct ef_err err = EF_ERR_INIT;
	struct made image = { NULL, 0 };
	struct ef_elf elf;

	ck_ok(ef_elf_open(&elf, m->data, m->len, &err), &err);
	ck_fails(ef_image_build(&elf, opts, &image.data, &image.len, &err), &err, code, says);
	ck_assert_ptr_null(image.data);
	ef_elf_release(&elf);
}

static inline void assert_digest(const struct made *image, const char *want, const char *what)
{
	uint8_t digest[EF_SHA256_LEN];
	char hex[2 * EF_SHA256_LEN + 1];

	ef_sha256(image->data, image->len, digest);
	ef_hex(hex, digest, sizeof(digest));
	ck_assert_msg(strcmp(hex, want) == 0, "%s: digest %s, not %s", what, hex, want);
}

#endif
