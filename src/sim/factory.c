/* SPDX-License-Identifier: MIT */
/* Placeholder; see below. */
#include "sim/sim_priv.h"

void sim_factory(struct sim *sim)
{
	(void)sim;
}
