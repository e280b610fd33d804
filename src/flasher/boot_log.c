/* SPDX-License-Identifier: MIT */
/*
 * Parses boot logs. Knows the formats of the ESP32 ("ets Jun  8 2016 ...
 * rst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)"), of later chips
 * ("ESP-ROM:esp32c3-api1-20210207 ... boot:0x8 (SPI_FAST_FLASH_BOOT)") and of
 * the ESP8266 ("boot mode:(3,6)"), and what the numbers in them mean.
 *
 * Sources: esptool docs/en/advanced-topics/boot-mode-selection.rst for names
 * and strap bits, and the strings in the mask ROMs.
 */
#include "flasher/boot_log.h"

/* Fewer characters than this before a ROM's words are noise, not an application's text. */
#define FOREIGN_MIN 4u
/* A banner's ":0x" lies within so many bytes, even if a few bytes of noise precede "rst:0x". */
#define RST_REACH 9u

const uint8_t *boot_find_last(const struct ef_rx_log *rx, const char *text)
{
	const uint8_t *end = rx->data + rx->len, *hit = NULL, *p = rx->data;

	while ((p = ef_find_text(p, (size_t)(end - p), text)) != NULL)
		hit = p++;
	return hit;
}

bool boot_contains(const struct ef_rx_log *rx, const char *text)
{
	return ef_find_text(rx->data, rx->len, text) != NULL;
}

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

/*
 * Whether the hit is part of an application's message ("I (75) ota: waiting for
 * download from the server"). A ROM prints its words at the start of a line or
 * after "rst:0x", so readable text before the hit gives the application away.
 * Unreadable bytes before it are noise and don't count.
 */
static bool is_foreign(const uint8_t *line, const uint8_t *hit)
{
	size_t len = (size_t)(hit - line), text = 0;

	for (const uint8_t *p = line; p < hit; p++)
		text += *p >= 0x20 && *p < 0x7f;
	if (len < FOREIGN_MIN || text < len - len / 4)
		return false;
	/* a ROM's banner whose start is missing or damaged */
	if ((hit[-2] == ')' && hit[-1] == ',') || ef_find_text(line, len, "),boot:0x"))
		return false;
	return !ef_find_text(line, len < RST_REACH ? len : RST_REACH, ":0x");
}

/*
 * Whether the log dropped the start of this line, so that nobody can tell a ROM's
 * words from an application's.
 */
static bool is_cut(const struct ef_rx_log *rx, const uint8_t *line)
{
	return rx->total > rx->len && line == rx->data;
}

/* The last occurrence of text that a ROM printed. */
static const uint8_t *last_of_rom(const struct ef_rx_log *rx, const char *text)
{
	const uint8_t *end = rx->data + rx->len, *line = rx->data, *hit = NULL, *eol;

	for (; line < end; line = eol + 1) {
		const uint8_t *at;

		eol = line_end(line, end);
		at = ef_find_text(line, (size_t)(eol - line), text);
		if (at && !is_cut(rx, line) && !is_foreign(line, at))
			hit = at;
	}
	return hit;
}

void boot_quote_line(const struct ef_rx_log *rx, const uint8_t *p, char ret[EF_QUOTE_SIZE])
{
	const uint8_t *start = p, *end = line_end(p, rx->data + rx->len);
	size_t n = 0;

	while (start > rx->data && !is_eol(start[-1]) && p - start < EF_QUOTE_SIZE / 2)
		start--;
	while (start < end && n < EF_QUOTE_SIZE - 1) {
		if (*start == 0x1b) {
			start += ef_escape_len(start, (size_t)(end - start));
			continue;
		}
		if (*start >= 0x20 && *start < 0x7f)
			ret[n++] = (char)*start;
		start++;
	}
	ret[n] = '\0';
}

/* Parse the number after word, as in "rst:0x10". False: the line lacks the word. */
static bool hex_after(const uint8_t *p, const uint8_t *end, const char *word, uint32_t *ret)
{
	uint32_t v = 0;

	p = ef_find_text(p, (size_t)(end - p), word);
	if (!p)
		return false;
	for (p += strlen(word); p < end && v < 0x1000000; p++) {
		int digit = ef_digit_value((char)*p);

		if (digit < 0 || digit > 15)
			break;
		v = v << 4 | (uint32_t)digit;
	}
	*ret = v;
	return true;
}

/* ---- whose log it is ---- */

const struct ef_chip *boot_chip(const struct ef_rx_log *rx)
{
	const uint8_t *p = boot_find_last(rx, "ESP-ROM:"), *end = rx->data + rx->len;

	if (p) {
		p += strlen("ESP-ROM:");
		return ef_chip_by_rom_tag((const char *)p, (size_t)(end - p));
	}
	/* not "ets Jan  8 2013": the ESP8266 prints that */
	if (boot_contains(rx, "ets Jun") || boot_contains(rx, "ets Jul") ||
	    boot_contains(rx, "_RESET),boot:0x"))
		return ef_chip_by_name("esp32");
	return NULL;
}

/* ---- the mode ---- */

/*
 * The ROMs print one of these when they wait for a host. The straps and the
 * eFuses decide which one (strings in the ROMs of ESP32 to S31).
 */
static const char *const waiting[] = {
	"waiting for download", "wait uart0 download",      "wait uart download(secure mode)",
	"wait usb download",    "wait uart0/sdio download", "waiting for RMA download",
};

bool boot_waits(const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < EF_ARRAY_LEN(waiting); i++) {
		const uint8_t *hit = ef_find_text(p, len, waiting[i]), *line = hit;

		while (line && line > p && !is_eol(line[-1]))
			line--;
		if (hit && !is_foreign(line, hit))
			return true;
	}
	return false;
}

static const uint8_t *last_wait(const struct ef_rx_log *rx)
{
	const uint8_t *hit = NULL;

	for (size_t i = 0; i < EF_ARRAY_LEN(waiting); i++) {
		const uint8_t *at = last_of_rom(rx, waiting[i]);

		hit = at && (!hit || at > hit) ? at : hit;
	}
	return hit;
}

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

bool boot_is_download(const uint8_t *p, size_t len)
{
	/* straps can also select one interface: "UART_BOOT(UART0)", "UART0_BOOT", "USB_BOOT" */
	static const char *const download[] = { "(DOWNLOAD", "(UART", "(USB" };
	/* skip the reset reason, whose name may match: "rst:0x15 (USB_UART_CHIP_RESET),boot:0x8" */
	const uint8_t *mode = ef_find_text(p, len, "boot:0x");

	if (!mode)
		return false;
	len -= (size_t)(mode - p);
	for (size_t i = 0; i < EF_ARRAY_LEN(download); i++)
		if (ef_find_text(mode, len, download[i]))
			return true;
	return false;
}

/*
 * The mode's name in "boot:0x13 (SPI_FAST_FLASH_BOOT)" decides. If it is missing
 * or damaged, the strap bit of the boot pin decides: 0x10 (GPIO0) on the ESP32
 * ("ets ..."), 0x08 on the chips that greet with "ESP-ROM:".
 */
static enum ef_verdict boot_verdict(const struct ef_rx_log *rx, const uint8_t *boot)
{
	const uint8_t *eol = line_end(boot, rx->data + rx->len);
	size_t left = (size_t)(eol - boot);
	uint32_t strap = 0;

	if (boot_is_download(boot, left))
		return EF_VERDICT_NO_SYNC_REPLY;
	if (ef_find_text(boot, left, "(SPI_FAST_FLASH"))
		return EF_VERDICT_FLASH_BOOT;
	if (ef_find_text(boot, left, "_BOOT)"))
		return EF_VERDICT_BOOT_MODE;
	(void)!hex_after(boot, eol, "boot:0x", &strap);
	if (strap & (boot_contains(rx, "ESP-ROM:") ? 0x08u : 0x10u))
		return EF_VERDICT_FLASH_BOOT;
	return greeting_verdict(rx, boot, LINES_OF_A_WAIT);
}

void boot_log_read(const struct ef_rx_log *rx, struct boot_log *ret)
{
	/* strongest evidence first; the bootloader's lines matter if an eFuse mutes the ROM */
	static const struct {
		const char *text;
		enum ef_verdict verdict; /* NONE: look at the boot line */
		bool is_anywhere;        /* the text need not begin its line */
	} signs[] = {
		{ " (DOWNLOAD", EF_VERDICT_NO_SYNC_REPLY, false },
		{ "boot:0x", EF_VERDICT_NONE, false },
		{ "boot mode:(", EF_VERDICT_ESP8266, true },
		{ "SPI_FAST_FLASH_BOOT", EF_VERDICT_FLASH_BOOT, false },
		{ "2nd stage bootloader", EF_VERDICT_FLASH_BOOT, true },
		{ "boot: ESP-IDF", EF_VERDICT_FLASH_BOOT, true },
		{ "invalid header: 0x", EF_VERDICT_FLASH_BOOT, false },
	};

	*ret = (struct boot_log){ EF_VERDICT_NO_SYNC_REPLY, last_wait(rx) };
	if (ret->line)
		return;
	ret->verdict = EF_VERDICT_NONE;
	for (size_t i = 0; i < EF_ARRAY_LEN(signs); i++) {
		ret->line = signs[i].is_anywhere ? boot_find_last(rx, signs[i].text)
						 : last_of_rom(rx, signs[i].text);
		if (!ret->line)
			continue;
		ret->verdict = signs[i].verdict ? signs[i].verdict : boot_verdict(rx, ret->line);
		return;
	}
	ret->line = last_of_rom(rx, "rst:0x");
	if (ret->line) {
		ret->verdict = greeting_verdict(rx, ret->line, LINES_OF_A_WAIT);
		return;
	}
	ret->line = boot_find_last(rx, "ESP-ROM:");
	if (ret->line)
		ret->verdict = greeting_verdict(rx, ret->line,
						LINES_AFTER_ESP_ROM + LINES_OF_A_WAIT);
}

/* ---- counting ---- */

static void count_reason(const uint8_t *p, const uint8_t *end, const struct ef_chip *chip,
			 struct ef_boot_counts *counts)
{
	const struct ef_rst_reason *reason;
	const uint8_t *rst = ef_find_text(p, (size_t)(end - p), "rst:0x");
	uint32_t code;

	/* a banner has both "rst:" and "boot:"; a crash handler may print "rst:" alone */
	if (!rst || is_foreign(p, rst) || !hex_after(p, end, "rst:0x", &code) ||
	    !ef_find_text(p, (size_t)(end - p), "boot:0x"))
		return;
	reason = ef_chip_rst_reason(chip, code);
	if (!reason)
		return;
	counts->starts += reason->kind == EF_RST_START;
	counts->software += reason->kind == EF_RST_SOFTWARE;
	counts->watchdog += reason->kind == EF_RST_WATCHDOG;
	counts->power += reason->kind == EF_RST_POWER;
	counts->download_restarts += reason->kind == EF_RST_WATCHDOG &&
				     ef_find_text(p, (size_t)(end - p), "(DOWNLOAD") != NULL;
}

void ef_boot_count(const uint8_t *text, size_t len, struct ef_boot_counts *counts)
{
	/* codes above 0x14 differ between chips; the ROM's name is on an earlier line */
	const struct ef_chip *chip = ef_chip_by_name("esp32");
	const uint8_t *p = text, *end = text + len, *eol;

	for (; p < end; p = eol + 1) {
		const uint8_t *rom = NULL, *empty;

		eol = line_end(p, end);
		if (eol == end)
			break; /* the rest of this line has not arrived yet */
		rom = ef_find_text(p, (size_t)(eol - p), "ESP-ROM:");
		if (rom) {
			const struct ef_chip *named;

			rom += strlen("ESP-ROM:");
			named = ef_chip_by_rom_tag((const char *)rom, (size_t)(eol - rom));
			chip = named ? named : chip;
		}
		count_reason(p, eol, chip, counts);
		empty = ef_find_text(p, (size_t)(eol - p), "invalid header: 0xffffffff");
		counts->empty += empty && !is_foreign(p, empty);
		counts->downloads += boot_waits(p, (size_t)(eol - p));
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
	const uint8_t *end = rx->data + rx->len, *start = line, *eol;
	uint32_t value;

	ret[0] = '\0';
	if (!chip || !line)
		return;
	while (start > rx->data && !is_eol(start[-1]))
		start--;
	eol = line_end(start, end);
	if (with_pins && hex_after(start, eol, "boot:0x", &value))
		add_pins(chip, value, ret);
	if (!hex_after(start, eol, "rst:0x", &value))
		return;
	reason = ef_chip_rst_reason(chip, value);
	if (!reason || reason->kind == EF_RST_START)
		return;
	add_text(ret, *ret ? "; started by: " : "started by: ");
	add_text(ret, reason->words);
}
