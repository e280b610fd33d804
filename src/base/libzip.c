/* SPDX-License-Identifier: MIT */
#include "base/libzip.h"

#ifdef EF_LIBZIP_FILE /* the shared library's name; cmake/Dependencies.cmake */

#include <dlfcn.h>
#include <pthread.h>

static struct ef_libzip lib;
static bool is_loaded;

/* POSIX wants dlsym's result to be usable as a function; ISO C has no such conversion. */
static bool find(void *handle, const char *name, void *ret_function)
{
	void *symbol = dlsym(handle, name);

	memcpy(ret_function, &symbol, sizeof(symbol));
	return symbol != NULL;
}

static void load(void)
{
	void *handle = dlopen(EF_LIBZIP_FILE, RTLD_NOW | RTLD_LOCAL);

	is_loaded = handle != NULL;
#define FIND(name) is_loaded = is_loaded && find(handle, #name, &lib.name);
	EF_LIBZIP_FUNCTIONS(FIND)
#undef FIND
}

const struct ef_libzip *ef_libzip(struct ef_err *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, load);
	if (is_loaded)
		return &lib;
	ef_fail(err, EF_E_UNSUPP, "zip archives need libzip, and this system has no usable '%s'",
		EF_LIBZIP_FILE);
	(void)ef_hint_set(err, EF_HINT_ARCHIVE_NO_LIBRARY);
	return NULL;
}

#else

const struct ef_libzip *ef_libzip(struct ef_err *err)
{
#define MEMBER(name) .name = name,
	static const struct ef_libzip lib = { EF_LIBZIP_FUNCTIONS(MEMBER) };
#undef MEMBER

	(void)err;
	return &lib;
}

#endif
