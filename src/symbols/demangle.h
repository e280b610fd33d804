/* SPDX-License-Identifier: MIT */
/* The names that Rust and C++ give their functions, as their authors wrote them. */
#ifndef EF_SYMBOLS_DEMANGLE_H
#define EF_SYMBOLS_DEMANGLE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Rust (legacy and v0) and C++ (Itanium). False, with dst untouched, when name is none of
 * them, damaged, or too long for dst.
 */
bool ef_demangle(const char *name, char *dst, size_t cap);

/* The three that it tries; each as above. */
bool ef_demangle_rust_legacy(const char *name, char *dst, size_t cap);
bool ef_demangle_rust_v0(const char *name, char *dst, size_t cap);
bool ef_demangle_cpp(const char *name, char *dst, size_t cap);

#endif
