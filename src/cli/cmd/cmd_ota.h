/* SPDX-License-Identifier: MIT */
/* Finds and shows the facts of the command ota (cmd_ota_show.c). */
#ifndef EF_CLI_CMD_OTA_H
#define EF_CLI_CMD_OTA_H

#include "cli/start/boot_slots.h"

/* Factory, test app, and the slots with a partition. */
#define OTA_APPS_MAX (EF_OTA_SLOTS_MAX + 2)

struct ota_report {
	struct boot_slots slots;
	bool is_changed;
	size_t count;
	struct {
		const struct ef_partition *part;
		struct slot_app app;
	} app[OTA_APPS_MAX];
};

/* Read the apps of the slots, which are known already. whole: check all of each app. */
bool ota_report_read(struct ota_report *r, bool whole, struct ef_err *err) EF_MUST_CHECK;
/* Print the facts, or with --json make it the result. */
bool ota_report_show(struct cli *cli, const struct ota_report *r, struct ef_err *err) EF_MUST_CHECK;

#endif
