/* SPDX-License-Identifier: MIT */
/*
 * Why a connection failed: a pure function from what was received to one
 * verdict, and a table from verdict to words and next step. Knows the shapes
 * of the boot logs: the ESP32's ("ets Jun  8 2016 ... rst:0x1
 * (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)"), the later chips'
 * ("ESP-ROM:esp32c3-api1-20210207 ... boot:0x8 (SPI_FAST_FLASH_BOOT)") and the
 * ESP8266's ("boot mode:(3,6)").
 *
 * Sources: esptool docs/en/advanced-topics/boot-mode-selection.rst for names
 * and strap bits; the causes are those of users' reports.
 */
#include "flasher/flasher_priv.h"

#define QUOTE_SIZE 120

/* What the bytes showed. Lines are quoted for the user, cleaned and cut. */
struct finding {
	enum ef_verdict verdict;
	char quote[QUOTE_SIZE];
	bool is_brownout;
	bool is_esp8266;
};

/* ---- looking for text in bytes ---- */

static const uint8_t *find(const uint8_t *p, size_t len, const void *what, size_t what_len)
{
	for (; len >= what_len; p++, len--)
		if (memcmp(p, what, what_len) == 0)
			return p;
	return NULL;
}

static bool contains(const struct ef_rx_log *rx, const char *text)
{
	return find(rx->data, rx->len, text, strlen(text)) != NULL;
}

/* The last occurrence, or NULL. */
static const uint8_t *find_last(const struct ef_rx_log *rx, const char *text)
{
	const uint8_t *end = rx->data + rx->len, *hit = NULL, *p = rx->data;
	size_t len = strlen(text);

	while ((p = find(p, (size_t)(end - p), text, len)) != NULL)
		hit = p++;
	return hit;
}

static bool is_eol(uint8_t c)
{
	return c == '\r' || c == '\n';
}

/* The line around p, without what can't be printed. */
static void quote_line(const struct ef_rx_log *rx, const uint8_t *p, char ret[QUOTE_SIZE])
{
	const uint8_t *start = p, *end = rx->data + rx->len;
	size_t n = 0;

	while (start > rx->data && !is_eol(start[-1]) && p - start < QUOTE_SIZE / 2)
		start--;
	for (; start < end && !is_eol(*start) && n < QUOTE_SIZE - 1; start++)
		if (*start >= 0x20 && *start < 0x7f)
			ret[n++] = (char)*start;
	ret[n] = '\0';
}

/* Ours is the only program that says this. */
static bool has_echo(const struct ef_rx_log *rx)
{
	static const uint8_t sync_start[] = { 0x07, 0x07, 0x12, 0x20, 0x55, 0x55, 0x55, 0x55 };

	return find(rx->data, rx->len, sync_start, sizeof(sync_start)) != NULL;
}

/* Whether most bytes are what a terminal shows: text, line ends, tabs, colours. */
static bool is_text(const struct ef_rx_log *rx)
{
	size_t good = 0;

	for (size_t i = 0; i < rx->len; i++) {
		uint8_t c = rx->data[i];

		good += (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\r' || c == '\t' || c == 0x1b;
	}
	return rx->len >= 4 && good >= rx->len - rx->len / 5;
}

/* ---- the boot log ---- */

static uint32_t hex_value(const uint8_t *p, const uint8_t *end)
{
	uint32_t v = 0;

	for (; p < end && ef_digit_value((char)*p) >= 0 && v < 0x1000000; p++)
		v = v << 4 | (uint32_t)ef_digit_value((char)*p);
	return v;
}

/*
 * "boot:0x13 (SPI_FAST_FLASH_BOOT)": the name decides. Where it is missing the
 * strap bits do: GPIO0 is 0x10 on the ESP32 ("ets ..."), the boot pin is 0x08
 * on the chips that announce themselves with "ESP-ROM:".
 */
static enum ef_verdict boot_verdict(const struct ef_rx_log *rx, const uint8_t *boot)
{
	const uint8_t *end = rx->data + rx->len, *eol = boot, *name;
	uint32_t strap = hex_value(boot + strlen("boot:0x"), end);

	while (eol < end && !is_eol(*eol))
		eol++;
	name = find(boot, (size_t)(eol - boot), "(", 1);
	if (name && eol - name > 3) {
		size_t left = (size_t)(eol - name);

		/* the second: "UART_BOOT(UART0)" and "UART0_BOOT", download by UART alone */
		if (find(name, left, "(DOWNLOAD", 9) || find(name, left, "(UART", 5))
			return EF_VERDICT_NO_SYNC_REPLY;
		if (find(name, left, "(SPI_FAST_FLASH", 15))
			return EF_VERDICT_FLASH_BOOT;
		return EF_VERDICT_BOOT_MODE;
	}
	if (strap & (contains(rx, "ESP-ROM:") ? 0x08u : 0x10u))
		return EF_VERDICT_FLASH_BOOT;
	return EF_VERDICT_BOOT_MODE;
}

static bool classify_boot_log(const struct ef_rx_log *rx, struct finding *ret)
{
	/* in the order of what they prove; the bootloader speaks where the ROM is muted */
	static const char *const second_stage[] = { "2nd stage bootloader", "boot: ESP-IDF" };
	const uint8_t *p = find_last(rx, "waiting for download");

	ret->is_brownout = contains(rx, "BROWNOUT");
	if (p) {
		ret->verdict = EF_VERDICT_NO_SYNC_REPLY;
	} else if ((p = find_last(rx, "boot:0x")) != NULL) {
		ret->verdict = boot_verdict(rx, p);
	} else if ((p = find_last(rx, "boot mode:(")) != NULL) {
		ret->verdict = EF_VERDICT_BOOT_MODE;
		ret->is_esp8266 = true;
	} else if ((p = find_last(rx, second_stage[0])) != NULL ||
		   (p = find_last(rx, second_stage[1])) != NULL) {
		ret->verdict = EF_VERDICT_FLASH_BOOT;
	} else if ((p = find_last(rx, "ESP-ROM:")) != NULL ||
		   (p = find_last(rx, "rst:0x")) != NULL) {
		ret->verdict = EF_VERDICT_BOOT_MODE;
	} else {
		return false;
	}
	quote_line(rx, p, ret->quote);
	return true;
}

static void quote_bytes(const struct ef_rx_log *rx, char ret[QUOTE_SIZE])
{
	ef_hex(ret, rx->data, rx->len < 16 ? rx->len : 16);
}

/* The last whole line: what the application says just now. */
static void quote_text(const struct ef_rx_log *rx, char ret[QUOTE_SIZE])
{
	const uint8_t *p = rx->data + rx->len;

	ret[0] = '\0';
	while (p > rx->data && is_eol(p[-1]))
		p--;
	if (p > rx->data)
		quote_line(rx, p - 1, ret);
}

static struct finding classify(const struct ef_evidence *ev)
{
	const struct ef_rx_log *rx = &ev->rx;
	struct finding f = { .verdict = EF_VERDICT_NONE };

	if (rx->total == 0 || rx->len == 0) {
		f.verdict = ev->syncs ? EF_VERDICT_SILENT : EF_VERDICT_NONE;
	} else if (classify_boot_log(rx, &f)) {
		/* done: the ROM's own words are the best evidence */
	} else if (has_echo(rx)) {
		f.verdict = EF_VERDICT_ECHO;
	} else if (is_text(rx)) {
		f.verdict = EF_VERDICT_APP_UNAFFECTED;
		quote_text(rx, f.quote);
	} else {
		f.verdict = EF_VERDICT_GARBAGE;
		quote_bytes(rx, f.quote);
	}
	return f;
}

enum ef_verdict ef_diagnose(const struct ef_evidence *ev)
{
	return classify(ev).verdict;
}

/* ---- words ---- */

enum lines { ANY, WITH_LINES, WITHOUT_LINES };

static const struct words {
	enum ef_verdict verdict;
	enum lines lines;
	const char *what;    /* after "cannot connect on 'PORT': " */
	const char *seen;    /* before the quoted evidence; NULL: none to quote */
	const char *next;    /* what to do ... */
	const char *options; /* ... before "espflash-c board-info --port PORT" with these */
} table[] = {
	{ EF_VERDICT_NONE, ANY, "no reply to SYNC", NULL, "check the port and the cable", "" },
	{ EF_VERDICT_SILENT, WITH_LINES, "the chip is silent: no byte came back", NULL,
	  "check that this is the board's port ('espflash-c list-ports'), that the chip has power "
	  "and EN is at 3.3 V, and its TX reaches the adapter's RX; or hold BOOT, press RESET",
	  " --before no-reset" },
	{ EF_VERDICT_SILENT, WITHOUT_LINES,
	  "the chip is silent, and this port has no lines to reset it with", NULL,
	  "put the chip into download mode (hold BOOT, press RESET, release both)",
	  " --before no-reset" },
	{ EF_VERDICT_NO_SYNC_REPLY, ANY, "the chip waits for download but does not hear us",
	  "it printed",
	  "check the wire from the adapter's TX to the chip's RX (and that nothing else drives "
	  "it); on a board with two USB ports use the other one",
	  "" },
	{ EF_VERDICT_FLASH_BOOT, WITH_LINES,
	  "reset works, but the chip boots from flash: its boot pin was not low when EN rose",
	  "it printed",
	  "hold BOOT, press RESET, release both; to cure it put 1 to 10 uF between EN and GND, or "
	  "check the wire from DTR to the boot pin",
	  " --before no-reset" },
	{ EF_VERDICT_FLASH_BOOT, WITHOUT_LINES,
	  "the chip boots from flash, and this port has no lines to change that", "it printed",
	  "hold BOOT, press RESET, release both", " --before no-reset" },
	{ EF_VERDICT_BOOT_MODE, ANY,
	  "the chip started in a mode that is neither download nor flash boot", "it printed",
	  "a second strap pin has the wrong level: GPIO2 or GPIO46 must be low, GPIO8 (RISC-V "
	  "chips) high while BOOT is low; see the datasheet's strapping pins",
	  "" },
	{ EF_VERDICT_ECHO, ANY,
	  "our own bytes come back: TX and RX are tied together, and no chip answers", NULL,
	  "check that TX goes to the chip's RX and RX to its TX, and that this is the board's port",
	  "" },
	{ EF_VERDICT_APP_UNAFFECTED, WITH_LINES,
	  "an application keeps running: DTR and RTS don't reach the chip", "it prints",
	  "hold BOOT, press RESET, release both", " --before no-reset" },
	{ EF_VERDICT_APP_UNAFFECTED, WITHOUT_LINES,
	  "an application is running, and this port has no lines to reset the chip with",
	  "it prints", "hold BOOT, press RESET, release both", " --before no-reset" },
	{ EF_VERDICT_GARBAGE, ANY, "what comes back is neither text nor an answer",
	  "it starts with",
	  "suspect noise, a missing common ground, or a chip whose crystal makes it talk at "
	  "another rate (26 MHz ones: 74880); try a slower rate",
	  " --baud 57600" },
};

static const struct words *words_for(enum ef_verdict verdict, bool has_lines)
{
	for (size_t i = 0; i < EF_ARRAY_LEN(table); i++)
		if (table[i].verdict == verdict &&
		    (table[i].lines == ANY || (table[i].lines == WITH_LINES) == has_lines))
			return &table[i];
	return &table[0];
}

bool ef_diagnose_fail(const struct ef_evidence *ev, const char *port_name, struct ef_err *err)
{
	const struct finding f = classify(ev);
	const struct words *w = words_for(f.verdict, ev->has_lines);
	char tried[64];

	if (ev->resets)
		(void)ef_snprintf(tried, sizeof(tried), "%u resets, %u SYNCs", ev->resets,
				  ev->syncs);
	else
		(void)ef_snprintf(tried, sizeof(tried), "no reset, %u SYNCs", ev->syncs);
	if (w->seen && f.quote[0])
		ef_fail(err, EF_E_TIMEOUT, "cannot connect on '%s': %s; %s '%s' (%s)", port_name,
			f.is_esp8266 ? "this is the boot log of an ESP8266" : w->what, w->seen,
			f.quote, tried);
	else
		ef_fail(err, EF_E_TIMEOUT, "cannot connect on '%s': %s (%s)", port_name, w->what,
			tried);
	if (f.is_esp8266)
		return ef_hint(err, "the ESP8266 is not supported: use 'esptool --port %s chip-id'",
			       port_name);
	return ef_hint(err, "%s%s; then run 'espflash-c board-info --port %s%s'",
		       f.is_brownout ? "the supply is too weak (brownout): use another cable or "
				       "supply; "
				     : "",
		       w->next, port_name, w->options);
}
