/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a folder (tests/input_folder.h) with the files that builds leave. No name may lead
 * out of it.
 */
#include "fuzz/input_invariants.h"
#include "input_folder.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool read_inside(void *user, const char *name, const uint8_t **ret, size_t *ret_len,
			struct ef_err *err)
{
	check(*name && *name != '/' && strncmp(name, "../", 3) != 0 && !strstr(name, "/../"));
	return folder_read_file(user, name, ret, ret_len, err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct folder folder;
	struct ef_input_files files = folder_files(&folder);
	const struct ef_input_opts opts = { .fills_gaps = size & 1, .keeps_fs = size & 2 };
	struct ef_err err = EF_ERR_INIT;
	struct ef_input in;

	files.read = read_inside;
	folder_read(&folder, data, size);
	(void)ef_input_is_known(NULL, 0, &files);
	check_end(ef_input_open("", NULL, 0, &files, &opts, &in, &err), &in, &err);
	ef_input_release(&in);
	return 0;
}
