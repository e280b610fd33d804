/* SPDX-License-Identifier: MIT */
/*
 * Reads the few settings of an ESP-IDF configuration that matter for a bootloader and that its
 * image doesn't reveal. Sources: ESP-IDF's Kconfig files (XTAL_FREQ, in v4.x ESP32_XTAL_FREQ;
 * ESP_REV_MIN_FULL and ESP_REV_MAX_FULL; IDF_TARGET; SECURE_BOOT, SECURE_FLASH_ENC_ENABLED;
 * PARTITION_TABLE_OFFSET).
 */
#include <espflash/boot.h>

#include "image/image_priv.h"

#define LINE_MAX_LEN 128

static void take_number(const char *value, uint32_t max, uint32_t *ret)
{
	uint32_t number;

	if (ef_parse_u32(value, max, &number))
		*ret = number;
}

static void take_target(const char *value, char *ret, size_t cap)
{
	size_t len = strlen(value);

	if (len > 2 && value[0] == '"' && value[len - 1] == '"' && len - 2 < cap)
		(void)ef_snprintf(ret, cap, "%.*s", (int)(len - 2), value + 1);
}

/*
 * Return whether bootloaders with this setting write eFuses. Includes the names before ESP-IDF
 * v4.0.
 */
static bool is_burning(const char *key, const char *value)
{
	static const char *const keys[] = {
		"CONFIG_SECURE_BOOT",
		"CONFIG_SECURE_BOOT_ENABLED",
		"CONFIG_SECURE_FLASH_ENC_ENABLED",
		"CONFIG_FLASH_ENCRYPTION_ENABLED",
		"CONFIG_BOOTLOADER_APP_ANTI_ROLLBACK",
	};

	for (size_t i = 0; i < EF_ARRAY_LEN(keys); i++)
		if (strcmp(key, keys[i]) == 0)
			return strcmp(value, "y") == 0;
	return false;
}

static void take_line(char *line, struct ef_sdkconfig *c)
{
	char *value = strchr(line, '=');
	uint32_t xtal = c->xtal_mhz, min = c->min_rev, max = c->max_rev;

	if (!value)
		return;
	*value++ = '\0';
	c->burns_efuses |= is_burning(line, value);
	if (strcmp(line, "CONFIG_IDF_TARGET") == 0)
		take_target(value, c->target, sizeof(c->target));
	else if (strcmp(line, "CONFIG_XTAL_FREQ") == 0 ||
		 strcmp(line, "CONFIG_ESP32_XTAL_FREQ") == 0)
		take_number(value, 100, &xtal);
	else if (strcmp(line, "CONFIG_ESP_REV_MIN_FULL") == 0)
		take_number(value, EF_BOOT_ANY_REV, &min);
	else if (strcmp(line, "CONFIG_ESP_REV_MAX_FULL") == 0)
		take_number(value, EF_BOOT_ANY_REV, &max);
	else if (strcmp(line, "CONFIG_PARTITION_TABLE_OFFSET") == 0)
		take_number(value, UINT32_MAX, &c->table_offset);
	c->xtal_mhz = (uint8_t)xtal;
	c->min_rev = (uint16_t)min;
	c->max_rev = (uint16_t)max;
}

void ef_sdkconfig_read(const uint8_t *text, size_t len, struct ef_sdkconfig *ret)
{
	char line[LINE_MAX_LEN];
	size_t at = 0;

	*ret = (struct ef_sdkconfig){ .max_rev = 0 };
	while (at < len) {
		const uint8_t *end = memchr(text + at, '\n', len - at);
		size_t n = end ? (size_t)(end - (text + at)) : len - at, next = at + n + 1;

		if (n && text[at + n - 1] == '\r')
			n--;
		if (n < sizeof(line)) {
			memcpy(line, text + at, n);
			line[n] = '\0';
			take_line(line, ret);
		}
		at = next;
	}
	ret->has_revs = ret->max_rev != 0;
}
