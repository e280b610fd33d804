/* SPDX-License-Identifier: MIT */
/* Turns the mangled names of Rust and C++ functions back into what the programmer wrote. */
#ifndef EF_SYMBOLS_DEMANGLE_H
#define EF_SYMBOLS_DEMANGLE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Demangle Rust (legacy and v0) and C++ (Itanium ABI) names. Returns false and leaves dst untouched
 * if the name follows none of these schemes, is damaged, or if its readable form does not fit.
 * Names come from an ELF and may be hostile: time and memory are bounded.
 */
bool ef_demangle(const char *name, char *dst, size_t cap);

/* Do the same for one scheme: names that begin with _R, and those of C++. */
bool ef_demangle_rust_v0(const char *name, char *dst, size_t cap);
/* Always false in a build without a C++ runtime. */
bool ef_demangle_cpp(const char *name, char *dst, size_t cap);

#endif
