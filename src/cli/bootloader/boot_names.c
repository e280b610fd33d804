/* SPDX-License-Identifier: MIT */
/*
 * Knows what the names of files and folders tell about bootloaders. Sources: platform.txt of
 * arduino-esp32 (bootloader_{build.boot}_{build.boot_freq}.elf in CHIP/bin, or CHIP-libs/x/bin),
 * espflash's resources/bootloaders/manifest.yaml.
 */
#include "cli/bootloader/boot_list.h"

/* ---- variants ---- */

/* "_80m" and what may follow a frequency. */
static uint16_t take_freq(const char *text)
{
	uint16_t mhz = 0;

	if (*text++ != '_')
		return 0;
	while (*text >= '0' && *text <= '9' && mhz < 1000)
		mhz = (uint16_t)(mhz * 10 + (*text++ - '0'));
	return *text == 'm' ? mhz : 0;
}

struct boot_variant boot_variant_of(const char *name)
{
	static const struct {
		const char *word;
		int mode;
	} modes[] = { { "qio", EF_MODE_QIO },
		      { "qout", EF_MODE_QOUT },
		      { "dio", EF_MODE_DIO },
		      { "dout", EF_MODE_DOUT },
		      { "opi", -1 } };
	struct boot_variant v = { .mode = -1 };

	name = ef_base_name(name);
	for (size_t i = 0; i < EF_ARRAY_LEN(modes); i++) {
		const char *at = strstr(name, modes[i].word);
		size_t len = strlen(modes[i].word);

		if (!at || at == name || (at[-1] != '_' && at[-1] != '-') || !take_freq(at + len))
			continue;
		v.mode = modes[i].mode;
		v.freq_mhz = take_freq(at + len);
		v.is_octal = modes[i].mode < 0;
	}
	return v;
}

/* ---- chips and crystals ---- */

static const struct ef_chip *chip_of_component(const char *text, size_t len)
{
	const struct ef_chip *found = NULL;
	size_t found_len = 0;

	for (size_t i = 0; ef_chips[i]; i++) {
		size_t n = strlen(ef_chips[i]->name);

		if (n > found_len && n <= len && memcmp(text, ef_chips[i]->name, n) == 0 &&
		    (n == len || strchr("-_.", text[n]))) {
			found = ef_chips[i];
			found_len = n;
		}
	}
	return found;
}

/*
 * Return the chip of the last folder that names one: "packages/esp32/tools/esp32c3-libs/3.3.0/bin".
 */
const struct ef_chip *boot_chip_of(const char *path)
{
	const struct ef_chip *found = NULL;

	while (*path) {
		size_t len = strcspn(path, "/");
		const struct ef_chip *chip = chip_of_component(path, len);

		if (chip)
			found = chip;
		path += len + (path[len] == '/');
	}
	return found;
}

uint8_t boot_crystal_of(const char *name, const struct ef_chip *chip)
{
	size_t len = strlen(chip->name);
	uint32_t mhz = 0;

	name = ef_base_name(name);
	/* if the ROM has measured the crystal (C5), the bootloader asks the ROM */
	if (strncmp(name, chip->name, len) != 0 || !chip->xtal.mhz[1] || chip->xtal.rom_reg)
		return 0;
	name += len;
	if (strcmp(name, "-bootloader.bin") == 0)
		return chip->image.default_xtal_mhz;
	if (*name++ != '_')
		return 0;
	while (*name >= '0' && *name <= '9' && mhz < 1000)
		mhz = mhz * 10 + (uint32_t)(*name++ - '0');
	for (size_t i = 0; *name == '-' && i < EF_ARRAY_LEN(chip->xtal.mhz); i++)
		if (mhz && chip->xtal.mhz[i] == mhz)
			return (uint8_t)mhz;
	return 0;
}

uint16_t boot_revision_of(const char *name, const struct ef_chip *chip)
{
	size_t len = strlen(chip->name);
	uint32_t major = 0;

	name = ef_base_name(name);
	if (strncmp(name, chip->name, len) != 0 || strncmp(name + len, "-v", 2) != 0)
		return 0;
	for (name += len + 2; *name >= '0' && *name <= '9' && major < 100; name++)
		major = major * 10 + (uint32_t)(*name - '0');
	return strcmp(name, "-bootloader.bin") == 0 ? (uint16_t)(major * 100) : 0;
}

bool boot_name_is_plain(const char *name, const struct ef_chip *chip)
{
	size_t len = strlen(chip->name);

	name = ef_base_name(name);
	if (strncmp(name, chip->name, len) != 0)
		return false;
	name += len;
	if (*name == '_' || strncmp(name, "-v", 2) == 0) {
		name += *name == '_' ? 1 : 2;
		name += strspn(name, "0123456789");
	}
	return strcmp(name, "-bootloader.bin") == 0;
}

/* ---- which files are looked into ---- */

bool boot_name_fits(const char *name)
{
	static const char *const programs[] = { "espflash", "cargo-espflash", "espflash.exe",
						"cargo-espflash.exe" };
	const char *base = ef_base_name(name);

	for (size_t i = 0; i < EF_ARRAY_LEN(programs); i++)
		if (strcmp(base, programs[i]) == 0)
			return true;
	if (ef_ends_with(base, ".crate"))
		return strncmp(base, "espflash-", strlen("espflash-")) == 0;
	if (ef_ends_with(base, ".elf"))
		return strstr(base, "bootloader") != NULL;
	return ef_ends_with(base, ".bin");
}

/* ---- the configuration ---- */

/* Write PATH/../NAME without the "..", so that it is legible and no link can redirect it. */
static bool above(const char *path, unsigned levels, const char *name, char ret[FIND_PATH_SIZE])
{
	if (!ef_strlcpy(ret, FIND_PATH_SIZE, path))
		return false;
	for (unsigned i = 0; i <= levels; i++) {
		char *slash = strrchr(ret, '/');

		if (!slash)
			return false;
		*slash = '\0';
	}
	return ef_strlcpy(ret + strlen(ret), FIND_PATH_SIZE - strlen(ret), name);
}

/* Get the name of the folder that the file is in: PlatformIO's environment. */
static bool folder_of(const char *path, char ret[64])
{
	char dir[FIND_PATH_SIZE];

	return above(path, 0, "", dir) && ef_strlcpy(ret, 64, ef_base_name(dir));
}

/*
 * Arduino: CHIP/bin/x.elf and CHIP/sdkconfig; a sketch's build has it beside the bootloader.
 * ESP-IDF: P/build/bootloader/x.bin and P/sdkconfig. PlatformIO: P/.pio/build/ENV/x.bin and
 * P/sdkconfig.ENV; ESPHome: P/.pioenvs/ENV/x.bin and P/sdkconfig.ENV.
 */
bool boot_config_of(const char *path, const char *sudo_uid, struct ef_sdkconfig *ret)
{
	char name[FIND_PATH_SIZE], env[64] = "", names[2][80] = { "/sdkconfig", "" };
	struct ef_buf text = EF_BUF_INIT(EF_MIB);
	struct ef_err ignored = EF_ERR_INIT; /* if this fails, the mode is not known */
	bool ok = false;

	if (folder_of(path, env))
		(void)ef_snprintf(names[1], sizeof(names[1]), "/sdkconfig.%s", env);
	for (unsigned i = 0; !ok && i < 4 * EF_ARRAY_LEN(names); i++)
		ok = names[i % 2][0] && above(path, i / 2, names[i % 2], name) &&
		     ef_may_use_found(name, sudo_uid, NULL, 0) &&
		     ef_file_read_regular(name, &text, &ignored);
	if (ok)
		ef_sdkconfig_read(text.data, text.len, ret);
	ef_buf_release(&text);
	return ok && ret->target[0];
}
