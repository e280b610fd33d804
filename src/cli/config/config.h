/* SPDX-License-Identifier: MIT */
/*
 * The configuration files: espflash.toml (of a project) and
 * espflash_ports.toml (of a desk), each in the current folder or the one
 * above it, and in the user's own folder. What the local ones don't say the
 * user's own ones say, key by key.
 *
 * Which keys there are, and what their values may be, is in the option table
 * (opt.config); only [[usb_device]] is known here.
 */
#ifndef EF_CLI_CONFIG_H
#define EF_CLI_CONFIG_H

#include "cli/opt/opt.h"
#include <espflash/log.h>

#define CONFIG_PATH_SIZE  1024
#define CONFIG_FILES      4
#define CONFIG_VALUES_MAX 64
#define CONFIG_USB_MAX    64
#define CONFIG_NOTES_MAX  16

struct toml_doc;

struct config_file {
	char path[CONFIG_PATH_SIZE]; /* "": there can be none (no home) */
	bool is_ports;               /* espflash_ports.toml */
	bool is_global;
	bool is_there;
	bool has_port_keys; /* espflash 3 had them in espflash.toml */
	struct toml_doc *doc;
};

/* The value of one key, from the file that has the last word. */
struct config_value {
	const char *key;
	const struct config_file *file;
	size_t line;
	char text[CONFIG_PATH_SIZE];        /* as on the command line; paths as seen from here */
	char where[CONFIG_PATH_SIZE + 160]; /* for messages */
};

struct config_usb {
	uint16_t vid, pid;
	const struct config_file *file;
	size_t line;
};

/* What the user should be told: unknown keys, keys of espflash 3. */
struct config_note {
	enum ef_log_level level;
	char text[CONFIG_PATH_SIZE + 240];
};

struct config {
	struct config_file file[CONFIG_FILES]; /* the first that says something is right */
	struct config_value value[CONFIG_VALUES_MAX];
	struct config_usb usb[CONFIG_USB_MAX];
	struct config_note note[CONFIG_NOTES_MAX];
	size_t value_count, usb_count, note_count;
};

/* What the environment says of where the user's own files are; NULL: nothing. */
struct config_query {
	const char *xdg_config_home, *home;
};

/*
 * Find, read and check the files. Without any: success. *ret is the caller's.
 * Errors: INPUT (file, line, key), IO.
 */
bool config_load(const struct opt_program *program, const struct config_query *query,
		 struct config **ret, struct ef_err *err) EF_MUST_CHECK;
void config_free(struct config *config); /* accepts NULL */

/* NULL: no file says anything of this key. */
const struct config_value *config_find(const struct config *config, const char *key);
/* Whether [[usb_device]] names this device. */
bool config_has_usb(const struct config *config, uint16_t vid, uint16_t pid);

/*
 * Add a [[usb_device]] to espflash_ports.toml: the one that was read, else
 * the user's own. What stands in it stays as it is.
 */
bool config_add_usb(const struct config *config, uint16_t vid, uint16_t pid, const char **ret_path,
		    struct ef_err *err) EF_MUST_CHECK;

#endif
