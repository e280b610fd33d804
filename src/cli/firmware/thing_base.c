/* SPDX-License-Identifier: MIT */
/*
 * Completes a thing that has only an app, as some downloads and builds do. On a blank chip the app
 * would never start, so it gets what an ELF gets: the bootloader that the user named or that is on
 * this machine, the table that the user named or the default one, and a place in the first app
 * slot.
 */
#include "cli/firmware/thing_place.h"

#include <inttypes.h>

#include "cli/board/sink.h"
#include "cli/bootloader/boot_find.h"
#include "cli/ui/ui.h"
#include <espflash/content.h>

static bool is_app_alone(const struct ef_input *in)
{
	return in->part_count == 1 && in->parts[0].is_app;
}

/* Find out whether this sector is erased. */
static bool is_erased(struct session *s, uint32_t addr, bool *ret, struct ef_err *err)
{
	struct ef_buf data = EF_BUF_INIT(EF_SECTOR);
	bool ok = ef_flasher_read_labelled(s->flasher, addr, EF_SECTOR, "flash content",
					   sink_to_buf, &data, err);

	*ret = ok && ef_content_of(data.data, data.len) == EF_CONTENT_BLANK;
	ef_buf_release(&data);
	return ok;
}

/*
 * The chip is blank if it has nothing where the ROM looks for a bootloader and nothing where a
 * bootloader looks for its table. A chip with a bootloader may have its table elsewhere, so make no
 * guess about it.
 */
static bool is_blank(struct session *s, uint32_t table, bool *ret, struct ef_err *err)
{
	const struct ef_device *dev = ef_flasher_device(s->flasher);

	*ret = false;
	if (dev->is_secure_download)
		return true;
	return is_erased(s, dev->chip->image.boot_addr, ret, err) &&
	       (!*ret || is_erased(s, table, ret, err));
}

static bool check_given(struct cli *cli, const struct thing *t, bool blank, struct ef_err *err)
{
	if (blank || !cli_is_given(cli, "bootloader") || cli_is_given(cli, "partition-table"))
		return true;
	ef_fail(err, EF_E_USAGE,
		"'%s' is an app, and the chip is not blank: '--bootloader' alone would keep the "
		"chip's partition table, which need not be where the bootloader looks for it",
		t->path);
	return ef_hint_own(err, "name the table, too, with '--partition-table'; or leave both out");
}

static bool make(struct thing_place *place, struct thing *t, const struct firmware_target *target,
		 struct ef_err *err)
{
	struct ef_input_part *part = &t->input.parts[0];
	struct firmware *fw = place->base;

	fw->elf_path = t->path;
	if (!firmware_load_table(fw, target, err) || !firmware_load_bootloader(fw, target, err))
		return false;
	if (!fw->has_bootloader)
		return boot_none(target->chip,
				 ", and the chip is blank: the app alone would not start", true,
				 err);
	if (!firmware_lay_out(fw, target, part->data, part->len, err))
		return false;
	part->addr = fw->layout.app_partition->offset;
	part->is_app = false;
	part->role = EF_ROLE_APP;
	t->input.table_offset = fw->table_offset;
	return true;
}

bool thing_base(struct thing_place *ret, struct cli *cli, struct thing *t, struct session *s,
		const struct flash_config_args *settings, const struct flash_args *args,
		struct ef_err *err)
{
	const struct ef_device *dev = ef_flasher_device(s->flasher);
	const struct firmware_target target = {
		.chip = dev->chip,
		.revision = dev->has_revision ? dev->revision : 0,
		.xtal_mhz = dev->xtal_mhz,
		.flash_size = settings->size    ? (uint32_t)settings->size
			      : dev->flash_size ? dev->flash_size
						: FIRMWARE_FLASH_SIZE,
		.wants_bootloader = true,
		.takes_any = true,
		.is_final = true,
	};
	const struct opt_u32 *table = &args->idf.partition_table_offset;
	bool blank;

	if (!is_app_alone(&t->input))
		return true;
	if (!is_blank(s, table->is_set ? table->value : EF_PARTITION_TABLE_OFFSET, &blank, err) ||
	    !check_given(cli, t, blank, err))
		return false;
	if (!blank && !cli_is_given(cli, "partition-table"))
		return true;
	if (blank)
		ui_log(cli, EF_LOG_INFO,
		       "The chip is blank: the app gets a bootloader and a partition table");
	ret->base = firmware_new(cli, settings, &args->image, &args->idf, err);
	return ret->base && make(ret, t, &target, err);
}

/* ---- without a board ---- */

static bool preview(struct cli *cli, struct firmware *fw, const struct firmware_target *target,
		    struct ef_err *err)
{
	const struct ef_partition *app;

	if (!firmware_load_table(fw, target, err) || !firmware_load_bootloader(fw, target, err))
		return false;
	app = ef_partition_target(&fw->table, NULL);
	if (!fw->has_bootloader)
		ui_log(cli, EF_LOG_INFO,
		       "No bootloader for %s was found: the app alone would not start on a blank "
		       "chip (see 'bootloaders')",
		       target->chip->label);
	else if (app)
		ui_log(cli, EF_LOG_INFO,
		       "On a blank chip: bootloader at 0x%" PRIx32 ", partition table at 0x%" PRIx32
		       ", app at 0x%" PRIx32,
		       target->chip->image.boot_addr, fw->table_offset, app->offset);
	return true;
}

bool thing_base_preview(struct cli *cli, const struct thing *t,
			const struct flash_config_args *settings, const struct flash_args *args,
			struct ef_err *err)
{
	const struct firmware_target target = {
		.chip = t->input.chip,
		.flash_size = settings->size > 0 ? (uint32_t)settings->size : FIRMWARE_FLASH_SIZE,
		.wants_bootloader = true,
		.takes_any = true,
		.is_final = true,
	};
	struct firmware *fw;
	bool ok;

	if (!is_app_alone(&t->input) || !t->input.chip)
		return true;
	ui_log(cli, EF_LOG_INFO,
	       "The app goes to the slot that the chip starts; a blank chip gets a bootloader and "
	       "a partition table, too");
	fw = firmware_new(cli, settings, &args->image, &args->idf, err);
	if (!fw)
		return false;
	fw->elf_path = t->path;
	ok = preview(cli, fw, &target, err);
	firmware_free(fw);
	return ok;
}
