/* SPDX-License-Identifier: MIT */
/*
 * Preloaded into the program: the allocation with number FAIL_ALLOC fails, be it the program's
 * or a library's. FAIL_ALLOC_COUNT names a file for the number of allocations. The C library's
 * own functions are called by the names that glibc gives them besides.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

static atomic_long made;
static long failing;

/* What the loader and constructors allocate is not counted: the program has not begun. */
static atomic_bool has_begun;

__attribute__((constructor)) static void begin(void)
{
	const char *number = getenv("FAIL_ALLOC");

	for (; number && *number >= '0' && *number <= '9'; number++)
		failing = failing * 10 + (*number - '0');
	has_begun = 1;
}

__attribute__((destructor)) static void end(void)
{
	const char *path = getenv("FAIL_ALLOC_COUNT");
	int fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666) : -1;

	if (fd >= 0) {
		(void)dprintf(fd, "%ld\n", (long)made);
		(void)close(fd);
	}
}

/* errno as the C library sets it: glibc's own pthread_create asserts that. */
static int is_to_fail(void)
{
	if (!has_begun || ++made != failing)
		return 0;
	errno = ENOMEM;
	return 1;
}

void *malloc(size_t size)
{
	return is_to_fail() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return is_to_fail() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
	return is_to_fail() ? NULL : __libc_realloc(old, size);
}
