/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as the file that remembers which reset worked: nothing is known, or a name that
 * fits. What is remembered afterwards is found again, whatever the file had: inputs of every
 * eighth length try that, because a new file takes ten times as long as reading one.
 */
#include <string.h>

#include "fuzz/settings_file.h"
#include "cli/config/remember.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct ef_port_info port = { .vid = 0x10c4, .pid = 0xea60, .serial = "0001" };
	struct ef_err err = EF_ERR_INIT;
	struct remembered known, what = { .strategy = "unix-tight", .rate_hz = 921600 };

	settings_write("settings", data, size);
	remember_get("settings", &port, &known);
	if (!memchr(known.strategy, 0, sizeof(known.strategy)))
		abort();
	if (size % 8 != 0)
		return 0;
	if (!remember_put("settings", &port, &what, &err))
		return 0;
	remember_get("settings", &port, &known);
	if (strcmp(known.strategy, what.strategy) != 0 || known.rate_hz != what.rate_hz)
		abort();
	return 0;
}
