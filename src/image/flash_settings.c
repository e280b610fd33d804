/* SPDX-License-Identifier: MIT */
/*
 * The names and header codes of flash sizes and modes, which make up bytes 2
 * and 3 of an image header. Codes: ESP-IDF's
 * esp_image_format.h (esp_image_flash_size_t, esp_image_spi_mode_t), as
 * espflash writes them. Only espflash and esptool define the code of 256 MB.
 */
#include "image/image_priv.h"

#define NO_CODE 0xffu

static const struct {
	uint32_t size;
	uint8_t code;
	const char *name;
} sizes[] = {
	{ 256 * EF_KIB, NO_CODE, "256KB" }, { 512 * EF_KIB, NO_CODE, "512KB" },
	{ 1 * EF_MIB, 0, "1MB" },           { 2 * EF_MIB, 1, "2MB" },
	{ 4 * EF_MIB, 2, "4MB" },           { 8 * EF_MIB, 3, "8MB" },
	{ 16 * EF_MIB, 4, "16MB" },         { 32 * EF_MIB, 5, "32MB" },
	{ 64 * EF_MIB, 6, "64MB" },         { 128 * EF_MIB, 7, "128MB" },
	{ 256 * EF_MIB, 8, "256MB" },
};

#define DEFAULT_SIZE (4 * EF_MIB)

bool ef_flash_size_code(uint32_t size, uint8_t *ret)
{
	for (size_t i = 0; i < EF_ARRAY_LEN(sizes); i++) {
		if (sizes[i].size != size || sizes[i].code == NO_CODE)
			continue;
		*ret = sizes[i].code;
		return true;
	}
	return false;
}

uint32_t ef_flash_size_bytes(uint8_t code)
{
	for (size_t i = 0; i < EF_ARRAY_LEN(sizes); i++)
		if (sizes[i].code == code && code != NO_CODE)
			return sizes[i].size;
	return 0;
}

const char *ef_flash_size_name(uint32_t size)
{
	for (size_t i = 0; i < EF_ARRAY_LEN(sizes); i++)
		if (sizes[i].size == size)
			return sizes[i].name;
	return "?";
}

const char *ef_flash_mode_name(enum ef_flash_mode mode)
{
	static const char *const names[] = { "qio", "qout", "dio", "dout" };

	return (unsigned)mode < EF_ARRAY_LEN(names) ? names[mode] : "?";
}

/* "20, 26, 40, 80" */
static void list_freqs(const struct ef_chip *chip, char *dst, size_t cap)
{
	size_t len = 0;

	dst[0] = '\0';
	for (const struct ef_flash_freq *f = chip->image.freqs; f && f->mhz && len < cap; f++) {
		if (!ef_snprintf(dst + len, cap - len, "%s%u", len ? ", " : "", f->mhz))
			return;
		len = strlen(dst);
	}
}

bool ef_settings_apply(const struct ef_flash_settings *settings, const struct ef_chip *chip,
		       uint8_t header[EF_IMAGE_HEADER_LEN], struct ef_err *err)
{
	uint16_t mhz = settings->freq_mhz ? settings->freq_mhz : chip->image.default_freq_mhz;
	uint32_t size = settings->size ? settings->size : DEFAULT_SIZE;
	bool keeps_freq = settings->keeps && !settings->freq_mhz;
	bool keeps_size = settings->keeps && !settings->size;
	uint8_t size_code = header[EF_HDR_SIZE_FREQ] >> 4, freq_code = header[EF_HDR_SIZE_FREQ];
	char choices[64];

	if (!keeps_freq && !(settings->as_esptool ? ef_chip_freq_code_esptool(chip, mhz, &freq_code)
						  : ef_chip_freq_code(chip, mhz, &freq_code))) {
		list_freqs(chip, choices, sizeof(choices));
		ef_fail(err, EF_E_USAGE, "%s has no flash frequency of %u MHz", chip->label, mhz);
		return ef_hint_text(err, EF_HINT_FLASH_FREQUENCY, choices);
	}
	if (!keeps_size && !ef_flash_size_code(size, &size_code)) {
		ef_fail(err, EF_E_USAGE, "a flash size of %s can't be written in an image header",
			ef_flash_size_name(size));
		return ef_hint_set(err, EF_HINT_FLASH_SIZE_CODE);
	}
	if (settings->mode != EF_MODE_KEEP)
		header[EF_HDR_MODE] = (uint8_t)settings->mode;
	header[EF_HDR_SIZE_FREQ] = (uint8_t)(size_code << 4 | (freq_code & 0xf));
	return true;
}
