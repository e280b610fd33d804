/* SPDX-License-Identifier: MIT */
/*
 * NuttX's build folder: nuttx.bin, and .config, which says where "make flash" writes it
 * (tools/espressif/Config.mk, tools/esp32/Config.mk, tools/esp32s2/Config.mk,
 * tools/esp32s3/Config.mk). The symbols of the older ports begin with the chip's name. Bootloaders
 * are in the folder if it was given as ESPTOOL_BINDIR; else the chip has them already.
 */
#include "input/input_priv.h"

#define CONFIG ".config"
#define APP    "nuttx.bin"
#define SIGNED "nuttx.signed.bin"
#define MERGED "nuttx.merged.bin"
#define APP_AT "0x10000" /* esp32/Config.mk: APP_OFFSET of the legacy format */
#define ELF    "nuttx"

struct nuttx {
	const struct input_src *src;
	struct ef_input *in;
	struct input_lines config;
	char prefix[16]; /* of the symbols: "ESPRESSIF", "ESP32S3" */
	char chip[16];   /* in file names: "esp32s3" */
};

/* ---- .config ---- */

static bool value(const struct nuttx *n, const char *name, char *ret, size_t cap)
{
	char key[80];

	(void)ef_snprintf(key, sizeof(key), "CONFIG_%s_%s", n->prefix, name);
	return input_kconfig(&n->config, key, ret, cap);
}

static bool is_set(const struct nuttx *n, const char *name)
{
	char text[4];

	return value(n, name, text, sizeof(text)) && strcmp(text, "y") == 0;
}

/* The chip of the shared port is text; the older ports are named after theirs. */
static bool find_chip(struct nuttx *n)
{
	char arch[16];

	(void)ef_strlcpy(n->prefix, sizeof(n->prefix), "ESPRESSIF");
	if (value(n, "CHIP_SERIES", n->chip, sizeof(n->chip)))
		return true;
	if (!input_kconfig(&n->config, "CONFIG_ARCH_CHIP", arch, sizeof(arch)) ||
	    strncmp(arch, "esp32", 5) != 0)
		return false;
	/* CONFIG_ARCH_CHIP="esp32c3-legacy": the symbols begin with ESP32C3 */
	arch[strcspn(arch, "-")] = '\0';
	(void)ef_strlcpy(n->chip, sizeof(n->chip), arch);
	(void)ef_strlcpy(n->prefix, sizeof(n->prefix), arch);
	for (char *p = n->prefix; *p; p++)
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
	return true;
}

static bool is_mcuboot(const struct nuttx *n)
{
	return is_set(n, "APP_FORMAT_MCUBOOT") || is_set(n, "BOOTLOADER_MCUBOOT");
}

/* The mode is always dio (ESPTOOL_WRITEFLASH_OPTS): the bootloader switches to a faster one. */
static bool take_settings(const struct nuttx *n, struct ef_err *err)
{
	static const char *const sizes[] = { "2M", "4M", "8M", "16M", "32M" };
	static const char *const freqs[] = { "120M", "80M", "64M", "48M", "40M",
					     "32M",  "26M", "20M", "16M" };
	char name[24], text[8];

	for (size_t i = 0; i < EF_ARRAY_LEN(freqs); i++) {
		(void)ef_snprintf(name, sizeof(name), "FLASH_FREQ_%s", freqs[i]);
		if (is_set(n, name) && !input_set_freq(n->in, freqs[i], err))
			return false;
	}
	if (is_set(n, "FLASH_DETECT"))
		return input_set_mode(n->in, "dio", err) && input_set_size(n->in, "detect", err);
	for (size_t i = 0; i < EF_ARRAY_LEN(sizes); i++) {
		(void)ef_snprintf(name, sizeof(name), "FLASH_%s", sizes[i]);
		(void)ef_snprintf(text, sizeof(text), "%sB", sizes[i]);
		if (is_set(n, name) && !input_set_size(n->in, text, err))
			return false;
	}
	return input_set_mode(n->in, "dio", err);
}

/* ---- parts ---- */

static bool add(struct nuttx *n, uint32_t addr, const char *file, enum ef_role role,
		const char *name, struct ef_err *err)
{
	return input_add_file(n->src, n->in, addr, file, role, name, err);
}

/* A file that is written only if it is there: "mcuboot-esp32c3.bin". */
static bool add_helper(struct nuttx *n, uint32_t addr, const char *stem, enum ef_role role,
		       const char *name, struct ef_err *err)
{
	char file[64];

	(void)ef_snprintf(file, sizeof(file), "%s-%s.bin", stem, n->chip);
	return !input_exists(n->src, file) || add(n, addr, file, role, name, err);
}

static bool number(const struct nuttx *n, const char *name, const char *fallback, uint32_t *ret,
		   struct ef_err *err)
{
	char text[16];

	if (!value(n, name, text, sizeof(text)) && !fallback)
		return ef_fail(err, EF_E_INPUT, CONFIG " has no CONFIG_%s_%s", n->prefix, name);
	return ef_parse_u32(*text ? text : fallback, UINT32_MAX, ret) ||
	       ef_fail(err, EF_E_INPUT, "CONFIG_%s_%s is not a number", n->prefix, name);
}

static bool add_mcuboot(struct nuttx *n, struct ef_err *err)
{
	bool is_second = is_set(n, "ESPTOOL_TARGET_SECONDARY");
	uint32_t addr;

	n->in->table_offset = EF_PLAN_NO_TABLE;
	return number(n, is_second ? "OTA_SECONDARY_SLOT_OFFSET" : "OTA_PRIMARY_SLOT_OFFSET", NULL,
		      &addr, err) &&
	       add_helper(n, n->in->chip->image.boot_addr, "mcuboot", EF_ROLE_BOOTLOADER, "mcuboot",
			  err) &&
	       add(n, addr, is_set(n, "SECURE_BOOT") ? SIGNED : APP, EF_ROLE_UNKNOWN, "app", err);
}

static bool add_legacy(struct nuttx *n, struct ef_err *err)
{
	uint32_t table, app;

	return number(n, "PARTITION_TABLE_OFFSET", "0x8000", &table, err) &&
	       number(n, "KERNEL_OFFSET", APP_AT, &app, err) &&
	       add_helper(n, n->in->chip->image.boot_addr, "bootloader", EF_ROLE_BOOTLOADER,
			  "bootloader", err) &&
	       add_helper(n, table, "partition-table", EF_ROLE_TABLE, "partition-table", err) &&
	       add(n, app, APP, EF_ROLE_UNKNOWN, "app", err);
}

static bool add_parts(struct nuttx *n, struct ef_err *err)
{
	if (is_mcuboot(n))
		return add_mcuboot(n, err);
	if (is_set(n, "APP_FORMAT_LEGACY"))
		return add_legacy(n, err);
	/* simple boot: the ROM starts the app itself */
	n->in->table_offset = EF_PLAN_NO_TABLE;
	return add(n, n->in->chip->image.boot_addr, APP, EF_ROLE_UNKNOWN, "app", err);
}

/* ---- the form ---- */

static bool nuttx_is(const struct input_src *src)
{
	return !src->data && input_exists(src, CONFIG) &&
	       (input_exists(src, APP) || input_exists(src, SIGNED));
}

static bool merged_is(const struct input_src *src)
{
	return !src->data && input_exists(src, CONFIG) && input_exists(src, MERGED);
}

/* The parts in one file, as CONFIG_*_MERGE_BINS makes it: it is written without settings. */
static bool merged_open(const struct input_src *src, struct ef_input *in,
			struct input_src *ret_inner, struct ef_err *err)
{
	(void)in;
	*ret_inner = *src;
	ret_inner->name = MERGED;
	return input_file(src, MERGED, &ret_inner->data, &ret_inner->len, err);
}

static bool nuttx_read(const struct input_src *src, struct ef_input *in, struct ef_err *err)
{
	struct nuttx n = { .src = src, .in = in };

	if (!input_text_file(src, CONFIG, &n.config, err))
		return false;
	if (!find_chip(&n))
		return ef_fail(err, EF_E_UNSUPP, CONFIG " names no chip of Espressif's");
	input_set_elf(src, in, ELF);
	return input_set_chip(in, n.chip, CONFIG, err) && take_settings(&n, err) &&
	       add_parts(&n, err);
}

#define NUTTX_NAME "a NuttX build"
const struct input_format input_nuttx = { .name = NUTTX_NAME, .is = nuttx_is, .read = nuttx_read };
/* Stands behind input_nuttx, which takes the parts if the folder has them. */
const struct input_format input_nuttx_merged = { .name = NUTTX_NAME,
						 .is = merged_is,
						 .open = merged_open };
