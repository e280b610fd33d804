/* SPDX-License-Identifier: MIT */
#include "base/late.h"

#include <dlfcn.h>
#include <string.h>

/* POSIX wants dlsym's result to be usable as a function; ISO C has no such conversion. */
static bool find(void *handle, const struct ef_late_function *f)
{
	void *symbol = dlsym(handle, f->name);

	memcpy(f->ret, &symbol, sizeof(symbol));
	return symbol != NULL;
}

bool ef_late_load(const char *file, const struct ef_late_function *list, size_t count)
{
	void *handle = dlopen(file, RTLD_NOW | RTLD_LOCAL);
	bool has_all = handle != NULL;

	for (size_t i = 0; has_all && i < count; i++)
		has_all = find(handle, &list[i]);
	return has_all;
}
