/* SPDX-License-Identifier: MIT */
/* Stores bytes that are read from a chip. Each function is an ef_read_sink. */
#ifndef EF_CLI_SINK_H
#define EF_CLI_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <espflash/err.h>

/* user is a struct ef_file_out that is open. IO. */
bool sink_to_file(void *user, const uint8_t *data, size_t len, struct ef_err *err) EF_MUST_CHECK;
/* user is a struct ef_buf. INPUT: its ceiling; IO: no memory. */
bool sink_to_buf(void *user, const uint8_t *data, size_t len, struct ef_err *err) EF_MUST_CHECK;

#endif
