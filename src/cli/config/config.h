/* SPDX-License-Identifier: MIT */
/*
 * The configuration files: espflash.toml (for a project) and espflash_ports.toml
 * (for a desk). Each may be in the current folder or the one above it, and in the
 * user's own folder. For each key the local file overrides the user's own.
 *
 * The option table defines the keys and their values (opt.config); only
 * [[usb_device]] is defined here.
 */
#ifndef EF_CLI_CONFIG_H
#define EF_CLI_CONFIG_H

#include "base/util.h"
#include "cli/opt/opt.h"
#include <espflash/log.h>

#define CONFIG_PATH_SIZE  1024
#define CONFIG_FILES      4
#define CONFIG_VALUES_MAX 64
#define CONFIG_USB_MAX    64
#define CONFIG_NOTES_MAX  16

struct toml_doc;

struct config_file {
	char path[CONFIG_PATH_SIZE]; /* "": unknown, because there is no home folder */
	bool is_ports;               /* espflash_ports.toml */
	bool is_global;
	bool is_there;
	enum ef_trust trust; /* anything but EF_TRUST_OK: the file exists, but is not used */
	bool has_port_keys;  /* it is an espflash.toml with keys of ports, as espflash 3 had them */
	struct toml_doc *doc;
};

/* The value of one key, from the first file that sets it. */
struct config_value {
	const char *key;
	const struct config_file *file;
	size_t line;
	char text[CONFIG_PATH_SIZE]; /* as on the command line; paths are relative to the current
					folder */
	char where[CONFIG_PATH_SIZE + 160]; /* file, line and key, for messages */
};

struct config_usb {
	uint16_t vid, pid;
	const struct config_file *file;
	size_t line;
};

/* A message for the user: about an unknown key or a key of espflash 3. */
struct config_note {
	enum ef_log_level level;
	char text[CONFIG_PATH_SIZE + 240];
};

struct config {
	struct config_file file[CONFIG_FILES]; /* in order: the first file that sets a key wins */
	struct config_value value[CONFIG_VALUES_MAX];
	struct config_usb usb[CONFIG_USB_MAX];
	struct config_note note[CONFIG_NOTES_MAX];
	size_t value_count, usb_count, note_count;
};

/* The environment variables that locate the user's own folder; NULL: not set. */
struct config_query {
	const char *xdg_config_home, *home;
	const char *sudo_uid; /* see ef_file_trust */
};

/*
 * Find, read and check the files. It is not an error if there are none. The caller
 * frees *ret with config_free. Errors: INPUT (with file, line and key), IO.
 */
bool config_load(const struct opt_program *program, const struct config_query *query,
		 struct config **ret, struct ef_err *err) EF_MUST_CHECK;
void config_free(struct config *config); /* accepts NULL */

/* NULL: no file sets this key. */
const struct config_value *config_find(const struct config *config, const char *key);
/* Return whether [[usb_device]] names this device. */
bool config_has_usb(const struct config *config, uint16_t vid, uint16_t pid);

/*
 * Add a [[usb_device]] to espflash_ports.toml: the one that was read, else the
 * user's own. The rest of the file is not changed.
 */
bool config_add_usb(const struct config *config, uint16_t vid, uint16_t pid, const char **ret_path,
		    struct ef_err *err) EF_MUST_CHECK;

/* Return whether a file of this name is a configuration in any folder. Ignores case. */
bool config_is_name(const char *name);

#endif
