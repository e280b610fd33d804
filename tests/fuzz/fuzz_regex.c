/* SPDX-License-Identifier: MIT */
/*
 * A regular expression and a text, with a NUL between them. Each search ends, and what it
 * finds lies in the text.
 */
#include <stdlib.h>
#include <string.h>

#include "monitor/regex.h"

#define REQUIRE(x)                                                                                 \
	do {                                                                                       \
		if (!(x))                                                                          \
			abort();                                                                   \
	} while (0)

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void search(struct regex *re, const char *text, size_t len)
{
	size_t end = 0;

	if (regex_search(re, text, len, 0, true, &end) == REGEX_FOUND)
		REQUIRE(end <= len);
	if (regex_search(re, text, len, 0, false, &end) == REGEX_FOUND)
		REQUIRE(end <= len);
	if (regex_search(re, text, len, len / 2, true, &end) == REGEX_FOUND)
		REQUIRE(end >= len / 2 && end <= len);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	const unsigned char *cut = size ? memchr(data, 0, size) : NULL;
	struct regex *re = NULL;
	char *pattern, why[128] = "";

	if (!cut)
		return 0;
	pattern = (char *)malloc((size_t)(cut - data) + 1);
	REQUIRE(pattern);
	memcpy(pattern, data, (size_t)(cut - data) + 1);
	switch (regex_make(pattern, &re, why, sizeof(why))) {
	case REGEX_MADE:
		search(re, (const char *)cut + 1, size - (size_t)(cut - data) - 1);
		break;
	case REGEX_WRONG:
		REQUIRE(why[0] && strlen(why) < sizeof(why));
		break;
	default:
		break;
	}
	regex_free(re);
	free(pattern);
	return 0;
}
