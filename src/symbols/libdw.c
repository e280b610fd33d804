/* SPDX-License-Identifier: MIT */
#include "symbols/libdw.h"

#ifdef EF_LIBDW_FILE /* the shared library's name; cmake/Dependencies.cmake */

#include <pthread.h>

#include "base/late.h"
#include "base/util.h"

struct ef_libdw ef_dw;
static bool is_loaded;

static void load(void)
{
/* libelf's functions are found by way of libdw, which is linked to it. */
#define ROW(name) { #name, &ef_dw.name },
	const struct ef_late_function list[] = { EF_LIBDW_FUNCTIONS(ROW) };
#undef ROW

	is_loaded = ef_late_load(EF_LIBDW_FILE, list, EF_ARRAY_LEN(list));
}

bool ef_dw_load(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, load);
	return is_loaded;
}

#else

#define MEMBER(name) .name = name,
struct ef_libdw ef_dw = { EF_LIBDW_FUNCTIONS(MEMBER) };
#undef MEMBER

bool ef_dw_load(void)
{
	return true;
}

#endif
