/* SPDX-License-Identifier: MIT */
/*
 * Reads a file that is one image. The chip's partition table decides the place of an app, and the
 * chip's ROM that of a bootloader.
 */
#include "input/input_priv.h"

static bool app_is(const struct input_src *src)
{
	return src->data &&
	       (src->content == EF_CONTENT_IMAGE || src->content == EF_CONTENT_ESP8266);
}

/* Builds for the ESP8266 make one file for address 0 (esptool elf2image; Arduino's eboot). */
static bool fail_esp8266(const struct input_src *src, struct ef_err *err)
{
	char text[80];

	(void)ef_snprintf(text, sizeof(text), "0x0 %.60s", src->name);
	ef_clean_text(text);
	ef_fail(err, EF_E_UNSUPP, "it is an image for the ESP8266, which is not supported");
	return ef_hint_text(err, EF_HINT_INPUT_ESP8266, text);
}

static bool check_image(const struct input_src *src, struct ef_image_info *info, struct ef_err *err)
{
	if (src->content == EF_CONTENT_ESP8266)
		return fail_esp8266(src, err);
	if (ef_image_parse(src->data, src->len, info, err))
		return true;
	return ef_hint_text(err, EF_HINT_INPUT_DAMAGED, src->name);
}

static bool app_read(const struct input_src *src, struct ef_input *in, struct ef_err *err)
{
	const struct ef_chip *chip;
	struct ef_input_part *p;
	struct ef_image_info info;
	struct ef_app_desc desc;
	enum ef_image_kind kind;

	if (!check_image(src, &info, err))
		return false;
	kind = ef_image_kind(src->data, src->len, &info);
	chip = ef_chip_by_image_id(info.chip_id);
	if (!chip)
		return ef_fail(err, EF_E_UNSUPP, "it is an image for an unknown chip, id %u",
			       info.chip_id);
	if (kind == EF_IMAGE_RAM) {
		ef_fail(err, EF_E_INPUT, "it is a program that runs from RAM, or a bootloader");
		return ef_hint_text(err, EF_HINT_INPUT_RAM, src->name);
	}
	p = input_add(in, err);
	if (!p)
		return false;
	p->data = src->data;
	p->len = (uint32_t)src->len;
	p->is_app = kind == EF_IMAGE_APP;
	p->addr = p->is_app ? 0 : chip->image.boot_addr;
	p->role = p->is_app ? EF_ROLE_APP : EF_ROLE_BOOTLOADER;
	(void)ef_strlcpy(p->name, sizeof(p->name), p->is_app ? "app" : "bootloader");
	(void)ef_strlcpy(p->origin, sizeof(p->origin), src->name);
	ef_clean_text(p->origin);
	in->format = p->is_app ? "an app" : "a bootloader";
	if (p->is_app && ef_image_app_desc(src->data, src->len, &desc))
		(void)ef_strlcpy(in->name, sizeof(in->name), desc.project);
	in->chip = chip;
	return true;
}

const struct input_format input_app = { .name = "an image", .is = app_is, .read = app_read };
