/* SPDX-License-Identifier: MIT */
/*
 * Writes the lists that other tools read. flasher_args.json and flash_args are ESP-IDF's
 * (components/esptool_py/flasher_args.json.in, project_include.cmake); their options are spelt as
 * ESP-IDF 5 does, which esptool 4 and 5 both take. manifest.json is that of ESP Web Tools
 * (esphome.github.io/esp-web-tools).
 */
#include "cli/bundle/bundle_dir.h"

#include <inttypes.h>
#include <stdlib.h>

#include "cli/ui/json_out.h"

/* ---- settings ---- */

static const struct ef_input_part *bootloader(const struct bundle *b, struct ef_image_info *ret)
{
	struct ef_err ignored = EF_ERR_INIT; /* if this fails, the part is not an image */

	for (size_t i = 0; i < b->parts->part_count; i++) {
		const struct ef_input_part *p = &b->parts->parts[i];

		if (p->addr == b->chip->image.boot_addr && !p->is_encrypted &&
		    ef_image_parse(p->data, p->len, ret, &ignored))
			return p;
	}
	return NULL;
}

/* The flash settings in esptool's words: those of the bootloader's header, or "keep". */
struct settings {
	char mode[8], freq[8], size[8];
};

static void find_settings(const struct bundle *b, struct settings *ret)
{
	struct ef_image_info info;
	const char *mode, *size;
	uint16_t mhz;

	*ret = (struct settings){ "keep", "keep", "keep" };
	if (!bootloader(b, &info))
		return;
	mode = ef_flash_mode_name((enum ef_flash_mode)info.mode);
	mhz = ef_chip_freq_mhz(b->chip, info.freq_code);
	size = ef_flash_size_name(ef_flash_size_bytes(info.size_code));
	if (*mode != '?')
		(void)ef_strlcpy(ret->mode, sizeof(ret->mode), mode);
	if (mhz)
		(void)ef_snprintf(ret->freq, sizeof(ret->freq), "%um", mhz);
	/* esptool has no word for 256 MB */
	if (*size != '?' && strcmp(size, "256MB") != 0)
		(void)ef_strlcpy(ret->size, sizeof(ret->size), size);
}

static void print_addr(char ret[16], const struct bundle_part *p)
{
	(void)ef_snprintf(ret, 16, "0x%" PRIx32, p->part->addr);
}

/* ESP-IDF 5 writes underscores. */
static void print_reset(char *ret, size_t cap, const char *text, const char *usual)
{
	(void)ef_strlcpy(ret, cap, *text ? text : usual);
	for (char *p = ret; *p; p++)
		if (*p == '-')
			*p = '_';
}

/* ---- text of JSON ---- */

static bool finish(struct json_out *j, struct ef_buf *ret, struct ef_err *err)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	bool ok;

	if (!out) {
		json_free(j);
		return ef_fail(err, EF_E_IO, "out of memory");
	}
	ok = json_print(j, out, err);
	if (fclose(out) != 0 && ok)
		ok = ef_fail(err, EF_E_IO, "out of memory");
	ok = ok && ef_buf_add(ret, text, len, err);
	free(text);
	return ok;
}

/* ---- flasher_args.json ---- */

static void json_settings(struct json_out *j, const struct settings *s)
{
	json_begin_array(j, "write_flash_args");
	json_text(j, NULL, "--flash_mode");
	json_text(j, NULL, s->mode);
	json_text(j, NULL, "--flash_size");
	json_text(j, NULL, s->size);
	json_text(j, NULL, "--flash_freq");
	json_text(j, NULL, s->freq);
	json_end(j);
	json_begin_object(j, "flash_settings");
	json_text(j, "flash_mode", s->mode);
	json_text(j, "flash_size", s->size);
	json_text(j, "flash_freq", s->freq);
	json_end(j);
}

static void json_parts(struct json_out *j, const struct bundle_part *parts, size_t count)
{
	char addr[16];

	json_begin_object(j, "flash_files");
	for (size_t i = 0; i < count; i++) {
		print_addr(addr, &parts[i]);
		json_text(j, addr, parts[i].file);
	}
	json_end(j);
	for (size_t i = 0; i < count; i++) {
		print_addr(addr, &parts[i]);
		json_begin_object(j, parts[i].key);
		json_text(j, "offset", addr);
		json_text(j, "file", parts[i].file);
		json_text(j, "encrypted", parts[i].part->is_encrypted ? "true" : "false");
		json_end(j);
	}
}

bool bundle_flasher_args(const struct bundle *b, const struct bundle_part *parts,
			 struct ef_buf *ret, struct ef_err *err)
{
	struct json_out *j = json_new_file();
	struct settings s;
	char before[24], after[24];

	find_settings(b, &s);
	print_reset(before, sizeof(before), b->parts->before, "default_reset");
	print_reset(after, sizeof(after), b->parts->after, "hard_reset");
	json_settings(j, &s);
	json_parts(j, parts, b->parts->part_count);
	json_begin_object(j, "extra_esptool_args");
	json_text(j, "after", after);
	json_text(j, "before", before);
	json_bool(j, "stub", !b->parts->no_stub);
	json_text(j, "chip", b->chip->name);
	json_end(j);
	return finish(j, ret, err);
}

/* ---- flash_args ---- */

bool bundle_flash_args(const struct bundle *b, const struct bundle_part *parts, struct ef_buf *ret,
		       struct ef_err *err)
{
	struct settings s;

	find_settings(b, &s);
	if (!ef_buf_printf(ret, err, "--flash_mode %s --flash_freq %s --flash_size %s\n", s.mode,
			   s.freq, s.size))
		return false;
	for (size_t i = 0; i < b->parts->part_count; i++)
		if (!ef_buf_printf(ret, err, "0x%" PRIx32 " %s\n", parts[i].part->addr,
				   parts[i].file))
			return false;
	return true;
}

/* ---- manifest.json ---- */

bool bundle_web_manifest(const struct bundle *b, const struct bundle_part *parts,
			 struct ef_buf *ret, struct ef_err *err)
{
	struct json_out *j = json_new_file();

	json_text(j, "name", *b->parts->name ? b->parts->name : "firmware");
	json_text(j, "version", *b->version ? b->version : "unknown");
	/* ask the user before everything is erased: these parts leave the rest as it is */
	json_bool(j, "new_install_prompt_erase", true);
	json_begin_array(j, "builds");
	json_begin_object(j, NULL);
	json_text(j, "chipFamily", b->chip->label);
	json_begin_array(j, "parts");
	for (size_t i = 0; i < b->parts->part_count; i++) {
		json_begin_object(j, NULL);
		json_text(j, "path", parts[i].file);
		json_number(j, "offset", parts[i].part->addr);
		json_end(j);
	}
	return finish(j, ret, err);
}
