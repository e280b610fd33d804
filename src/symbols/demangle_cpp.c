/* SPDX-License-Identifier: MIT */
/*
 * Demangles C++ names with the demangler that every C++ runtime has (Itanium C++ ABI, 3.4:
 * __cxa_demangle). A mangled name refers back to its own parts, so a name of 150 characters can
 * stand for gigabytes, and the runtime does not limit what it writes. This file therefore estimates
 * the work first and refuses such names.
 */
#include <stdlib.h>

#include "base/bytes.h"
#include "symbols/demangle.h"

#ifdef EF_HAVE_CXA_DEMANGLE

/* Characters of a mangled name; also bounds how deep the runtime recurses. */
#define INPUT_MAX 1024u
/* Pieces that the runtime may write. Only 80 of 35000 names of libstdc++ and clang need more. */
#define WORK_MAX (1u << 21)
#define REFS_MAX 64u

/* <cxxabi.h> declares it for C++ only. */
char *__cxa_demangle(const char *mangled, char *buffer, size_t *length, int *status);

struct estimate {
	size_t work;
	size_t packs;        /* parts that are written once for each type of a pack */
	bool has_conversion; /* an operator whose type may refer to what follows it */
	bool has_template;   /* a reference to a template argument */
	const char *ref[REFS_MAX];
	size_t ref_len[REFS_MAX], ref_work[REFS_MAX];
	size_t ref_count;
};

/* Return the length of a reference: "S_", "S1Z_", "T_", "T0_"; 0 if p is not one. */
static size_t reference_len(const char *p)
{
	size_t n = 1;

	if (p[0] != 'S' && p[0] != 'T')
		return 0;
	while ((p[n] >= '0' && p[n] <= '9') || (p[n] >= 'A' && p[n] <= 'Z'))
		n++;
	return p[n] == '_' ? n + 1 : 0;
}

/*
 * A reference stands for a part that is complete before the reference is used, so it is not larger
 * than the text before it.
 */
static bool add_reference(struct estimate *e, const char *p, size_t len)
{
	size_t i = 0;

	e->has_template |= p[0] == 'T';
	while (i < e->ref_count && (e->ref_len[i] != len || memcmp(e->ref[i], p, len) != 0))
		i++;
	if (i == REFS_MAX)
		return false;
	if (i == e->ref_count) {
		e->ref[i] = p;
		e->ref_len[i] = len;
		e->ref_work[i] = e->work;
		e->ref_count++;
	}
	e->work += e->ref_work[i];
	return e->work <= WORK_MAX;
}

/* Return whether the runtime can write the name with a bounded number of steps. */
static bool is_bounded(const char *name)
{
	struct estimate e = { .work = 0 };
	size_t len = strlen(name), step;

	if (len > INPUT_MAX)
		return false;
	for (const char *p = name; *p; p += step) {
		step = reference_len(p);
		if (step > 0 && !add_reference(&e, p, step))
			return false;
		if (step > 0)
			continue;
		step = 1;
		e.work++;
		e.packs += (p[0] == 'D' || p[0] == 's') && p[1] == 'p';
		e.has_conversion |= p[0] == 'c' && p[1] == 'v';
	}
	if (e.has_conversion && e.has_template)
		e.work *= e.work;
	/* No pack has more types than the name has characters. */
	while (e.packs-- > 0 && e.work <= WORK_MAX)
		e.work *= len;
	return e.work <= WORK_MAX;
}

bool ef_demangle_cpp(const char *name, char *dst, size_t cap)
{
	size_t len;
	char *text;
	int status;

	if (name[0] != '_' || name[1] != 'Z' || !is_bounded(name))
		return false;
	text = __cxa_demangle(name, NULL, NULL, &status);
	if (text == NULL)
		return false;
	len = strlen(text);
	if (len < cap)
		memcpy(dst, text, len + 1);
	free(text);
	return len < cap;
}

#else

bool ef_demangle_cpp(const char *name, char *dst, size_t cap)
{
	(void)name;
	(void)dst;
	(void)cap;
	return false;
}

#endif
