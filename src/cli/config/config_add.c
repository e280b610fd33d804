/* SPDX-License-Identifier: MIT */
/* Adds a device to a configuration file without changing the rest of it. */
#include <string.h>

#include "cli/config/config_priv.h"
#include "cli/config/toml.h"
#include "base/util.h"

/* Append the element, and check that the result is still valid TOML. */
static bool add_element(struct ef_buf *text, uint16_t vid, uint16_t pid, struct ef_err *err)
{
	struct toml_doc *doc = NULL;
	bool is_line = text->len == 0 || text->data[text->len - 1] == '\n';

	if (!ef_buf_printf(text, err, "%s%s[[usb_device]]\nvid = \"%04x\"\npid = \"%04x\"\n",
			   is_line ? "" : "\n", text->len ? "\n" : "", vid, pid) ||
	    !toml_parse(text->data, text->len, &doc, err))
		return false;
	toml_free(doc);
	return true;
}

bool config_add_usb(const struct config *c, uint16_t vid, uint16_t pid, const char **ret_path,
		    struct ef_err *err)
{
	const struct config_file *file = NULL;
	struct ef_buf text = EF_BUF_INIT(TOML_SIZE_MAX);
	struct ef_err ignored = EF_ERR_INIT; /* a failure shows when the file is written */
	bool ok;

	for (size_t i = 0; i < CONFIG_FILES; i++)
		if (c->file[i].is_ports && c->file[i].path[0] &&
		    (!file || (!file->is_there && c->file[i].is_global)))
			file = &c->file[i];
	if (!file || (!file->is_there && !file->is_global)) {
		ef_fail(err, EF_E_IO, "there is no folder for '" CONFIG_PORTS "'");
		return ef_hint_own(err, "set the variable HOME");
	}
	if (!file->is_there)
		(void)ef_make_folders_above(file->path, 0777, &ignored);
	ok = (!file->is_there || ef_file_read(file->path, &text, err)) &&
	     add_element(&text, vid, pid, err) &&
	     ef_file_write(file->path, text.data, text.len, err);
	ef_buf_release(&text);
	if (ok)
		*ret_path = file->path;
	return ok;
}
