/* SPDX-License-Identifier: MIT */
/*
 * Any text as both configuration files of a project: an error that names the file, or
 * values that the option table knows, none of which names a file to write.
 */
#include <string.h>

#include "fuzz/settings_file.h"
#include "cli/config/config.h"
#include "cli/table/commands.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool ok)
{
	if (!ok)
		abort();
}

static bool names_an_output(const char *key)
{
	for (const struct opt_command *c = cli_program.commands; c->name; c++) {
		struct opt_ref ref = { 0 };

		while (opt_next(&cli_program, c, &ref))
			if (ref.opt->config && strcmp(ref.opt->config, key) == 0 &&
			    ref.opt->flags & OPT_WRITES)
				return true;
	}
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct config_query query = { NULL, NULL, NULL };
	struct ef_err err = EF_ERR_INIT;
	struct config *config = NULL;

	settings_write("espflash.toml", data, size);
	settings_write("espflash_ports.toml", data, size);
	if (!config_load(&cli_program, &query, &config, &err)) {
		require(config == NULL && strstr(err.msg, "espflash") != NULL);
		return 0;
	}
	require(config->value_count <= CONFIG_VALUES_MAX && config->usb_count <= CONFIG_USB_MAX);
	for (size_t i = 0; i < config->value_count; i++) {
		const struct config_value *v = &config->value[i];

		require(config_find(config, v->key) == v && !names_an_output(v->key));
		require(memchr(v->text, 0, sizeof(v->text)) != NULL);
	}
	config_free(config);
	return 0;
}
