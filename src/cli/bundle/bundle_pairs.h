/* SPDX-License-Identifier: MIT */
/* Reads "ADDRESS FILE [ADDRESS FILE ...]" without a board. */
#ifndef EF_CLI_BUNDLE_PAIRS_H
#define EF_CLI_BUNDLE_PAIRS_H

#include "cli/bundle/bundle.h"

/* Map the files and read them into b->in. USAGE, INPUT, UNSUPP, IO. */
bool bundle_open_pairs(struct bundle *b, const struct ef_input_opts *opts,
		       struct ef_err *err) EF_MUST_CHECK;

/*
 * Return the output file among the words: the last one, unless --output names it or all words are
 * inputs. NULL: there is none.
 */
const char *bundle_output(const struct save_image_args *args);

#endif
