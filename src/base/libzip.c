/* SPDX-License-Identifier: MIT */
#include "base/libzip.h"

#ifdef EF_LIBZIP_FILE /* the shared library's name; cmake/Dependencies.cmake */

#include <pthread.h>

#include "base/late.h"

static struct ef_libzip lib;
static bool is_loaded;

static void load(void)
{
#define ROW(name) { #name, &lib.name },
	const struct ef_late_function list[] = { EF_LIBZIP_FUNCTIONS(ROW) };
#undef ROW

	is_loaded = ef_late_load(EF_LIBZIP_FILE, list, EF_ARRAY_LEN(list));
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
