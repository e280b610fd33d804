/* SPDX-License-Identifier: MIT */
/* Reads again until enough readings agree. */
#include "flasher/agree.h"

bool ef_agree(const struct ef_flasher *f, const struct ef_agree *a, bool *ret, struct ef_err *err)
{
	unsigned agreed = 0;

	*ret = false;
	for (unsigned i = 0; !*ret && i < a->budget->tries; i++) {
		bool is_same;

		if (!a->again(a->ctx, i, &is_same, err))
			return false;
		agreed = is_same ? agreed + 1 : 0;
		*ret = agreed >= (a->wanted ? a->wanted(f) : 1u);
	}
	return true;
}
