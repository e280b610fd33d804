/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a file of unknown kind, and as a finished image: parsed, its
 * descriptors and signature sector read, and patched as a bootloader of the
 * chip that it claims. A patch changes two bytes and the digest, and what was
 * whole stays whole.
 */
#include <stdlib.h>

#include "base/bytes.h"
#include <espflash/image.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool is_true)
{
	if (!is_true)
		abort();
}

static void check_patch(const uint8_t *before, const uint8_t *after, size_t size,
			const struct ef_image_info *info)
{
	for (size_t i = 0; i < size; i++) {
		bool in_digest = info->has_digest && i >= info->digest_off && i < info->len;

		check(before[i] == after[i] || i == 2 || i == 3 || in_digest);
	}
}

static void patch(const uint8_t *data, size_t size, const struct ef_chip *chip)
{
	struct ef_flash_settings settings = { .mode = EF_MODE_DOUT, .size = 8u << 20 };
	struct ef_err err = EF_ERR_INIT;
	struct ef_image_info info;
	uint8_t *copy = malloc(size);

	check(copy != NULL);
	memcpy(copy, data, size);
	if (ef_bootloader_patch(copy, size, chip, &settings, &info, &err)) {
		check_patch(data, copy, size, &info);
		check(ef_image_parse(copy, size, &info, &err) && ef_image_verify(&info, &err));
		check(info.mode == EF_MODE_DOUT && info.size_code == 3);
	} else {
		check(err.code == EF_E_INPUT && memcmp(copy, data, size) == 0);
	}
	free(copy);
}

/* Whatever is found lies in the file. */
static void survey(const uint8_t *data, size_t size)
{
	static struct ef_file_layout layout;
	struct ef_bootloader_desc desc;

	ef_file_survey(data, size, &layout);
	check(!layout.has_bootloader || layout.bootloader_off < size);
	check(!layout.has_table || layout.table_off < size);
	check(!layout.has_table || layout.is_table_valid || layout.table_err.code == EF_E_INPUT);
	check(layout.kind == EF_FILE_MERGED || !layout.has_table);
	(void)ef_bootloader_desc_parse(data, size, &desc);
	if (ef_image_bootloader_desc(data, size, &desc))
		check(desc.idf_version[0] && desc.date_time[0]);
}

static void signature(const uint8_t *data, size_t size, const struct ef_image_info *info)
{
	struct ef_image_signature s;

	if (ef_image_signature(data, size, info, &s))
		check(s.blocks >= 1 && s.blocks <= 3 && s.off >= info->len && s.off < size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ef_err err = EF_ERR_INIT;
	struct ef_image_info info;
	struct ef_app_desc desc;
	const struct ef_chip *chip;

	(void)ef_image_app_desc(data, size, &desc);
	(void)ef_app_desc_parse(data, size, &desc);
	survey(data, size);
	if (!ef_image_parse(data, size, &info, &err)) {
		check(err.code == EF_E_INPUT);
		return 0;
	}
	check(info.len <= size && info.segment_count <= EF_IMAGE_SEGMENTS_MAX);
	for (unsigned i = 0; i < info.segment_count; i++)
		check(ef_range_ok_size(info.segment[i].off, info.segment[i].len, info.len));
	signature(data, size, &info);
	if (!ef_image_verify(&info, &err))
		ef_err_clear(&err); /* the patch below says it again */
	chip = ef_chip_by_image_id(info.chip_id);
	if (chip)
		patch(data, size, chip);
	return 0;
}
