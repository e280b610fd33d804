/* SPDX-License-Identifier: MIT */
/* "ADDRESS FILE [ADDRESS FILE ...]": files and their places in flash. */
#ifndef EF_CLI_PAIRS_H
#define EF_CLI_PAIRS_H

#include "cli/firmware/place.h"
#include "cli/ui/json_out.h"
#include "base/util.h"

#define PAIRS_MAX (OPT_LIST_MAX + 1) /* and as many that the chip encrypts */

struct pair {
	const char *text, *path; /* as given */
	struct ef_map file;
	struct place place; /* set by pairs_place */
	bool encrypts;      /* the chip encrypts it */
};

struct pairs {
	struct pair pair[PAIRS_MAX];
	size_t count;
	struct table table;
};

/*
 * Map all files and check what can be checked before the port is opened. Call
 * pairs_release even on failure.
 */
bool pairs_open(struct pairs *p, const struct pairs_args *args, const struct table_args *table,
		struct ef_err *err) EF_MUST_CHECK;
/* Mark all pairs as files that the chip encrypts, or add more such files. */
bool pairs_encrypt(struct pairs *p, bool all, const struct opt_list *more,
		   struct ef_err *err) EF_MUST_CHECK;
/* Fail because a file that the chip encrypts doesn't begin at a sector. Always false. */
bool pair_fail_encrypted(const char *name, uint32_t addr, struct ef_err *err);
/*
 * Sectors of a file that the chip encrypts can't have other content: a loader encrypts all or
 * nothing of what a BEGIN announces, and erases the rest. Call it when the pair is placed. INPUT.
 */
bool pair_check_encrypted(const struct pair *pair, struct ef_err *err) EF_MUST_CHECK;
/*
 * Find the place of each file on this chip. INPUT: a file passes the end of its
 * partition or of the flash, or two overlap.
 */
bool pairs_place(struct cli *cli, struct pairs *p, struct session *s,
		 struct ef_err *err) EF_MUST_CHECK;
void pairs_release(struct pairs *p);

/* Return the name of a file in messages: its partition, or the file name without folders. */
const char *pair_label(const struct pair *pair);
/* Add address, size, partition and file to the open object. */
void pair_json(struct json_out *j, const struct pair *pair);

#endif
