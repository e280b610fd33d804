/* SPDX-License-Identifier: MIT */
/* Counts the entries of an archive, for unzip.c. */
#ifndef EF_BASE_UNZIP_COUNT_H
#define EF_BASE_UNZIP_COUNT_H

#include <stddef.h>
#include <stdint.h>

/* Count the entries that libzip would read. A result above max means only that there are more. */
uint64_t unzip_count(const uint8_t *data, size_t len, uint64_t max);

#endif
