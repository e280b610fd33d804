/* SPDX-License-Identifier: MIT */
/*
 * Any text as both configuration files of a project: an error that names the file, or
 * values that the option table knows, none of which names a file to write. Inputs of every 64th
 * length are read from files, which takes ten times as long as their text; the text's own door is
 * inside the source.
 */
#include "cli/config/config.c"

#include "cli/table/commands.h"
#include "fuzz/no_commands.h"
#include "fuzz/settings_file.h"

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

static void check_config(const struct config *config)
{
	require(config->value_count <= CONFIG_VALUES_MAX && config->usb_count <= CONFIG_USB_MAX);
	for (size_t i = 0; i < config->value_count; i++) {
		const struct config_value *v = &config->value[i];

		require(config_find(config, v->key) == v && !names_an_output(v->key));
		require(memchr(v->text, 0, sizeof(v->text)) != NULL);
	}
}

static void check_error(const struct ef_err *err)
{
	require(strstr(err->msg, "espflash") != NULL);
}

static void try_files(const uint8_t *data, size_t size)
{
	const struct config_query query = { NULL, NULL, NULL };
	struct ef_err err = EF_ERR_INIT;
	struct config *config = NULL;

	settings_write("espflash.toml", data, size);
	settings_write("espflash_ports.toml", data, size);
	if (!config_load(&cli_program, &query, &config, &err)) {
		require(config == NULL);
		check_error(&err);
		return;
	}
	check_config(config);
	config_free(config);
}

/* As config_load reads the files of a project. Its memory is kept: clearing it takes too long. */
static void try_text(const char *text, size_t len)
{
	static struct config config;
	struct ef_err err = EF_ERR_INIT;
	struct loader l = { .program = &cli_program, .config = &config, .err = &err };
	bool ok = true;

	config.value_count = config.usb_count = config.note_count = 0;
	for (size_t i = 0; ok && i < 2; i++) {
		l.file = &config.file[i];
		l.file->is_ports = i == 0;
		l.file->has_port_keys = false;
		l.file->doc = NULL;
		(void)ef_strlcpy(l.file->path, sizeof(l.file->path),
				 i == 0 ? CONFIG_PORTS : CONFIG_PROJECT);
		ok = take_text(&l, text, len);
		toml_free(l.file->doc);
	}
	if (ok)
		check_config(&config);
	else
		check_error(&err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size % 64 == 63)
		try_files(data, size);
	else
		try_text(size ? (const char *)data : "", size);
	return 0;
}
