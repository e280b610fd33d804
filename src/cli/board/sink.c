/* SPDX-License-Identifier: MIT */
/* Stores bytes from a chip in a file or in memory. */
#include "cli/board/sink.h"

#include "base/util.h"

bool sink_to_file(void *user, const uint8_t *data, size_t len, struct ef_err *err)
{
	return ef_file_out_write(user, data, len, err);
}

bool sink_to_buf(void *user, const uint8_t *data, size_t len, struct ef_err *err)
{
	return ef_buf_add(user, data, len, err);
}
