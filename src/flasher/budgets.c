/* SPDX-License-Identifier: MIT */
/* Each limit of recovery, with its reason or source. */
#include "flasher/budgets.h"

#include "base/util.h"

const struct ef_budgets ef_budgets = {
	.work = {
		/* if the line damages one byte in 1000, one exchange in 30 fails */
		[EF_WORK_QUERY] = { .tries = 3 },
		/* more than .refusal: only its count ends the work */
		[EF_WORK_BEGIN] = { .tries = 4 },
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
		[EF_WORK_COMPARE] = { .tries = 16 },
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
	.greeting = {
		.tries = 16, /* noise may look like frames */
		.ms = 3000,  /* esptool waits this long, too */
	},
	.reread = {
		.identity = { .tries = 2 },
		.confirm = { .tries = 8 },
		.confirm_bad_line = { .tries = 3 },
		.security = { .tries = 5 },
		.magic = { .tries = 2, .ms = 100 },
		.registers = { .tries = 3 },
	},
	/* if the line damages one byte in 100, four requests in a row get this far in 10^5 */
	.refusal = { .tries = 3 },
	.repeat_ms = 1000,
	.reopen_ms = 20000,
	/* a USB device is back within this time, whatever deadline the user set */
	.enumerate_ms = 3000,
	.misses = { .tries = 4 },
	.rate = {
		.faults = 3,
		.bytes = 256u * EF_KIB,
		/*
		 * A SYNC and its eight answers are some 160 bytes, most of them of alternating
		 * bits. Six of them find a line that damages one byte in 300 with 95 % certainty,
		 * and take 12 ms at 921600 baud. A better line passes, and steps down when a byte
		 * gets lost later.
		 */
		.echoes = 6,
	},
	/* a try that fails may cost a reset and the upload of a stub: 2 s at 115200 baud */
	.climb = { .bytes = 256u * EF_KIB, .growth = 4, .failures = 2, .cost_ms = 3000 },
	.nudge = {
		/* more SYNCs would overflow a busy ROM's receive buffer of 128 bytes */
		.count = 2,
		.second_prompt = 2,
		.second = 4,
		.unnudged = 2,
		.gap_part = 3,
		.late_answers = 64,
		.in_step = 5,
	},
	/* a chip that isn't busy answers within ms; USB bridges, hubs and hosts add some tens */
	.patience = {
		.ms = 400,
		.remote_ms = 1500,
		/* the longest work in reading is the MD5 of 256 KiB: about 70 ms */
		.reading_ms = 100,
	},
	.stream = {
		.frame_ms = 3000,
		/*
		 * A stub reads a packet within milliseconds. If bytes got lost before, a silence
		 * most likely means that more did.
		 */
		.soon_ms = 600,
		.bad_line_ms = 200,
		.damaged_many = 3,
		/* the stub ignores input while it sends packets that were acknowledged */
		.end_tries = 3,
	},
	.pieces = {
		.shrink = 4,
		.grow = 2,
		.least = 256,
		.ram_least = 0x180,
		/* half of them survive if the line damages one byte in 200 */
		.ram_bad_line = 0x60,
		.ram_failures = 2,
		.window_first = 64u * EF_KIB,
		/* after a loss, the whole stream must be written again */
		.window_encrypted = 256u * EF_KIB,
	},
};
