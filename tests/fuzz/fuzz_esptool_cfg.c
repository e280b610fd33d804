/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as esptool's configuration: no sequence, or a text that is one or is refused. Inputs of
 * every 32nd length are read from a file, which takes twenty times as long as reading the text; the
 * text's own door is inside the source.
 */
#include "cli/config/esptool_cfg.c"

#include "fuzz/settings_file.h"
#include <espflash/reset.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct esptool_cfg_query query = { "settings", NULL, NULL, NULL };
	struct ef_err err = EF_ERR_INIT;
	char text[256] = "", path[64];
	struct ef_reset reset;

	if (size % 32 == 0) {
		settings_write("settings", data, size);
		esptool_cfg_sequence(&query, text, sizeof(text), path, sizeof(path));
	} else {
		(void)read_text((const char *)data, size, text, sizeof(text));
	}
	if (!memchr(text, 0, sizeof(text)) || strlen(text) > size)
		abort();
	if (text[0] && !ef_reset_parse(text, &reset, &err) && !err.msg[0])
		abort();
	return 0;
}
