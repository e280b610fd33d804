/* SPDX-License-Identifier: MIT */
/* Makes the plan of an ELF's firmware, as far as it is known without a board. */
#include "cli/firmware/firmware_plan.h"

#include "cli/firmware/thing.h"
#include "cli/ui/ui.h"

static const char *file_of(const struct firmware *fw, const struct ef_region *r)
{
	if (r->data == fw->app)
		return fw->elf_path;
	return r->data == fw->layout.table_bin ? fw->table_from.path : fw->bootloader_from.path;
}

static void fill(const struct firmware *fw, const struct ef_chip *chip, struct ef_input *in,
		 struct ef_input_part *parts)
{
	in->format = "an ELF";
	in->chip = chip;
	in->parts = parts;
	for (size_t i = 0; i < fw->layout.count; i++) {
		const struct ef_region *r = &fw->layout.region[i];
		struct ef_input_part *p = &parts[in->part_count++];

		p->addr = r->addr;
		p->data = r->data;
		p->len = r->len;
		(void)ef_strlcpy(p->name, sizeof(p->name), r->label);
		(void)ef_strlcpy(p->origin, sizeof(p->origin), file_of(fw, r));
		ef_clean_text(p->origin);
	}
}

bool firmware_show_plan(struct cli *cli, const struct firmware *fw, const struct ef_chip *chip,
			bool encrypts, struct ef_err *err)
{
	struct ef_input_part parts[EF_ARRAY_LEN(((struct ef_firmware *)0)->region)] = { 0 };
	struct thing t = { .path = fw->elf_path };
	struct json_out *j;

	if (!chip) {
		ef_fail(err, EF_E_USAGE, "the ELF does not name its chip");
		return ef_hint_own(err,
				   "name it with '--chip'; 'espflash-c board-info' shows which "
				   "chip a board has");
	}
	fill(fw, chip, &t.input, parts);
	for (size_t i = 0; i < t.input.part_count; i++)
		parts[i].is_encrypted = encrypts;
	if (!fw->has_bootloader)
		ui_log(cli, EF_LOG_INFO, "No bootloader file was found: the chip's would be kept");
	if (!cli->is_json) {
		thing_print(cli, &t);
		return true;
	}
	j = json_new(cli->command);
	thing_json(j, &t);
	return ui_result(cli, j, err);
}
