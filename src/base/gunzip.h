/* SPDX-License-Identifier: MIT */
/* Unpacks gzip files that are in memory. */
#ifndef EF_BASE_GUNZIP_H
#define EF_BASE_GUNZIP_H

#include "base/util.h"

/*
 * Append the content of a gzip file (RFC 1952) to buf. INPUT: it is damaged or cut off, or unpacks
 * to more than buf->max bytes. Bytes behind the first member are ignored.
 */
bool ef_gunzip(const uint8_t *data, size_t len, struct ef_buf *buf, struct ef_err *err);

#endif
