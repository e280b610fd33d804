/* SPDX-License-Identifier: MIT */
/* Puts a firmware together: ELF, partition table, app image, layout. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/firmware/firmware_priv.h"
#include "cli/ui/ui.h"

/* Used while the flash size is unknown: the largest size for which there is a code. */
#define ANY_FLASH_SIZE EF_MAX_IMAGE

struct firmware *firmware_new(struct cli *cli, const struct flash_config_args *config,
			      const struct image_args *image, const struct idf_args *idf,
			      struct ef_err *err)
{
	struct firmware *fw = calloc(1, sizeof(*fw));

	if (!fw) {
		ef_fail(err, EF_E_IO, "out of memory");
		return NULL;
	}
	fw->cli = cli;
	fw->config = config;
	fw->image = image;
	fw->idf = idf;
	fw->bootloader = (struct ef_buf)EF_BUF_INIT(EF_MIB);
	return fw;
}

void firmware_free(struct firmware *fw)
{
	if (!fw)
		return;
	if (fw->has_elf)
		ef_elf_release(&fw->elf);
	ef_map_release(&fw->elf_map);
	ef_buf_release(&fw->bootloader);
	free(fw->app);
	free(fw);
}

bool firmware_open_elf(struct firmware *fw, const char *path, bool needs_desc,
		       const struct ef_symbols_elf *content, struct ef_err *err)
{
	const uint8_t *data = content ? content->data : NULL;
	size_t len = content ? content->len : 0;

	fw->elf_path = path;
	if (content) {
		ef_map_release(&fw->elf_map);
	} else {
		if (!fw->elf_map.handle && !ef_map_open(&fw->elf_map, path, EF_MAX_ELF, err))
			return false;
		data = fw->elf_map.data;
		len = fw->elf_map.len;
	}
	if (!ef_elf_open(&fw->elf, data, len, err))
		return ef_context(err, "ELF '%s'", path);
	fw->has_elf = true;
	if (!needs_desc || fw->image->ignore_app_descriptor)
		return true;
	return ef_elf_check_app_desc(&fw->elf, err) || ef_context(err, "ELF '%s'", path);
}

/* Return the higher of --min-chip-rev and the revision in the ELF's metadata. */
static uint16_t least_revision(const struct firmware *fw)
{
	uint16_t wanted = (uint16_t)fw->image->min_chip_rev.value;

	return fw->elf.min_revision > wanted ? fw->elf.min_revision : wanted;
}

struct find_query firmware_query(const struct firmware *fw, enum find_kind kind,
				 const struct firmware_target *target)
{
	struct find_query q = { .kind = kind,
				.elf_path = fw->elf_path,
				.chip = target->chip,
				.revision = target->revision,
				.xtal_mhz = target->xtal_mhz };

	/* Without a chip, take the revision that the program needs, as espflash does. */
	if (q.revision == 0)
		q.revision = least_revision(fw);
	find_query_env(&q);
	return q;
}

/* ---- partition table ---- */

static struct ef_partition_opts table_opts(const struct firmware *fw,
					   const struct firmware_target *target)
{
	const struct idf_args *idf = fw->idf;
	uint32_t boot = target->chip ? target->chip->image.boot_addr : EF_PART_NO_OFFSET;

	return (struct ef_partition_opts){
		.table_offset = idf->partition_table_offset.value,
		.flash_size = target->flash_size,
		.bootloader_offset = idf->primary_bootloader_offset.is_set
					     ? idf->primary_bootloader_offset.value
					     : boot,
		.recovery_offset = idf->recovery_bootloader_offset.value,
	};
}

static bool read_table(struct firmware *fw, const char *path, const struct firmware_target *target,
		       struct ef_err *err)
{
	const struct ef_partition_opts opts = table_opts(fw, target);
	struct ef_buf file = EF_BUF_INIT(EF_MAX_CSV);
	bool ok;

	ok = ef_file_read(path, &file, err);
	if (ok && !ef_partition_parse(file.data, file.len, &opts, &fw->table, err))
		ok = ef_context(err, "partition table '%s'", path);
	ef_buf_release(&file);
	return ok;
}

/*
 * Like espflash, take one sector below the lowest partition, unless the table has a row for
 * itself.
 */
static uint32_t place_table(const struct firmware *fw)
{
	uint32_t lowest = UINT32_MAX;

	if (fw->idf->partition_table_offset.is_set)
		return fw->idf->partition_table_offset.value;
	for (size_t i = 0; i < fw->table.count; i++) {
		const struct ef_partition *p = &fw->table.part[i];

		if (p->type == EF_PART_TABLE)
			return p->offset;
		if (p->type != EF_PART_BOOTLOADER && p->offset < lowest)
			lowest = p->offset;
	}
	return lowest > EF_SECTOR && lowest != UINT32_MAX ? lowest - EF_SECTOR
							  : EF_PARTITION_TABLE_OFFSET;
}

static void say_table(struct firmware *fw, const char *path, const char *origin)
{
	if (path)
		ui_log(fw->cli, EF_LOG_INFO, "Partition table: '%s' (%s)", path, origin);
	else
		ui_log(fw->cli, EF_LOG_INFO, "Partition table: default, one factory app");
	if (fw->table_offset != EF_PARTITION_TABLE_OFFSET &&
	    !fw->idf->partition_table_offset.is_set)
		ui_log(fw->cli, EF_LOG_WARN,
		       "The partition table goes to 0x%" PRIx32
		       ", below the lowest partition; the bootloader must look for it there "
		       "(override with --partition-table-offset)",
		       fw->table_offset);
}

void firmware_origin(const struct firmware *fw, const char *option, struct find_result *ret)
{
	char who[CLI_ORIGIN_SIZE];

	cli_origin(fw->cli, option, who);
	(void)ef_snprintf(ret->origin, sizeof(ret->origin), "given by %s", who);
}

void firmware_tell_refused(const struct firmware *fw, const struct firmware_target *target,
			   const struct find_result *found)
{
	if (found->refused[0] && target->is_final)
		ui_log(fw->cli, EF_LOG_WARN, "not used: %s", found->refused);
}

bool firmware_load_table(struct firmware *fw, const struct firmware_target *target,
			 struct ef_err *err)
{
	struct find_query query = firmware_query(fw, FIND_TABLE, target);
	struct find_result found = { .path = "" };
	unsigned at = 0;
	bool has_one = false;

	if (fw->idf->partition_table) {
		firmware_origin(fw, "partition-table", &found);
		if (!read_table(fw, fw->idf->partition_table, target, err))
			return false;
		has_one = ef_strlcpy(found.path, sizeof(found.path), fw->idf->partition_table);
	}
	while (!has_one && find_firmware(&query, &at, &found)) {
		struct ef_err why = EF_ERR_INIT;

		has_one = read_table(fw, found.path, target, &why);
		/*
		 * The user did not name this file, so an error in it is a warning, and the
		 * search goes on.
		 */
		if (!has_one && target->is_final)
			ui_log(fw->cli, EF_LOG_WARN, "not used: %s", why.msg);
	}
	firmware_tell_refused(fw, target, &found);
	if (has_one)
		fw->table_from = found;
	else
		ef_partition_default_at(fw->idf->partition_table_offset.value,
					target->flash_size ? target->flash_size : ANY_FLASH_SIZE,
					&fw->table);
	fw->table_offset = place_table(fw);
	if (target->is_final)
		say_table(fw, has_one ? found.path : NULL, found.origin);
	return true;
}

/* ---- app and layout ---- */

/*
 * Return whether the app was built with the same options already. Building it again would hash the
 * ELF again, which is most of the work.
 */
static bool is_built(const struct firmware *fw, const struct ef_image_opts *opts)
{
	const struct ef_image_opts *old = &fw->app_opts;

	return fw->app && old->chip == opts->chip && old->flash.mode == opts->flash.mode &&
	       old->flash.freq_mhz == opts->flash.freq_mhz && old->flash.size == opts->flash.size &&
	       old->xtal_mhz == opts->xtal_mhz && old->chip_revision == opts->chip_revision &&
	       old->bootloader == opts->bootloader &&
	       (fw->bootloader.len < sizeof(fw->app_inherited) ||
		memcmp(fw->app_inherited, fw->bootloader.data, sizeof(fw->app_inherited)) == 0);
}

static bool build_app(struct firmware *fw, const struct ef_image_opts *opts, struct ef_err *err)
{
	if (is_built(fw, opts))
		return true;
	free(fw->app);
	fw->app = NULL;
	if (!ef_image_build(&fw->elf, opts, &fw->app, &fw->app_len, err))
		return err->code == EF_E_INPUT && ef_context(err, "ELF '%s'", fw->elf_path);
	fw->app_opts = *opts;
	if (fw->bootloader.len >= sizeof(fw->app_inherited))
		memcpy(fw->app_inherited, fw->bootloader.data, sizeof(fw->app_inherited));
	return true;
}

static void warn_doubt(void *user, const char *text)
{
	const struct firmware *fw = user;

	ui_log(fw->cli, EF_LOG_WARN, "%s: %s", fw->elf_path, text);
}

bool firmware_lay_out(struct firmware *fw, const struct firmware_target *target, const uint8_t *app,
		      size_t app_len, struct ef_err *err)
{
	const struct ef_firmware_parts parts = {
		.chip = target->chip,
		.flash_size = target->flash_size ? target->flash_size : ANY_FLASH_SIZE,
		.bootloader = fw->bootloader.data,
		.bootloader_len = fw->bootloader.len,
		.table = &fw->table,
		.table_offset = fw->table_offset,
		.target_label = fw->idf->target_app_partition,
		.app = app,
		.app_len = app_len,
	};

	return ef_firmware_layout(&parts, &fw->layout, err);
}

bool firmware_build(struct firmware *fw, const struct firmware_target *target, struct ef_err *err)
{
	const struct ef_image_opts opts = {
		.chip = target->chip,
		.flash = firmware_settings(fw, target),
		.min_revision = (uint16_t)fw->image->min_chip_rev.value,
		.chip_revision = fw->has_bootloader ? 0 : target->revision,
		.mmu_page_size = fw->image->mmu_page_size.value,
		.ignore_app_desc = fw->image->ignore_app_descriptor,
		.xtal_mhz = target->xtal_mhz ? (uint8_t)target->xtal_mhz
					     : target->chip->image.default_xtal_mhz,
		.bootloader = fw->has_bootloader ? &fw->bootloader_info : NULL,
	};

	if (target->is_final)
		ef_image_doubts(&fw->elf, target->chip, warn_doubt, fw);
	if (!build_app(fw, &opts, err))
		return false;
	return firmware_lay_out(fw, target, fw->app, fw->app_len, err);
}

void firmware_expect(const struct firmware *fw, struct ef_app_desc *desc,
		     struct ef_start_expect *ret)
{
	const struct ef_partition *app = fw->layout.app_partition;
	size_t apps = 0;

	for (size_t i = 0; i < fw->table.count; i++)
		apps += fw->table.part[i].type == EF_PART_APP;
	*ret = (struct ef_start_expect){ .has_offset = app != NULL,
					 .is_only = apps == 1,
					 .offset = app ? app->offset : 0 };
	if (!ef_image_app_desc(fw->app, fw->app_len, desc))
		return;
	ret->project = desc->project;
	ret->version = desc->version;
	ret->elf_sha256 = desc->elf_sha256;
}

void firmware_json(const struct firmware *fw, struct json_out *j)
{
	const char *bootloader = fw->bootloader_from.path, *table = fw->table_from.path;

	json_begin_object(j, "app");
	json_text(j, "file", fw->elf_path);
	json_number(j, "size", fw->app_len);
	json_text(j, "partition", fw->layout.app_partition->name);
	json_number(j, "partition_size", fw->layout.app_partition->size);
	json_end(j);
	json_text(j, "bootloader", *bootloader ? bootloader : NULL);
	json_text(j, "partition_table", *table ? table : NULL);
}

void firmware_print_size(const struct firmware *fw, FILE *out)
{
	char app[EF_NUMBER_SIZE], part[EF_NUMBER_SIZE];
	uint32_t size = fw->layout.app_partition->size;

	ef_number(app, fw->app_len);
	ef_number(part, size);
	fprintf(out, "App/part. size:    %s/%s bytes, %.2f%%\n", app, part,
		(double)fw->app_len / (double)size * 100.0);
	fflush(out);
}

/* ---- partitions to erase ---- */

static bool unknown_label(const struct firmware *fw, const char *label, struct ef_err *err)
{
	char names[300] = "";

	for (size_t i = 0; i < fw->table.count; i++) {
		size_t len = strlen(names);

		(void)ef_snprintf(names + len, sizeof(names) - len, "%s%s", i ? ", " : "",
				  fw->table.part[i].name);
	}
	ef_fail(err, EF_E_INPUT, "the partition table has no partition '%s' to erase", label);
	return ef_hint_own(err, "it has: %s", names);
}

bool firmware_mark_erase(const struct firmware *fw, const struct opt_list *labels,
			 const struct opt_list *types, bool ret[EF_PARTITIONS_MAX],
			 struct ef_err *err)
{
	uint8_t subtype;

	memset(ret, 0, EF_PARTITIONS_MAX * sizeof(ret[0]));
	for (size_t i = 0; i < labels->count; i++) {
		const struct ef_partition *p = ef_partition_find(&fw->table, labels->item[i]);

		if (!p)
			return unknown_label(fw, labels->item[i], err);
		ret[p - fw->table.part] = true;
	}
	for (size_t i = 0; i < types->count; i++) {
		if (!ef_partition_data_subtype(types->item[i], &subtype))
			return ef_fail(err, EF_E_USAGE, "'%s' is not a data partition type",
				       types->item[i]);
		for (size_t k = 0; k < fw->table.count; k++)
			if (fw->table.part[k].type == EF_PART_DATA &&
			    fw->table.part[k].subtype == subtype)
				ret[k] = true;
	}
	return true;
}
