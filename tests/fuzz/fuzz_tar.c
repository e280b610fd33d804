/* SPDX-License-Identifier: MIT */
/* Any bytes as a tar archive, and as a gzip file: entries lie in the data, and it ends. */
#include <stdlib.h>

#include "base/gunzip.h"
#include "base/tar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool is_true)
{
	if (!is_true)
		abort();
}

static void read_tar(const uint8_t *data, size_t size)
{
	struct ef_tar t = { .data = data, .len = size };
	struct ef_err err = EF_ERR_INIT;
	struct ef_tar_entry e;

	(void)ef_tar_is(data, size);
	while (ef_tar_next(&t, &e, &err)) {
		if (e.is_end)
			return;
		check(e.data >= data && e.len <= size - (size_t)(e.data - data));
		check(memchr(e.name, '\0', sizeof(e.name)) != NULL);
		check(!e.is_file || (*e.name && *e.name != '/'));
		check(t.at <= size && t.count <= EF_TAR_ENTRIES_MAX);
	}
	check(err.code == EF_E_INPUT);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ef_buf buf = EF_BUF_INIT(EF_MIB);
	struct ef_err err = EF_ERR_INIT;

	read_tar(data, size);
	if (ef_gunzip(data, size, &buf, &err))
		read_tar(buf.data, buf.len);
	else
		check(err.code == EF_E_INPUT);
	check(buf.len <= EF_MIB);
	ef_buf_release(&buf);
	return 0;
}
