/* SPDX-License-Identifier: MIT */
/* Prints an identified chip: as espflash's block of lines or as JSON. */
#include "cli/board/device.h"

#include <inttypes.h>
#include <string.h>

#include "base/util.h"
#include <espflash/image.h>

void device_mac_text(char ret[MAC_TEXT_SIZE], const struct ef_device *dev)
{
	const uint8_t *mac = dev->mac;

	(void)ef_snprintf(ret, MAC_TEXT_SIZE, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1],
			  mac[2], mac[3], mac[4], mac[5]);
}

void device_print(FILE *out, const struct ef_device *dev, uint32_t flash_size)
{
	char mac[18];

	fprintf(out, "Chip type:         %s", dev->chip->name);
	if (dev->has_revision)
		fprintf(out, " (revision v%u.%u)", dev->revision / 100u, dev->revision % 100u);
	fputc('\n', out);
	if (dev->xtal_mhz)
		fprintf(out, "Crystal frequency: %" PRIu32 " MHz\n", dev->xtal_mhz);
	fprintf(out, "Flash size:        %s\n",
		flash_size ? ef_flash_size_name(flash_size) : "unknown");
	if (dev->has_features)
		fprintf(out, "Features:          %s\n", dev->features.text);
	if (dev->has_mac) {
		device_mac_text(mac, dev);
		fprintf(out, "MAC address:       %s\n", mac);
	}
	fflush(out);
}

static void json_features(struct json_out *j, const struct ef_device *dev)
{
	char copy[sizeof(dev->features.text)];
	char *at = copy;

	json_begin_array(j, "features");
	(void)ef_strlcpy(copy, sizeof(copy), dev->has_features ? dev->features.text : "");
	while (*at) {
		char *comma = strstr(at, ", ");

		if (comma)
			*comma = '\0';
		json_text(j, NULL, at);
		at = comma ? comma + 2 : at + strlen(at);
	}
	json_end(j);
	json_text(j, "package", dev->has_features ? dev->features.package : NULL);
}

/* Encryption is on if an odd number of bits is set in the counter, as in esptool and espflash. */
bool device_is_encrypted(const struct ef_security_info *security)
{
	bool odd = false;

	for (unsigned bits = security->crypt_cnt; bits; bits &= bits - 1)
		odd = !odd;
	return odd;
}

static void json_security(struct json_out *j, const struct ef_device *dev)
{
	const struct ef_security_info *s = &dev->security;

	if (!dev->has_security) {
		json_null(j, "security");
		return;
	}
	json_begin_object(j, "security");
	json_number(j, "flags", s->flags);
	json_begin_array(j, "key_purposes");
	for (size_t i = 0; i < EF_ARRAY_LEN(s->key_purposes); i++)
		json_number(j, NULL, s->key_purposes[i]);
	json_end(j);
	if (s->has_chip_id) {
		json_number(j, "chip_id", s->chip_id);
		json_number(j, "api_version", s->api_version);
	} else {
		json_null(j, "chip_id");
		json_null(j, "api_version");
	}
	json_bool(j, "secure_boot", s->flags & 1u); /* bit 0: SECURE_BOOT_EN */
	json_bool(j, "flash_encryption", device_is_encrypted(s));
	json_number(j, "crypt_count", s->crypt_cnt);
	json_end(j);
}

/* 0 means unknown. */
static void json_known(struct json_out *j, const char *key, uint32_t value)
{
	if (value)
		json_number(j, key, value);
	else
		json_null(j, key);
}

void device_mac_json(struct json_out *j, const struct ef_device *dev)
{
	char text[18];

	device_mac_text(text, dev);
	json_text(j, "mac", dev->has_mac ? text : NULL);
}

enum ef_verdict device_verdict(const struct ef_device *dev)
{
	if (dev->is_secure_download)
		return EF_VERDICT_SECURE_DOWNLOAD;
	return dev->no_flash ? EF_VERDICT_NO_FLASH : EF_VERDICT_NONE;
}

void device_json(struct json_out *j, const struct ef_device *dev)
{
	enum ef_verdict verdict = device_verdict(dev);
	char text[18];

	json_text(j, "chip", dev->chip->name);
	(void)ef_snprintf(text, sizeof(text), "%u.%u", dev->revision / 100u, dev->revision % 100u);
	json_text(j, "revision", dev->has_revision ? text : NULL);
	json_known(j, "crystal_mhz", dev->xtal_mhz);
	json_known(j, "flash_size", dev->flash_size);
	json_known(j, "flash_id", dev->flash_id);
	json_features(j, dev);
	device_mac_json(j, dev);
	json_text(j, "loader", dev->is_stub ? "stub" : "rom");
	json_text(j, "usb", dev->is_usb_jtag ? "jtag" : dev->is_usb_otg ? "otg" : NULL);
	json_bool(j, "secure_download_mode", dev->is_secure_download);
	json_security(j, dev);
	/* the verdict on a connected chip, which limits its use */
	json_text(j, "verdict", verdict ? ef_verdict_info(verdict)->name : NULL);
}
