/* SPDX-License-Identifier: MIT */
/*
 * Loads a shared library when its first function is needed. Each library that the program is
 * linked to makes every start longer, also of commands that never call it.
 */
#ifndef EF_BASE_LATE_H
#define EF_BASE_LATE_H

#include <stdbool.h>
#include <stddef.h>

struct ef_late_function {
	const char *name;
	void *ret; /* points to the function pointer to set */
};

/*
 * Load the library. False: the host has no such file, or it lacks one of the functions. The library
 * stays loaded until the program ends. The caller must call this only once.
 */
bool ef_late_load(const char *file, const struct ef_late_function *list, size_t count);

#endif
