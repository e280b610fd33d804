/* SPDX-License-Identifier: MIT */
/* Shared between the two files that read C++ names: names, and types. */
#ifndef EF_SYMBOLS_DEMANGLE_CPP_H
#define EF_SYMBOLS_DEMANGLE_CPP_H

#include "symbols/demangle_text.h"

#define EF_CPP_SUBS_MAX  48u
#define EF_CPP_ARGS_MAX  24u
#define EF_CPP_ARENA_LEN 3072u
#define EF_CPP_TEXT_LEN  1024u

#define EF_CPP_HOLE     '\001' /* nothing is there yet */
#define EF_CPP_HOLE_END '\002' /* before this goes the next declarator */

struct ef_cpp_piece {
	uint16_t off, len; /* in the arena */
	bool is_list;      /* an argument pack of none or several types */
};

struct ef_cpp {
	struct ef_mangled m;
	char arena[EF_CPP_ARENA_LEN];
	size_t arena_len;
	struct ef_cpp_piece sub[EF_CPP_SUBS_MAX];
	size_t sub_count;
	struct ef_cpp_piece arg[EF_CPP_ARGS_MAX]; /* of the template that the name ends with */
	size_t arg_count;
	unsigned type_depth; /* 0: in the name */
	bool is_one; /* in a pattern that would have to be written once for each type of a pack */
	bool ends_in_args;  /* a function template: its return type is in the name */
	bool has_no_return; /* constructors, destructors, conversions */
	const char *suffix; /* " const" of a member function */
};

/* Keep what was written since start, for ret or as the next substitution. */
bool ef_cpp_keep(struct ef_cpp *c, size_t start, struct ef_cpp_piece *ret);
void ef_cpp_remember(struct ef_cpp *c, size_t start);
/* Write a kept piece. */
void ef_cpp_repeat(struct ef_cpp *c, const struct ef_cpp_piece *list, size_t count, size_t index);
/* The marks are no part of a name. */
void ef_cpp_strip_marks(struct ef_cpp *c, size_t start);

void ef_cpp_name(struct ef_cpp *c);
void ef_cpp_template_args(struct ef_cpp *c);
/* "St", "Sa"..., "S_", "S0_". False: "St", which is only the start of a name. */
bool ef_cpp_substitution(struct ef_cpp *c);
/* Of "_" 0, of "0_" 1 and so on, base 36 for substitutions. */
size_t ef_cpp_sequence(struct ef_cpp *c, size_t base);

void ef_cpp_type(struct ef_cpp *c);
/* Types up to end, or the end of the name. */
void ef_cpp_parameters(struct ef_cpp *c, char end);

#endif
