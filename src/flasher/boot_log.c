/* SPDX-License-Identifier: MIT */
/*
 * Knows what the lines of a ROM and a bootloader mean for connecting. The console layer knows their
 * words; this file knows which of them is the best evidence for the mode in which the chip started,
 * and what to conclude where noise or an application damaged a line.
 *
 * Sources: esptool docs/en/advanced-topics/boot-mode-selection.rst for names and strap
 * bits, and the strings in the mask ROMs.
 */
#include "flasher/boot_log.h"

/* ---- lines ---- */

static bool is_eol(uint8_t c)
{
	return c == '\r' || c == '\n';
}

static const uint8_t *line_end(const uint8_t *p, const uint8_t *end)
{
	while (p < end && !is_eol(*p))
		p++;
	return p;
}

static void read_line(const uint8_t *p, const uint8_t *eol, struct ef_console_event *ret)
{
	char plain[EF_CONSOLE_LINE_MAX];
	size_t len = ef_strip_escapes(plain, sizeof(plain), p, (size_t)(eol - p));

	ef_console_classify(plain, len, ret);
}

/* The chip whose ROM printed the greeting; NULL: unknown. */
static const struct ef_chip *greeting_chip(const struct ef_console_event *e)
{
	if (e->kind != EF_CONSOLE_GREETING)
		return NULL;
	if (strncmp(e->text, "ets ", 4) == 0)
		return ef_chip_by_name("esp32");
	return ef_chip_by_rom_tag(e->text, strlen(e->text));
}

/*
 * Return whether the log dropped the start of this line, so that a ROM's words can't be told from
 * an application's.
 */
static bool is_cut(const struct ef_rx_log *rx, const uint8_t *line)
{
	return rx->total > rx->len && line == rx->data;
}

static const uint8_t *search(const struct ef_rx_log *rx, boot_test *test, bool is_first,
			     struct ef_console_event *ret)
{
	const uint8_t *end = rx->data + rx->len, *hit = NULL, *eol;
	/* codes above 0x14 differ between chips; the ROM's name is on an earlier line */
	const struct ef_chip *chip = ef_chip_by_name("esp32"), *named;

	for (const uint8_t *line = rx->data; line < end; line = eol + 1) {
		struct ef_console_event e;

		eol = line_end(line, end);
		if (eol == line || is_cut(rx, line))
			continue;
		read_line(line, eol, &e);
		named = greeting_chip(&e);
		chip = named ? named : chip;
		if (!test(&e, chip) || (hit && is_first))
			continue;
		hit = line;
		*ret = e;
	}
	return hit;
}

const uint8_t *boot_find_first(const struct ef_rx_log *rx, boot_test *test)
{
	struct ef_console_event e;

	return search(rx, test, true, &e);
}

const uint8_t *boot_find_last(const struct ef_rx_log *rx, boot_test *test)
{
	struct ef_console_event e;

	return search(rx, test, false, &e);
}

/* ---- tests of lines ---- */

static bool is_wait(const struct ef_console_event *e, const struct ef_chip *chip)
{
	(void)chip;
	return e->kind == EF_CONSOLE_WAITS;
}

bool boot_is_banner(const struct ef_console_event *e, const struct ef_chip *chip)
{
	(void)chip;
	return e->kind == EF_CONSOLE_RESET;
}

/* Only a banner has a mode, or the numbers of a reset and of straps. */
static bool has_straps(const struct ef_console_event *e, const struct ef_chip *chip)
{
	(void)chip;
	return e->has_straps;
}

bool boot_is_flash_mode(const struct ef_console_event *e, const struct ef_chip *chip)
{
	(void)chip;
	return e->mode == EF_CONSOLE_MODE_FLASH;
}

bool boot_is_download_mode(const struct ef_console_event *e, const struct ef_chip *chip)
{
	(void)chip;
	return e->mode == EF_CONSOLE_MODE_DOWNLOAD;
}

bool boot_is_power(const struct ef_console_event *e, const struct ef_chip *chip)
{
	const struct ef_rst_reason *r = e->has_reset ? ef_chip_rst_reason(chip, e->reset) : NULL;

	return r && r->kind == EF_RST_POWER;
}

static bool is_greeting(const struct ef_console_event *e, const struct ef_chip *chip)
{
	(void)chip;
	return e->kind == EF_CONSOLE_GREETING;
}

static bool is_esp8266(const struct ef_console_event *e, const struct ef_chip *chip)
{
	return is_greeting(e, chip) && e->is_unsupported;
}

static bool is_loader(const struct ef_console_event *e, const struct ef_chip *chip)
{
	(void)chip;
	return e->kind == EF_CONSOLE_LOADER_ON;
}

bool boot_is_start(const struct ef_console_event *e, const struct ef_chip *chip)
{
	return has_straps(e, chip) || is_loader(e, chip);
}

/* The ROM found no image that it can start. */
static bool is_rom_failure(const struct ef_console_event *e, const struct ef_chip *chip)
{
	(void)chip;
	return e->kind == EF_CONSOLE_FAILURE && e->stage == EF_CONSOLE_ROM;
}

static bool is_esp_rom(const struct ef_console_event *e, const struct ef_chip *chip)
{
	return is_greeting(e, chip) && strncmp(e->text, "ets ", 4) != 0;
}

/* ---- the message ---- */

void boot_quote_line(const struct ef_rx_log *rx, const uint8_t *line, char ret[EF_QUOTE_SIZE])
{
	const uint8_t *end = line_end(line, rx->data + rx->len);
	size_t n = 0;

	while (line < end && n < EF_QUOTE_SIZE - 1) {
		if (*line == 0x1b) {
			line += ef_escape_len(line, (size_t)(end - line));
			continue;
		}
		if (*line >= 0x20 && *line < 0x7f)
			ret[n++] = (char)*line;
		line++;
	}
	ret[n] = '\0';
}

/* ---- whose log it is ---- */

/* Only the ESP32 names all its resets this way. It has no code above this one. */
static bool is_esp32_banner(const struct ef_console_event *e, const struct ef_chip *chip)
{
	size_t len = strlen(e->text);

	return boot_is_banner(e, chip) && e->reset <= 0x10 && len > 6 &&
	       strcmp(e->text + len - 6, "_RESET") == 0;
}

const struct ef_chip *boot_chip(const struct ef_rx_log *rx)
{
	struct ef_console_event e;

	if (search(rx, is_esp_rom, false, &e))
		return greeting_chip(&e);
	if (search(rx, is_greeting, false, &e) || search(rx, is_esp32_banner, false, &e))
		return ef_chip_by_name("esp32");
	return NULL;
}

/* ---- the mode ---- */

/* A waiting ROM prints at most this many lines after its banner: a saved PC, "waiting for ...". */
#define LINES_OF_A_WAIT     2u
#define LINES_AFTER_ESP_ROM 2u /* the build date and the banner */

/*
 * Noise, or an application that was still printing, damaged the boot line of this
 * greeting. Count the lines after it instead: if there are more than a waiting
 * ROM prints, the chip booted from flash.
 */
static enum ef_verdict greeting_verdict(const struct ef_rx_log *rx, const uint8_t *line,
					unsigned lines_of_a_wait)
{
	const uint8_t *end = rx->data + rx->len, *p = line_end(line, end);
	unsigned lines = 0;

	while (p < end && lines <= lines_of_a_wait) {
		const uint8_t *eol;

		while (p < end && is_eol(*p))
			p++;
		eol = line_end(p, end);
		lines += eol < end && eol - p >= 4;
		p = eol;
	}
	return lines > lines_of_a_wait ? EF_VERDICT_FLASH_BOOT : EF_VERDICT_BOOT_MODE;
}

/*
 * The mode's name in "boot:0x13 (SPI_FAST_FLASH_BOOT)" decides. If it is missing
 * or damaged, the strap bit of the boot pin decides: 0x10 (GPIO0) on the ESP32
 * ("ets ..."), 0x08 on the chips that greet with "ESP-ROM:".
 */
static enum ef_verdict banner_verdict(const struct ef_rx_log *rx, const uint8_t *line,
				      const struct ef_console_event *e)
{
	switch (e->mode) {
	case EF_CONSOLE_MODE_DOWNLOAD:
		return EF_VERDICT_NO_SYNC_REPLY;
	case EF_CONSOLE_MODE_FLASH:
		return EF_VERDICT_FLASH_BOOT;
	case EF_CONSOLE_MODE_OTHER:
		return EF_VERDICT_BOOT_MODE;
	case EF_CONSOLE_MODE_UNKNOWN:
		break;
	}
	if (e->straps & (boot_find_last(rx, is_esp_rom) ? 0x08u : 0x10u))
		return EF_VERDICT_FLASH_BOOT;
	return greeting_verdict(rx, line, LINES_OF_A_WAIT);
}

void boot_log_read(const struct ef_rx_log *rx, struct boot_log *ret)
{
	/* strongest evidence first; the bootloader's lines matter if an eFuse mutes the ROM */
	static const struct {
		boot_test *test;
		enum ef_verdict verdict; /* NONE: look at the boot line */
	} signs[] = {
		{ is_wait, EF_VERDICT_NO_SYNC_REPLY },
		{ boot_is_download_mode, EF_VERDICT_NO_SYNC_REPLY },
		{ has_straps, EF_VERDICT_NONE },
		{ is_esp8266, EF_VERDICT_ESP8266 },
		{ boot_is_flash_mode, EF_VERDICT_FLASH_BOOT },
		{ is_loader, EF_VERDICT_FLASH_BOOT },
		{ is_rom_failure, EF_VERDICT_FLASH_BOOT },
	};
	const uint8_t *start = boot_find_last(rx, boot_is_start);
	struct ef_console_event e;

	*ret = (struct boot_log){ EF_VERDICT_NONE, NULL, false };
	for (size_t i = 0; i < EF_ARRAY_LEN(signs); i++) {
		ret->line = search(rx, signs[i].test, false, &e);
		if (!ret->line)
			continue;
		/* the chip has started again since then, and not in download mode */
		if (signs[i].verdict == EF_VERDICT_NO_SYNC_REPLY && ret->line < start)
			continue;
		ret->verdict = signs[i].verdict ? signs[i].verdict
						: banner_verdict(rx, ret->line, &e);
		ret->has_mode = e.mode != EF_CONSOLE_MODE_UNKNOWN;
		return;
	}
	ret->line = boot_find_last(rx, boot_is_banner);
	if (ret->line) {
		ret->verdict = greeting_verdict(rx, ret->line, LINES_OF_A_WAIT);
		return;
	}
	ret->line = boot_find_last(rx, is_esp_rom);
	if (ret->line)
		ret->verdict = greeting_verdict(rx, ret->line,
						LINES_AFTER_ESP_ROM + LINES_OF_A_WAIT);
}

/* ---- counting ---- */

static void count_reason(const struct ef_console_event *e, const struct ef_chip *chip,
			 struct ef_boot_counts *counts)
{
	const struct ef_rst_reason *reason;

	/* a banner has both "rst:" and "boot:"; a crash handler may print "rst:" alone */
	if (!e->has_reset || !e->has_straps)
		return;
	reason = ef_chip_rst_reason(chip, e->reset);
	if (!reason)
		return;
	counts->starts += reason->kind == EF_RST_START;
	counts->software += reason->kind == EF_RST_SOFTWARE;
	counts->watchdog += reason->kind == EF_RST_WATCHDOG;
	counts->power += reason->kind == EF_RST_POWER;
	counts->download_restarts += reason->kind == EF_RST_WATCHDOG &&
				     e->mode == EF_CONSOLE_MODE_DOWNLOAD;
}

void ef_boot_count(const uint8_t *text, size_t len, struct ef_boot_counts *counts)
{
	/* codes above 0x14 differ between chips; the ROM's name is on an earlier line */
	const struct ef_chip *chip = ef_chip_by_name("esp32"), *named;
	const uint8_t *p = text, *end = text + len, *eol;

	for (; p < end; p = eol + 1) {
		struct ef_console_event e;

		eol = line_end(p, end);
		if (eol == end)
			break; /* the rest of this line has not arrived yet */
		read_line(p, eol, &e);
		named = greeting_chip(&e);
		chip = named ? named : chip;
		count_reason(&e, chip, counts);
		counts->empty += e.kind == EF_CONSOLE_FAILURE && e.is_erased;
		counts->downloads += e.kind == EF_CONSOLE_WAITS;
	}
}

/* ---- the numbers in words ---- */

static void add_text(char ret[EF_MEANING_SIZE], const char *text)
{
	size_t len = strlen(ret);

	(void)ef_strlcpy(ret + len, EF_MEANING_SIZE - len, text);
}

static void add_pins(const struct ef_chip *chip, uint32_t strap, char ret[EF_MEANING_SIZE])
{
	bool is_first = true;
	char word[64];

	for (size_t i = 0; i < EF_STRAP_PINS && chip->strap.pins[i].mask; i++) {
		const struct ef_strap_pin *pin = &chip->strap.pins[i];
		int level = (strap & pin->mask) != 0;

		if (pin->download < 0)
			continue;
		(void)ef_snprintf(word, sizeof(word), "%s%s %s%s", is_first ? "" : ", ", pin->name,
				  level ? "high" : "low",
				  level == pin->download ? ""
				  : level                ? " (download needs it low)"
							 : " (download needs it high)");
		add_text(ret, word);
		is_first = false;
	}
}

void boot_meaning(const struct ef_rx_log *rx, const uint8_t *line, bool with_pins,
		  char ret[EF_MEANING_SIZE])
{
	const struct ef_chip *chip = boot_chip(rx);
	const struct ef_rst_reason *reason;
	struct ef_console_event e;

	if (!chip || !line)
		return;
	read_line(line, line_end(line, rx->data + rx->len), &e);
	if (with_pins && e.has_straps)
		add_pins(chip, e.straps, ret);
	if (!e.has_reset)
		return;
	reason = ef_chip_rst_reason(chip, e.reset);
	if (!reason || reason->kind == EF_RST_START)
		return;
	add_text(ret, *ret ? "; started by: " : "started by: ");
	add_text(ret, reason->words);
}
