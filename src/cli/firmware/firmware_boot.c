/* SPDX-License-Identifier: MIT */
/*
 * Chooses the bootloader of a firmware: the one that the user named, else the project's own, else
 * the best on this machine.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/bootloader/boot_find.h"
#include "cli/firmware/firmware_priv.h"
#include "cli/ui/ui.h"

struct ef_flash_settings firmware_settings(const struct firmware *fw,
					   const struct firmware_target *target)
{
	return (struct ef_flash_settings){
		.mode = fw->config->mode_plus ? (enum ef_flash_mode)(fw->config->mode_plus - 1)
					      : EF_MODE_KEEP,
		.freq_mhz = (uint16_t)fw->config->freq_mhz,
		.size = target->keeps_size   ? 0
			: target->flash_size ? target->flash_size
					     : FIRMWARE_FLASH_SIZE,
		.keeps = target->keeps_size,
	};
}

static void warn_stale(const struct firmware *fw, const char *path)
{
	struct ef_err ignored = EF_ERR_INIT; /* patching reports it */
	struct ef_image_info info;

	if (ef_image_parse(fw->bootloader.data, fw->bootloader.len, &info, &ignored) &&
	    ef_image_boots(&info, &ignored) && !info.is_digest_valid)
		ui_log(fw->cli, EF_LOG_WARN,
		       "'%s': the SHA-256 digest is wrong, as after a change of the flash settings "
		       "without a new digest; the written copy gets the correct digest",
		       path);
}

/* Patch what fw->bootloader has now. */
static bool patch_bootloader(struct firmware *fw, const char *path,
			     const struct firmware_target *target, struct ef_err *err)
{
	const struct ef_flash_settings settings = firmware_settings(fw, target);

	if (target->is_final)
		warn_stale(fw, path);
	return ef_bootloader_patch(fw->bootloader.data, fw->bootloader.len, target->chip, &settings,
				   &fw->bootloader_info, err) ||
	       ef_context(err, "bootloader '%s'", path);
}

static bool read_bootloader(struct firmware *fw, const char *path,
			    const struct firmware_target *target, struct ef_err *err)
{
	ef_buf_release(&fw->bootloader);
	return ef_file_read(path, &fw->bootloader, err) && patch_bootloader(fw, path, target, err);
}

bool firmware_bootloader_chip(const struct firmware *fw, const struct ef_chip **ret,
			      struct ef_err *err)
{
	struct ef_buf file = EF_BUF_INIT(EF_MIB);
	struct ef_image_info info;
	bool ok;

	*ret = NULL;
	if (!fw->idf->bootloader)
		return true;
	ok = ef_file_read(fw->idf->bootloader, &file, err);
	if (ok && !ef_image_parse(file.data, file.len, &info, err))
		ok = ef_context(err, "bootloader '%s'", fw->idf->bootloader);
	if (ok)
		*ret = ef_chip_by_image_id(info.chip_id);
	ef_buf_release(&file);
	return ok;
}

/* Find the bootloader that the project's own build made. */
static void find_project(struct firmware *fw, const struct firmware_target *target,
			 struct find_result *found)
{
	struct find_query query = firmware_query(fw, FIND_BOOTLOADER, target);
	unsigned at = 0;

	while (!fw->has_bootloader && find_firmware(&query, &at, found)) {
		struct ef_err why = EF_ERR_INIT;

		fw->has_bootloader = read_bootloader(fw, found->path, target, &why);
		if (!fw->has_bootloader && target->is_final)
			ui_log(fw->cli, EF_LOG_WARN, "not used: %s", why.msg);
	}
}

/* Find a bootloader of another origin, made for any board. */
static void find_any(struct firmware *fw, const struct firmware_target *target,
		     struct find_result *found)
{
	struct find_query query = firmware_query(fw, FIND_BOOTLOADER, target);
	const struct boot_want want = { .mode = fw->config->mode_plus - 1,
					.freq_mhz = (uint16_t)fw->config->freq_mhz,
					.takes_any = target->takes_any };
	struct ef_err err = EF_ERR_INIT;
	struct boot_found *b = malloc(sizeof(*b));
	char why[FIND_ORIGIN_SIZE] = "";

	if (b && query.chip && boot_choose(&query, &want, b, why)) {
		ef_buf_release(&fw->bootloader);
		(void)ef_strlcpy(found->path, sizeof(found->path), b->path);
		boot_origin(b, found->origin, sizeof(found->origin));
		fw->has_bootloader = ef_buf_add(&fw->bootloader, b->content, b->boot.len, &err) &&
				     patch_bootloader(fw, found->path, target, &err);
		if (!fw->has_bootloader)
			(void)ef_strlcpy(why, sizeof(why), err.msg);
		free(b->content);
	}
	if (!fw->has_bootloader && *why && target->is_final)
		ui_log(fw->cli, EF_LOG_WARN, "not used: %s", why);
	free(b);
}

bool firmware_load_bootloader(struct firmware *fw, const struct firmware_target *target,
			      struct ef_err *err)
{
	struct find_result found = { .path = "" };

	fw->has_bootloader = false;
	if (fw->idf->bootloader) {
		firmware_origin(fw, "bootloader", &found);
		if (!read_bootloader(fw, fw->idf->bootloader, target, err))
			return false;
		fw->has_bootloader = ef_strlcpy(found.path, sizeof(found.path),
						fw->idf->bootloader);
	} else if (target->wants_bootloader) {
		find_project(fw, target, &found);
		firmware_tell_refused(fw, target, &found);
		if (!fw->has_bootloader)
			find_any(fw, target, &found);
	}
	if (!fw->has_bootloader)
		return true;
	fw->bootloader_from = found;
	if (target->is_final)
		ui_log(fw->cli, EF_LOG_INFO, "Bootloader: '%s' (%s)", found.path, found.origin);
	return true;
}

uint32_t firmware_header_size(struct firmware *fw, const struct ef_chip *chip)
{
	const struct firmware_target target = { .chip = chip,
						.wants_bootloader = true,
						.keeps_size = true };
	struct ef_err ignored = EF_ERR_INIT; /* the final build reports it */
	uint32_t size;

	if (!firmware_load_bootloader(fw, &target, &ignored) || !fw->has_bootloader)
		return 0;
	size = ef_flash_size_bytes(fw->bootloader_info.size_code);
	if (size)
		ui_log(fw->cli, EF_LOG_WARN,
		       "The flash size can't be read in secure download mode: the bootloader's "
		       "header says %s (override with --flash-size)",
		       ef_flash_size_name(size));
	return size;
}

void firmware_inherit(struct firmware *fw, const struct ef_image_info *info)
{
	ef_buf_release(&fw->bootloader);
	/* An app that was built without this header must be built again. */
	free(fw->app);
	fw->app = NULL;
	fw->bootloader_info = *info;
	fw->has_bootloader = true;
}

/*
 * ESP-IDF's bootloader relies on the flash size in its own header, and refuses to start if a
 * partition ends beyond that ("exceeds flash chip size"). The header of a kept bootloader does not
 * change, so the partitions must fit its size.
 */
bool firmware_fit_inherited(struct firmware *fw, struct firmware_target *target, struct ef_err *err)
{
	uint32_t size = ef_flash_size_bytes(fw->bootloader_info.size_code);

	if (size == 0 || size >= target->flash_size)
		return true;
	ui_log(fw->cli, EF_LOG_WARN,
	       "The bootloader on the chip is made for %s of flash: "
	       "the rest of the %s stays unused (--bootloader changes that)",
	       ef_flash_size_name(size), ef_flash_size_name(target->flash_size));
	target->flash_size = size;
	if (!*fw->table_from.path) {
		ef_partition_default_at(fw->table_offset, size, &fw->table);
		return true;
	}
	for (size_t i = 0; i < fw->table.count; i++) {
		const struct ef_partition *p = &fw->table.part[i];

		if (ef_range_ok(p->offset, p->size, size))
			continue;
		ef_fail(err, EF_E_INPUT,
			"partition '%s' (0x%08" PRIx32 ", %" PRIu32 " bytes) ends "
			"beyond the %s that the bootloader on the chip knows of",
			p->name, p->offset, p->size, ef_flash_size_name(size));
		return ef_hint_own(err,
				   "name a bootloader with --bootloader, which is then set to the "
				   "size of the flash, or use a table for %s",
				   ef_flash_size_name(size));
	}
	return true;
}
