/* SPDX-License-Identifier: MIT */
/*
 * libzip's functions. libzip brings OpenSSL, and loading that takes as long as the rest of the
 * program's start. So the program loads libzip with the first archive, where the host can.
 */
#ifndef EF_BASE_LIBZIP_H
#define EF_BASE_LIBZIP_H

#include <zip.h>

#include "base/util.h"

#define EF_LIBZIP_FUNCTIONS(F)                                                                     \
	F(zip_error_init)                                                                          \
	F(zip_error_fini)                                                                          \
	F(zip_error_strerror)                                                                      \
	F(zip_source_buffer_create)                                                                \
	F(zip_source_free)                                                                         \
	F(zip_open_from_source)                                                                    \
	F(zip_discard)                                                                             \
	F(zip_get_num_entries)                                                                     \
	F(zip_get_name)                                                                            \
	F(zip_stat_index)                                                                          \
	F(zip_fopen_index)                                                                         \
	F(zip_fread)                                                                               \
	F(zip_fclose)

struct ef_libzip {
#define EF_LIBZIP_MEMBER(name) __typeof__(name) *name;
	EF_LIBZIP_FUNCTIONS(EF_LIBZIP_MEMBER)
#undef EF_LIBZIP_MEMBER
};

/* Load libzip. NULL with UNSUPP: the host has no libzip. It stays loaded until the program ends. */
const struct ef_libzip *ef_libzip(struct ef_err *err) EF_MUST_CHECK;

#endif
