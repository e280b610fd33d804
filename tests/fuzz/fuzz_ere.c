/* SPDX-License-Identifier: MIT */
/*
 * A regular expression and a text, with a NUL between them. No search takes more work than its
 * bound, and what it finds is what it finds again: from any later place, it can't end earlier.
 */
#include <stdlib.h>
#include <string.h>

#include "monitor/ere.h"

#define REQUIRE(x)                                                                                 \
	do {                                                                                       \
		if (!(x))                                                                          \
			abort();                                                                   \
	} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void search(struct ere *e, const char *text, size_t len)
{
	size_t end, later, unfinished;
	bool found = ere_search(e, text, len, 0, true, &end);

	REQUIRE(e->visits <= (uint64_t)2 * e->count * (len + 1));
	if (found)
		REQUIRE(end <= len);
	/* A text that may go on matches only if it does when it ends here. */
	if (ere_search(e, text, len, 0, false, &unfinished))
		REQUIRE(found && unfinished <= len);
	if (len > 0 && ere_search(e, text, len, len / 2, true, &later))
		REQUIRE(found && later >= len / 2 && later <= len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *cut = size ? memchr(data, 0, size) : NULL;
	const char *why = NULL;
	char *pattern;
	struct ere e;

	if (!cut)
		return 0;
	pattern = (char *)malloc((size_t)(cut - data) + 1);
	REQUIRE(pattern);
	memcpy(pattern, data, (size_t)(cut - data) + 1);
	switch (ere_compile(&e, pattern, &why)) {
	case ERE_OK:
		REQUIRE(e.count <= ERE_STEPS_MAX);
		search(&e, (const char *)cut + 1, size - (size_t)(cut - data) - 1);
		break;
	case ERE_WRONG:
		REQUIRE(why);
		break;
	default:
		break;
	}
	ere_release(&e);
	free(pattern);
	return 0;
}
