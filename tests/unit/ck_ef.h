/* SPDX-License-Identifier: MIT */
/* Assertions that print the error record. */
#ifndef CK_EF_H
#define CK_EF_H

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <espflash/err.h>

#include "cli/table/hint_words.h"

/* The program's words for the record's hint; valid until the next call. */
static inline const char *ck_hint(const struct ef_err *err)
{
	static char words[HINT_WORDS_SIZE];

	hint_words(&err->hint, "espflash-c", words);
	return words;
}

/*
 * expr has to be true, and the record has to be empty: an error that was dealt with leaves nothing
 * behind. The failure message is that of the record.
 */
#define ck_ok(expr, err)                                                                    \
	do {                                                                                \
		bool ck_ok_ = (expr);                                                       \
		ck_assert_msg(ck_ok_, "%s: %s: %s (hint: %s)", #expr,                       \
			      ef_code_name((err)->code), (err)->msg, ck_hint(err));          \
		ck_assert_msg((err)->code == EF_OK, "%s: succeeded, but leaves %s: %s",     \
			      #expr, ef_code_name((err)->code), (err)->msg);                \
	} while (0)

/* expr has to be false, with this code and a message that contains text. Clears the record. */
#define ck_fails(expr, err, want, text)                                                     \
	do {                                                                                \
		bool ck_ok_ = (expr);                                                       \
		ck_assert_msg(!ck_ok_, "%s: succeeded", #expr);                             \
		ck_assert_msg((err)->code == (want), "%s: code %s, message %s", #expr,      \
			      ef_code_name((err)->code), (err)->msg);                       \
		ck_assert_msg(strstr((err)->msg, (text)) != NULL, "%s: message is '%s'",    \
			      #expr, (err)->msg);                                           \
		ef_err_clear(err);                                                          \
	} while (0)

#endif
