/* SPDX-License-Identifier: MIT */
/*
 * Chooses the ELF of the chip's mask ROM. Chips of one kind have different ROMs, and addresses of
 * another one would be wrong. A ROM prints a word when it starts ("ESP-ROM:esp32c3-api1-20210207",
 * on the ESP32 "ets Jul 29 2019 12:21:46"), and its ELF contains the same word, which identifies
 * it. The file names do not: espflash calls rev300 what ESP-IDF calls rev3.
 */
#include "cli/monitor/rom_elf.h"

#include <string.h>

#include "cli/bootloader/boot_places.h"
#include "base/util.h"
#include <espflash/image.h>

#define ROM_ELF_MAX (16u * EF_MIB) /* they have less than 1 MiB */

/* "Jul 29 2019" */
#define DATE_LEN 11

/* Return the chip whose ROM greets without its name. */
static const struct ef_chip *nameless_chip(void)
{
	for (size_t i = 0; ef_chips[i]; i++)
		if (!ef_chips[i]->rom.tag[0])
			return ef_chips[i];
	return NULL;
}

static bool greets_by_name(const char *at, struct rom_elf *ret)
{
	size_t len = strcspn(at, " \t\r\n");

	if (len == 0 || len >= sizeof(ret->word))
		return false;
	memcpy(ret->word, at, len);
	ret->word[len] = '\0';
	ret->chip = ef_chip_by_rom_tag(at, len);
	return ret->chip != NULL;
}

bool rom_elf_greets(const char *line, struct rom_elf *ret)
{
	static const char name[] = "ESP-ROM:", date[] = "ets ";
	const char *at = strstr(line, name);

	if (at)
		return greets_by_name(at + strlen(name), ret);
	at = strncmp(line, date, strlen(date)) == 0 ? line + strlen(date) : NULL;
	/* "Jul 29 2019 12:21:46"; the ESP8266's has no time behind it */
	if (!at || strlen(at) < DATE_LEN + 3 || at[3] != ' ' || at[6] != ' ' || at[DATE_LEN] != ' ')
		return false;
	memcpy(ret->word, at, DATE_LEN);
	ret->word[DATE_LEN] = '\0';
	ret->chip = nameless_chip();
	return ret->chip != NULL;
}

struct visit {
	const struct find_query *query;
	struct rom_elf *rom;
	const char *origin;
};

static bool has_word(const char *path, const char *word)
{
	struct ef_err ignored = EF_ERR_INIT; /* if this fails, the file is not a ROM ELF */
	struct ef_map map = { 0 };
	bool has;

	if (!ef_map_open(&map, path, ROM_ELF_MAX, &ignored))
		return false;
	has = ef_is_elf(map.data, map.len) && ef_find_text(map.data, map.len, word) != NULL;
	ef_map_release(&map);
	return has;
}

static bool visit_file(void *user, const char *path)
{
	struct visit *v = user;

	if (!ef_may_use_found(path, v->query->sudo_uid, NULL, 0) || !has_word(path, v->rom->word))
		return true;
	v->rom->origin = v->origin;
	return !ef_strlcpy(v->rom->path, sizeof(v->rom->path), path);
}

bool rom_elf_find(const struct find_query *q, struct rom_elf *rom)
{
	struct visit v = { .query = q, .rom = rom };

	rom->path[0] = '\0';
	for (const struct place *p = rom_places; rom->chip && p->origin; p++) {
		v.origin = p->origin;
		if (!place_visit(q, p, rom->chip, visit_file, &v))
			return true;
	}
	rom->path[0] = '\0';
	return false;
}
