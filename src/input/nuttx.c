/* SPDX-License-Identifier: MIT */
/*
 * Reads NuttX's build folder: nuttx.bin, and .config, which has the address to which "make flash"
 * writes it (tools/espressif/Config.mk, tools/esp32/Config.mk, tools/esp32s2/Config.mk,
 * tools/esp32s3/Config.mk). Some symbols begin with the chip's name, others with ESPRESSIF: which
 * ones depends on the port and on its age. Bootloaders are in the folder if it was given as
 * ESPTOOL_BINDIR; else the chip has them already, or they are in nuttx.merged.bin.
 */
#include "input/input_priv.h"

#define CONFIG ".config"
#define APP    "nuttx.bin"
#define SIGNED "nuttx.signed.bin"
#define MERGED "nuttx.merged.bin"
#define USER   "nuttx_user.bin" /* the other half of a protected build */
#define VEFUSE "vefuse.bin"     /* virtual eFuses; mostly empty */
#define MTD    "enc_mtd.bin"    /* a blank file system, already encrypted */
#define APP_AT "0x10000"        /* esp32/Config.mk: APP_OFFSET of the legacy format */
#define ELF    "nuttx"

struct nuttx {
	const struct input_src *src;
	struct ef_input *in;
	struct input_lines config;
	char prefix[16]; /* begins the chip's own symbols: "ESP32S3" */
	char chip[16];   /* in file names: "esp32s3" */
};

/* ---- .config ---- */

static bool value_of(const struct nuttx *n, const char *prefix, const char *name, char *ret,
		     size_t cap)
{
	char key[80];

	(void)ef_snprintf(key, sizeof(key), "CONFIG_%s_%s", prefix, name);
	return input_kconfig(&n->config, key, ret, cap);
}

static bool value(const struct nuttx *n, const char *name, char *ret, size_t cap)
{
	return value_of(n, n->prefix, name, ret, cap) || value_of(n, "ESPRESSIF", name, ret, cap);
}

static bool is_set(const struct nuttx *n, const char *name)
{
	char text[4];

	return value(n, name, text, sizeof(text)) && strcmp(text, "y") == 0;
}

/* CONFIG_ARCH_CHIP="esp32c3-legacy": the symbols begin with ESP32C3. */
static bool find_chip(struct nuttx *n)
{
	if (!value_of(n, "ESPRESSIF", "CHIP_SERIES", n->chip, sizeof(n->chip)) &&
	    !value_of(n, "ARCH", "CHIP", n->chip, sizeof(n->chip)))
		return false;
	if (strncmp(n->chip, "esp32", 5) != 0)
		return false;
	n->chip[strcspn(n->chip, "-")] = '\0';
	(void)ef_strlcpy(n->prefix, sizeof(n->prefix), n->chip);
	for (char *p = n->prefix; *p; p++)
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
	return true;
}

static bool is_mcuboot(const struct nuttx *n)
{
	return is_set(n, "APP_FORMAT_MCUBOOT") || is_set(n, "BOOTLOADER_MCUBOOT");
}

/* One symbol has the frequency as text; before there was one, each frequency had its own. */
static bool take_freq(const struct nuttx *n, struct ef_err *err)
{
	static const char *const freqs[] = { "120M", "80M", "64M", "48M", "40M",
					     "32M",  "26M", "20M", "16M" };
	char name[24], text[8];

	if (value(n, "FLASH_FREQ", text, sizeof(text)))
		return input_set_freq(n->in, text, err);
	for (size_t i = 0; i < EF_ARRAY_LEN(freqs); i++) {
		(void)ef_snprintf(name, sizeof(name), "FLASH_FREQ_%s", freqs[i]);
		if (is_set(n, name) && !input_set_freq(n->in, freqs[i], err))
			return false;
	}
	return true;
}

static bool take_size(const struct nuttx *n, struct ef_err *err)
{
	static const char *const sizes[] = { "2M", "4M", "8M", "16M", "32M" };
	char name[24], text[8];

	if (is_set(n, "FLASH_DETECT"))
		return input_set_size(n->in, "detect", err);
	for (size_t i = 0; i < EF_ARRAY_LEN(sizes); i++) {
		(void)ef_snprintf(name, sizeof(name), "FLASH_%s", sizes[i]);
		(void)ef_snprintf(text, sizeof(text), "%sB", sizes[i]);
		if (is_set(n, name) && !input_set_size(n->in, text, err))
			return false;
	}
	return true;
}

/* The mode is always dio (ESPTOOL_WRITEFLASH_OPTS): the bootloader switches to a faster one. */
static bool take_settings(const struct nuttx *n, struct ef_err *err)
{
	n->in->no_stub = is_set(n, "ESPTOOLPY_NO_STUB");
	if (is_set(n, "SECURE_BOOT") || is_set(n, "SECURE_FLASH_ENC_ENABLED"))
		input_set_after(n->in, "no-reset");
	return input_set_mode(n->in, "dio", err) && take_freq(n, err) && take_size(n, err);
}

/* ---- parts ---- */

static bool add(struct nuttx *n, uint32_t addr, const char *file, enum ef_role role,
		const char *name, struct ef_err *err)
{
	return input_add_file(n->src, n->in, addr, file, role, name, err);
}

/* Add a file that is written only if it is there: "mcuboot-esp32c3.bin". */
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
		return ef_fail(err, EF_E_INPUT, CONFIG " has no symbol ..._%s", name);
	return ef_parse_u32(*text ? text : fallback, UINT32_MAX, ret) ||
	       ef_fail(err, EF_E_INPUT, "the symbol ..._%s is not a number", name);
}

/* Without virtual eFuses in the build, this file is empty, and the chip's content stays. */
static bool add_vefuse(struct nuttx *n, struct ef_err *err)
{
	const uint8_t *data;
	uint32_t addr;
	size_t len;

	if (!input_exists(n->src, VEFUSE))
		return true;
	if (!input_file(n->src, VEFUSE, &data, &len, err) ||
	    !number(n, "EFUSE_VIRTUAL_KEEP_IN_FLASH_OFFSET", "0x10000", &addr, err))
		return false;
	return len == 0 || add(n, addr, VEFUSE, EF_ROLE_DATA, "vefuse", err);
}

static bool add_mtd(struct nuttx *n, struct ef_err *err)
{
	uint32_t addr;

	if (!is_set(n, "SECURE_FLASH_ENC_ENABLED") || !is_set(n, "SPIFLASH"))
		return true;
	return number(n, "STORAGE_MTD_OFFSET", NULL, &addr, err) &&
	       add(n, addr, MTD, EF_ROLE_DATA, "mtd", err);
}

/* imgtool's output. In the older ports nuttx.bin was its input, and not for MCUboot. */
static const char *mcuboot_app(const struct nuttx *n)
{
	struct ef_err ignored = EF_ERR_INIT; /* if this fails, the file is missing */
	const uint8_t *data;
	size_t len;

	if (is_set(n, "SECURE_BOOT"))
		return SIGNED;
	return input_exists(n->src, SIGNED) && (!input_file(n->src, APP, &data, &len, &ignored) ||
						ef_content_of(data, len) != EF_CONTENT_MCUBOOT)
		       ? SIGNED
		       : APP;
}

/* With secure boot, MCUboot is not written: it must be signed, so the chip's MCUboot stays. */
static bool add_mcuboot(struct nuttx *n, struct ef_err *err)
{
	bool is_second = is_set(n, "ESPTOOL_TARGET_SECONDARY");
	uint32_t addr;

	n->in->table_offset = EF_PLAN_NO_TABLE;
	return number(n, is_second ? "OTA_SECONDARY_SLOT_OFFSET" : "OTA_PRIMARY_SLOT_OFFSET", NULL,
		      &addr, err) &&
	       (is_set(n, "SECURE_BOOT") || add_helper(n, n->in->chip->image.boot_addr, "mcuboot",
						       EF_ROLE_BOOTLOADER, "mcuboot", err)) &&
	       add_vefuse(n, err) && add_mtd(n, err) &&
	       add(n, addr, mcuboot_app(n), EF_ROLE_UNKNOWN, "app", err);
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

static bool add_app(struct nuttx *n, struct ef_err *err)
{
	if (is_mcuboot(n))
		return add_mcuboot(n, err);
	if (is_set(n, "APP_FORMAT_LEGACY"))
		return add_legacy(n, err);
	/* simple boot: the ROM starts the app itself */
	n->in->table_offset = EF_PLAN_NO_TABLE;
	return add(n, n->in->chip->image.boot_addr, APP, EF_ROLE_UNKNOWN, "app", err);
}

/* Add the user's half of a protected build: at an address of its own, or behind the kernel (S3). */
static bool add_user(struct nuttx *n, struct ef_err *err)
{
	char text[16];
	uint32_t kernel, size;

	if (!input_kconfig(&n->config, "CONFIG_BUILD_PROTECTED", text, sizeof(text)))
		return true;
	if (value(n, "USER_IMAGE_OFFSET", text, sizeof(text)))
		return number(n, "USER_IMAGE_OFFSET", NULL, &kernel, err) &&
		       add(n, kernel, USER, EF_ROLE_UNKNOWN, "user", err);
	return number(n, "KERNEL_OFFSET", NULL, &kernel, err) &&
	       number(n, "KERNEL_IMAGE_SIZE", NULL, &size, err) &&
	       (size <= UINT32_MAX - kernel ||
		ef_fail(err, EF_E_INPUT, "the user's image is beyond 4 GiB")) &&
	       add(n, kernel + size, USER, EF_ROLE_UNKNOWN, "user", err);
}

static bool add_parts(struct nuttx *n, struct ef_err *err)
{
	if (!add_app(n, err) || !add_user(n, err))
		return false;
	for (size_t i = 0; i < n->in->part_count; i++)
		n->in->parts[i].is_encrypted = is_set(n, "SECURE_FLASH_ENC_FLASH_DEVICE_ENCRYPTED");
	return true;
}

/* ---- the forms: the parts, or all of them in one file ---- */

static bool begin(struct nuttx *n, struct ef_err *err)
{
	if (!input_text_file(n->src, CONFIG, &n->config, err))
		return false;
	if (!find_chip(n))
		return ef_fail(err, EF_E_UNSUPP, CONFIG " names no chip of Espressif's");
	input_set_elf(n->src, n->in, ELF);
	return input_set_chip(n->in, n->chip, CONFIG, err);
}

static bool has_parts(const struct input_src *src)
{
	return input_exists(src, APP) || input_exists(src, SIGNED);
}

static bool builds_merged(const struct input_src *src)
{
	struct nuttx n = { .src = src };
	struct ef_err ignored = EF_ERR_INIT; /* begin() reports it */

	return input_text_file(src, CONFIG, &n.config, &ignored) && find_chip(&n) &&
	       is_set(&n, "MERGE_BINS");
}

/* Look into the merged file, because it may be the only one with MCUboot. */
static bool merged_is(const struct input_src *src)
{
	return !src->data && input_exists(src, CONFIG) && input_exists(src, MERGED) &&
	       (!has_parts(src) || builds_merged(src));
}

static bool merged_open(const struct input_src *src, struct ef_input *in,
			struct input_src *ret_inner, struct ef_err *err)
{
	struct nuttx n = { .src = src, .in = in };

	*ret_inner = *src;
	ret_inner->name = MERGED;
	/*
	 * the file is written to 0: esptool changes the header only if the bootloader's place is
	 * there
	 */
	return begin(&n, err) && (in->chip->image.boot_addr || take_settings(&n, err)) &&
	       input_file(src, MERGED, &ret_inner->data, &ret_inner->len, err);
}

static bool nuttx_is(const struct input_src *src)
{
	return !src->data && input_exists(src, CONFIG) && has_parts(src);
}

static bool nuttx_read(const struct input_src *src, struct ef_input *in, struct ef_err *err)
{
	struct nuttx n = { .src = src, .in = in };

	return begin(&n, err) && take_settings(&n, err) && add_parts(&n, err);
}

#define NUTTX_NAME "a NuttX build"
/* Comes before input_nuttx, since the folder usually has the parts as well. */
const struct input_format input_nuttx_merged = { .name = NUTTX_NAME,
						 .is = merged_is,
						 .open = merged_open };
const struct input_format input_nuttx = { .name = NUTTX_NAME, .is = nuttx_is, .read = nuttx_read };
