/* SPDX-License-Identifier: MIT */
/* save-image: writes a firmware to a file, without a chip. */
#include "cli/cmd/cmd.h"

#include <stdlib.h>
#include <string.h>

#include "cli/firmware/boot_find.h"
#include "cli/firmware/firmware.h"
#include "cli/ui/json_out.h"
#include "cli/ui/ui.h"

static bool print_json(struct cli *cli, const struct save_image_args *a, const struct firmware *fw,
		       size_t size, struct ef_err *err)
{
	struct json_out *j = json_new(cli->command);

	json_text(j, "chip", a->chip->name);
	json_text(j, "file", a->output);
	json_number(j, "size", size);
	json_bool(j, "merge", a->merge);
	json_bool(j, "skip_padding", a->skip_padding);
	json_number(j, "app_size", fw->app_len);
	json_text(j, "partition", fw->layout.app_partition->name);
	json_number(j, "partition_size", fw->layout.app_partition->size);
	json_text(j, "bootloader", *fw->bootloader_from.path ? fw->bootloader_from.path : NULL);
	json_text(j, "partition_table", *fw->table_from.path ? fw->table_from.path : NULL);
	return ui_result(cli, j, err);
}

static bool save(struct cli *cli, const struct save_image_args *a, const struct firmware *fw,
		 uint32_t flash_size, struct ef_err *err)
{
	uint8_t *merged = NULL;
	const uint8_t *data = fw->app;
	size_t len = fw->app_len;
	bool ok = true;

	if (a->merge) {
		ok = ef_firmware_merge(&fw->layout, flash_size, a->skip_padding, &merged, &len,
				       err);
		data = merged;
	}
	ok = ok && ef_file_write(a->output, data, len, err);
	free(merged);
	if (ok && cli->is_json)
		return print_json(cli, a, fw, len, err);
	return ok;
}

/* espflash prints these facts before it builds the image. */
static void print_start(struct cli *cli, const struct save_image_args *a)
{
	if (cli->is_json)
		return;
	fprintf(cli->out, "Chip type:         %s\n", a->chip->name);
	fprintf(cli->out, "Merge:             %s\n", a->merge ? "true" : "false");
	fprintf(cli->out, "Skip padding:      %s\n", a->skip_padding ? "true" : "false");
}

/* Refuse to replace the ELF by the image. */
static bool check_output(const struct save_image_args *a, struct ef_err *err)
{
	char *in = realpath(a->file, NULL), *out = realpath(a->output, NULL);
	bool same = in && out && strcmp(in, out) == 0;

	free(in);
	free(out);
	if (!same)
		return true;
	ef_fail(err, EF_E_USAGE, "'%s' is the ELF itself: the image would replace it", a->output);
	return ef_hint_own(err, "give the image a name of its own");
}

bool cmd_save_image(struct cli *cli, const void *args, struct ef_err *err)
{
	const struct save_image_args *a = args;
	struct firmware_target target = {
		.chip = a->chip,
		.xtal_mhz = (uint32_t)a->xtal_mhz,
		.flash_size = a->config.size ? (uint32_t)a->config.size : 4u * EF_MIB,
		.wants_bootloader = a->merge,
		.takes_any = true,
		.is_final = true,
	};
	struct firmware *fw = firmware_new(cli, &a->config, &a->image, &a->idf, err);
	bool ok = false;

	if (!fw || !check_output(a, err) || !ui_yield_stdout(cli, a->output, err) ||
	    !firmware_open_elf(fw, a->file, true, NULL, err) ||
	    !ef_elf_check_chip(&fw->elf, a->chip, err) || !firmware_load_table(fw, &target, err) ||
	    !firmware_load_bootloader(fw, &target, err))
		goto out;
	if (a->merge && !fw->has_bootloader) {
		boot_none(a->chip, ", and a merged image needs one", true, err);
		goto out;
	}
	print_start(cli, a);
	if (!firmware_build(fw, &target, err))
		goto out;
	if (!cli->is_json)
		firmware_print_size(fw, cli->out);
	ok = save(cli, a, fw, target.flash_size, err);
	if (ok)
		ui_log(cli, EF_LOG_INFO, "Image successfully saved!");
out:
	firmware_free(fw);
	return ok;
}
