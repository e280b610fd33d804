/* SPDX-License-Identifier: MIT */
/* Shared by the files that make one file of several regions. */
#ifndef EF_IMAGE_OUTPUT_PRIV_H
#define EF_IMAGE_OUTPUT_PRIV_H

#include <espflash/output.h>

/* Return whether the regions are in order, apart from each other, and below 4 GiB. INPUT. */
bool output_check(const struct ef_region *regions, size_t count, struct ef_err *err) EF_MUST_CHECK;

#endif
