/* SPDX-License-Identifier: MIT */
/*
 * Patches the bootloader among files. The rules are those of esptool's _update_image_flash_params:
 * only a valid image at the boot address, only the settings that the user gave, and nothing where
 * secure boot or secure download mode is on.
 */
#include "cli/firmware/boot_header.h"

#include <inttypes.h>
#include <string.h>

#include "cli/ui/ui.h"
#include "base/hash.h"

void boot_header_detect(struct flash_config_args *args, const struct ef_device *dev)
{
	if (args->size == FLASH_SIZE_DETECT)
		args->size = (int)dev->flash_size;
}

bool boot_header_size(struct cli *cli, const struct flash_config_args *args, struct session *s,
		      struct ef_err *err)
{
	const struct ef_device *dev = ef_flasher_device(s->flasher);
	uint32_t size = (uint32_t)args->size;

	if (!size)
		return true;
	if (dev->flash_size && size > dev->flash_size)
		ui_log(cli, EF_LOG_WARN, "--flash-size says %s, the chip's flash has %s",
		       ef_flash_size_name(size), ef_flash_size_name(dev->flash_size));
	return size == dev->flash_size || ef_flasher_set_flash_size(s->flasher, size, err);
}

bool boot_header_fits(uint32_t addr, const uint8_t *data, size_t len, const struct ef_chip *chip,
		      struct ef_image_info *info)
{
	struct ef_err ignored = EF_ERR_INIT; /* the gate reports files that are no bootloader */

	return addr == chip->image.boot_addr && ef_image_parse(data, len, info, &ignored) &&
	       info->chip_id == chip->image_id && ef_image_boots(info, &ignored);
}

static const struct pair *find_bootloader(const struct pairs *pairs, const struct ef_chip *chip,
					  struct ef_image_info *info)
{
	for (size_t i = 0; i < pairs->count; i++) {
		const struct pair *p = &pairs->pair[i];

		if (boot_header_fits(p->place.addr, p->file.data, p->file.len, chip, info))
			return p;
	}
	return NULL;
}

bool boot_header_is_asked(const struct flash_config_args *args)
{
	return args->freq_mhz || args->mode_plus || args->size;
}

static void say_patched(struct cli *cli, const struct boot_header *h,
			const struct ef_image_info *info, const struct ef_chip *chip)
{
	uint16_t mhz = h->settings.freq_mhz; /* several may have the same code */

	ui_log(cli, EF_LOG_INFO, "'%s': flash settings set to %s, %uMHz, %s", h->pair->path,
	       ef_flash_mode_name((enum ef_flash_mode)info->mode),
	       mhz ? mhz : ef_chip_freq_mhz(chip, info->freq_code),
	       ef_flash_size_name(ef_flash_size_bytes(info->size_code)));
}

static bool patch(struct cli *cli, const struct ef_chip *chip, struct boot_header *h,
		  struct ef_err *err)
{
	const struct pair *p = h->pair;
	struct ef_image_info info;

	if (!ef_buf_add(&h->content, p->file.data, p->file.len, err) ||
	    !ef_bootloader_patch(h->content.data, h->content.len, chip, &h->settings, &info, err))
		return false;
	if (memcmp(h->content.data, p->file.data, 4) != 0)
		say_patched(cli, h, &info, chip);
	return true;
}

bool boot_header_patch(struct cli *cli, const struct flash_config_args *args,
		       const struct pairs *pairs, const struct ef_device *dev,
		       struct boot_header *ret, struct ef_err *err)
{
	struct ef_image_info info;
	const struct pair *p = find_bootloader(pairs, dev->chip, &info);

	*ret = (struct boot_header){
		.content = EF_BUF_INIT(EF_MAX_IMAGE),
		.settings = { .mode = args->mode_plus ? (enum ef_flash_mode)(args->mode_plus - 1)
						      : EF_MODE_KEEP,
			      .freq_mhz = (uint16_t)args->freq_mhz,
			      .size = (uint32_t)args->size,
			      .keeps = true,
			      .as_esptool = true },
	};
	if (!p) {
		if (args->freq_mhz || args->mode_plus)
			ui_log(cli, EF_LOG_WARN,
			       "No bootloader is among the files, so no flash settings are "
			       "changed: they are in its header");
		return true;
	}
	if (!boot_header_is_asked(args) && info.is_digest_valid)
		return true;
	if (dev->is_secure_boot || dev->is_secure_download) {
		if (boot_header_is_asked(args))
			ui_log(cli, EF_LOG_WARN,
			       "Secure boot or secure download mode is on: the flash settings in "
			       "'%s' stay as they are",
			       p->path);
		return true;
	}
	if (!info.is_digest_valid)
		ui_log(cli, EF_LOG_WARN,
		       "'%s': the SHA-256 digest is wrong, as after a change of the flash settings "
		       "without a new digest; the written copy gets the correct digest",
		       p->path);
	ret->pair = p;
	return patch(cli, dev->chip, ret, err);
}

const uint8_t *boot_header_data(const struct boot_header *h, const struct pair *pair)
{
	return h->pair == pair ? h->content.data : pair->file.data;
}

/* Bytes 2 and 3 are the settings (ESP-IDF esp_app_format.h); the digest covers them. */
bool boot_header_with(const struct pair *pair, const struct ef_chip *chip, const uint8_t head[4],
		      struct ef_buf *ret, struct ef_err *err)
{
	const struct ef_map *f = &pair->file;
	struct ef_err ignored = EF_ERR_INIT; /* if this fails, the file is not a bootloader */
	struct ef_image_info info;

	if (pair->place.addr != chip->image.boot_addr ||
	    !ef_image_parse(f->data, f->len, &info, &ignored) || memcmp(head, f->data, 2) != 0 ||
	    memcmp(head, f->data, 4) == 0 || !ef_buf_add(ret, f->data, f->len, err))
		return false;
	memcpy(ret->data, head, 4);
	if (info.has_digest)
		ef_sha256(ret->data, info.digest_off, ret->data + info.digest_off);
	return true;
}

void boot_header_release(struct boot_header *h)
{
	ef_buf_release(&h->content);
	h->pair = NULL;
}
