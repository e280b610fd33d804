/* SPDX-License-Identifier: MIT */
/*
 * Reports what a run did to the chip. With --json it collects the regions while the work goes on,
 * so that a run that fails still reports what it had done; without --json the functions of the
 * collection do nothing.
 */
#ifndef EF_CLI_WORK_H
#define EF_CLI_WORK_H

#include "cli/cli.h"
#include "cli/ui/json_out.h"
#include <espflash/flasher.h>

/* Begin with chip, mac and flash_size; the caller adds fields and opens the array "regions". */
struct json_out *work_begin(struct cli *cli, const struct ef_device *dev, uint32_t flash_size);
/* size 0: unknown. result: "written", "verified", "encrypted", "skipped", "erased", "loaded". */
void work_region(struct cli *cli, uint32_t addr, uint64_t size, const char *label,
		 const char *result);
/* Collect a region that the flasher reports as done. */
void work_event(struct cli *cli, const struct ef_event *e);
/* Close the array of regions and add the totals. */
void work_stats(struct cli *cli, const struct ef_write_stats *stats);
void work_seconds(struct cli *cli, uint64_t us);
/* Make what was collected the command's result, whether all went well (ok) or not. IO. */
bool work_end(struct cli *cli, bool ok, struct ef_err *err) EF_MUST_CHECK;

/* Log the totals of a write. */
void work_print_stats(struct cli *cli, const struct ef_write_stats *stats);

#endif
