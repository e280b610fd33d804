/* SPDX-License-Identifier: MIT */
/* Each limit of recovery, with its reason or source. */
#include "flasher/budgets.h"

#include "base/util.h"

const struct ef_budgets ef_budgets = {
	.work = {
		/* if the line damages one byte in 1000, one exchange in 30 fails */
		[EF_WORK_QUERY] = { .tries = 3 },
		[EF_WORK_BLOCK] = { .tries = 8 },
		[EF_WORK_UPLOAD] = { .tries = 10 },
		[EF_WORK_JUMP] = { .tries = 2 },
		[EF_WORK_MEMORY] = { .tries = 2 },
		/* esptool reconnects once when the chip falls silent; a bad line may take more */
		[EF_WORK_PREPARE] = { .tries = 3, .ms = 10000 },
		[EF_WORK_CONNECT] = { .tries = 2 },
		/*
		 * A stub needs this on a line that loses and flips one byte in 1000. A ROM's
		 * blocks can't get shorter: there, most of its writes fail (docs/protocol.md).
		 */
		[EF_WORK_WRITE] = { .tries = 16 },
		[EF_WORK_READ] = { .tries = 16 },
		[EF_WORK_ERASE] = { .tries = 16 },
	},
	.prepare_bad_line = { .tries = 6, .ms = 40000 },
	/* recovery repeats the step that contains the exchange instead, after a resync */
	.query_at_work = { .tries = 0 },
	/* a stub may be busy with the erase of 64 KiB */
	.resync.work = { .tries = 8, .ms = 300 },
	.resync.quick = { .tries = 1, .ms = 100 },
	.resync.reading = { .tries = 2, .ms = 100 },
	/* register access, too, but on the way to a loader that must not be lost */
	.resync.ahead = { .tries = 3, .ms = 100 },
	/* a SYNC and its answers take 200 bytes, enough to show noise that matters */
	.baud = { .tries = 3, .ms = 100 },
	/* esptool waits this long, too */
	.greeting = { .ms = 3000 },
	.identity = { .tries = 2 },
	.confirm = { .tries = 8 },
	.confirm_bad_line = { .tries = 3 },
	.security = { .tries = 5 },
	.magic = { .tries = 2, .ms = 100 },
	/* if the line damages one byte in 100, four requests in a row get this far in 10^5 */
	.refusal = { .tries = 3 },
	.repeat_ms = 1000,
	.reopen_ms = 20000,
	.rate_faults = 3,
	.rate_bytes = 256u * EF_KIB,
	/* a try that fails may cost a reset and the upload of a stub: 2 s at 115200 baud */
	.climb = { .bytes = 256u * EF_KIB, .growth = 4, .failures = 2, .cost_ms = 3000 },
	/* more SYNCs would overflow a busy ROM's receive buffer of 128 bytes */
	.nudges = 2,
	/* a chip that isn't busy answers within ms; USB bridges, hubs and hosts add some tens */
	.patience = {
		.ms = 400,
		.remote_ms = 1500,
		/* the longest work in reading is the MD5 of 256 KiB: about 70 ms */
		.reading_ms = 100,
	},
};
