/* SPDX-License-Identifier: MIT */
/*
 * Patches the flash settings in a bootloader image. Only bytes 2 and 3 change. The checksum doesn't
 * cover them, but the digest does, so it is recomputed if the image has one. A digest that was
 * wrong before is recomputed, too: other tools patch the header and leave the digest, and ROMs
 * start such a bootloader.
 */
#include "base/hash.h"
#include "image/image_priv.h"

static bool check_chip(const struct ef_image_info *info, const struct ef_chip *chip,
		       struct ef_err *err)
{
	const struct ef_chip *other = ef_chip_by_image_id(info->chip_id);

	if (info->chip_id == chip->image_id)
		return true;
	if (other)
		ef_fail(err, EF_E_INPUT, "the bootloader is for %s, not for %s", other->label,
			chip->label);
	else
		ef_fail(err, EF_E_INPUT, "the bootloader is for chip id %u, not for %s (%u)",
			info->chip_id, chip->label, chip->image_id);
	return ef_hint_text(err, EF_HINT_BOOTLOADER_OTHER_CHIP, chip->label);
}

bool ef_bootloader_patch(uint8_t *data, size_t len, const struct ef_chip *chip,
			 const struct ef_flash_settings *settings, struct ef_image_info *ret_info,
			 struct ef_err *err)
{
	uint8_t header[EF_IMAGE_HEADER_LEN];
	struct ef_image_info info;

	if (!ef_image_parse(data, len, &info, err) || !check_chip(&info, chip, err) ||
	    !ef_image_boots(&info, err))
		return false;
	memcpy(header, data, sizeof(header));
	if (!ef_settings_apply(settings, chip, header, err))
		return false;
	data[EF_HDR_MODE] = header[EF_HDR_MODE];
	data[EF_HDR_SIZE_FREQ] = header[EF_HDR_SIZE_FREQ];
	if (info.has_digest)
		ef_sha256(data, info.digest_off, data + info.digest_off);
	info.is_digest_valid = true;
	info.mode = header[EF_HDR_MODE];
	info.size_code = header[EF_HDR_SIZE_FREQ] >> 4;
	info.freq_code = header[EF_HDR_SIZE_FREQ] & 0xf;
	*ret_info = info;
	return true;
}
