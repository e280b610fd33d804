/* SPDX-License-Identifier: MIT */
/* save-image: writes a firmware to a file or to a folder, without a chip. */
#include "cli/cmd/cmd.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/bundle/bundle.h"
#include "cli/bundle/bundle_pairs.h"
#include "cli/ui/json_out.h"
#include "cli/ui/ui.h"

const char *save_image_written(const void *args)
{
	return bundle_output(args);
}

/* The output of a run. */
struct outputs {
	const char *file; /* NULL: no file */
	const char *dir;  /* NULL: no folder */
	size_t size;      /* bytes in the file */
};

static bool find_outputs(const struct save_image_args *a, struct outputs *ret, struct ef_err *err)
{
	const char *word = bundle_output(a);

	*ret = (struct outputs){ .file = word ? word : a->output,
				 .dir = a->openocd ? a->openocd : a->split };
	if (!bundle_is_pairs(a) && a->more.count > (word != NULL)) {
		ef_fail(err, EF_E_USAGE, "'save-image' takes no further argument '%s'",
			a->more.item[word != NULL]);
		return ef_hint_own(err,
				   "several files are merged with their addresses: ADDRESS FILE "
				   "ADDRESS FILE");
	}
	if (ret->file || ret->dir)
		return true;
	ef_fail(err, EF_E_USAGE, "'save-image' needs the name of the file to write");
	return ef_hint_own(err, "name it last, or after --output; --split and --openocd write a "
				"folder");
}

/* ---- what was saved ---- */

static void json_elf(struct json_out *j, const struct firmware *fw)
{
	json_number(j, "app_size", fw->app_len);
	json_text(j, "partition", fw->layout.app_partition->name);
	json_number(j, "partition_size", fw->layout.app_partition->size);
	json_text(j, "bootloader", *fw->bootloader_from.path ? fw->bootloader_from.path : NULL);
	json_text(j, "partition_table", *fw->table_from.path ? fw->table_from.path : NULL);
}

static void add_json(struct json_out *j, const struct bundle *b, const struct ef_input *saved,
		     const struct outputs *out)
{
	static const char *const formats[] = { "raw", "hex", "uf2" };
	const struct save_image_args *a = b->args;

	json_text(j, "chip", b->chip ? b->chip->name : NULL);
	json_text(j, "file", out->file);
	if (out->file)
		json_number(j, "size", out->size);
	else
		json_null(j, "size");
	json_text(j, "folder", out->dir);
	json_text(j, "format", formats[a->idf.format]);
	json_bool(j, "merge", bundle_is_merged(b));
	json_bool(j, "skip_padding", a->skip_padding);
	if (b->fw)
		json_elf(j, b->fw);
	thing_json_parts(j, saved);
}

static bool print_saved(struct cli *cli, const struct bundle *b, const struct outputs *out,
			struct ef_err *err)
{
	struct ef_input saved = *b->parts;
	struct ef_input_part app;
	struct json_out *j;

	if (!out->dir && !bundle_is_merged(b)) {
		if (!bundle_find_app(b, &app, err))
			return false;
		saved.parts = &app;
		saved.part_count = 1;
	}
	if (cli->is_json) {
		j = json_new(cli->command);
		add_json(j, b, &saved, out);
		return ui_result(cli, j, err);
	}
	if (b->kind != BUNDLE_ELF)
		thing_print_input(cli->out, &saved);
	return true;
}

static void say_done(struct cli *cli, const struct bundle *b, const struct outputs *out)
{
	char size[EF_NUMBER_SIZE];

	if (out->dir && b->args->openocd)
		ui_log(cli, EF_LOG_INFO, "Flash it with: openocd -f '%s/flash.cfg'", out->dir);
	if (out->file && b->kind != BUNDLE_ELF) {
		ef_number(size, out->size);
		ui_log(cli, EF_LOG_INFO, "'%s' has %s bytes", out->file, size);
	}
	ui_log(cli, EF_LOG_INFO, "Image successfully saved!");
}

/* ---- the command ---- */

static bool save(const struct bundle *b, struct outputs *out, struct ef_err *err)
{
	if (out->file && bundle_has_source(b, out->file)) {
		ef_fail(err, EF_E_USAGE, "'%s' is an input and would be overwritten", out->file);
		return ef_hint_own(err, "give the output file another name");
	}
	if (out->file && !bundle_write_file(b, out->file, &out->size, err))
		return false;
	return !out->dir || bundle_write_dir(b, out->dir, b->args->openocd != NULL, err);
}

bool cmd_save_image(struct cli *cli, const void *args, struct ef_err *err)
{
	const struct save_image_args *a = args;
	struct bundle *b = calloc(1, sizeof(*b));
	struct outputs out;
	bool ok;

	if (!b)
		return ef_fail(err, EF_E_IO, "out of memory");
	ok = find_outputs(a, &out, err) && (!out.file || ui_yield_stdout(cli, out.file, err)) &&
	     bundle_open(b, cli, a, err);
	ok = ok && save(b, &out, err) && print_saved(cli, b, &out, err);
	if (ok)
		say_done(cli, b, &out);
	bundle_release(b);
	free(b);
	return ok;
}
