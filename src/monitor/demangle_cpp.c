/* SPDX-License-Identifier: MIT */
/* C++ names. */
#include "monitor/demangle.h"

bool ef_demangle_cpp(const char *name, char *dst, size_t cap)
{
	(void)name;
	(void)dst;
	(void)cap;
	return false;
}
