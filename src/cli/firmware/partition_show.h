/* SPDX-License-Identifier: MIT */
/* Shows a partition table to people and to programs. */
#ifndef EF_CLI_PARTITION_SHOW_H
#define EF_CLI_PARTITION_SHOW_H

#include "cli/cli.h"
#include "cli/ui/json_out.h"
#include <espflash/partition.h>

/* Draw the table as espflash does. */
void partition_show(struct cli *cli, const struct ef_partition_table *table);
/* Add has_md5 and partitions to the open object. */
void partition_json(struct json_out *j, const struct ef_partition_table *table);

#endif
