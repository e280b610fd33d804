/* SPDX-License-Identifier: MIT */
/* Placeholder; the real thing follows. */
#include "sim/sim_priv.h"

void sim_boot(struct sim *sim, enum sim_cause cause)
{
	(void)cause;
	if (sim->opts.chatty_app) {
		sim->run_at = sim->now + 1000;
		return;
	}
	for (int i = 0; i < 8; i++)
		sim_text(sim, sim->now + 1000 + 20000u * (unsigned)i, "invalid header: 0xffffffff\r\n");
	sim->reset_at = sim->now + 400000;
	sim->reset_cause = SIM_TGWDT;
}

void sim_boot_run(struct sim *sim, uint64_t at)
{
	sim->mode = SIM_MODE_RUN;
	sim->run_at = SIM_NEVER;
	if (sim->opts.chatty_app)
		sim->tick_at = at + 100000;
}

void sim_boot_tick(struct sim *sim)
{
	sim_text(sim, sim->now, "tick %u\r\n", sim->ticks++);
	sim->tick_at = sim->now + 100000;
}
