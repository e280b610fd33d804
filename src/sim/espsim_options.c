/* SPDX-License-Identifier: MIT */
/* The options of espsim, and how their values are parsed. */
#include "base/util.h"
#include "sim/espsim_table.h"
#include "sim/sim.h"
#include "sim/sim_chips.h"

/* ---- values ---- */

static bool choose(const struct espsim_choice *choices, const char *name, int *ret)
{
	for (; choices->name; choices++) {
		if (strcmp(choices->name, name) == 0) {
			*ret = choices->value;
			return true;
		}
	}
	return false;
}

static bool parse_chip(struct settings *set, const char *text)
{
	set->board.chip = text;
	return sim_chip_find(text) != NULL;
}

static bool parse_flash_size(struct settings *set, const char *text)
{
	uint32_t *ret = &set->board.flash_size;
	char buf[32];
	size_t len = strlen(text);

	if (strcmp(text, "none") == 0) {
		*ret = SIM_NO_FLASH;
		return true;
	}
	if (!ef_strlcpy(buf, sizeof(buf), text))
		return false;
	if (len > 1 && (buf[len - 1] == 'B' || buf[len - 1] == 'b'))
		buf[len - 1] = '\0';
	return ef_parse_size(buf, 256u << 20, ret) && *ret >= SIM_SECTOR && *ret % SIM_SECTOR == 0;
}

static bool parse_revision(struct settings *set, const char *text)
{
	char buf[16];
	const char *dot = strchr(text, '.');
	uint32_t major, minor = 0;

	if (!ef_strlcpy(buf, sizeof(buf), text))
		return false;
	if (dot) {
		buf[dot - text] = '\0';
		if (!ef_parse_u32(dot + 1, 99, &minor))
			return false;
	}
	if (!ef_parse_u32(buf, 9, &major))
		return false;
	set->board.revision = (uint16_t)(major * 100 + minor);
	return true;
}

static bool parse_circuit(struct settings *set, const char *text)
{
	int circuit;

	set->has_circuit = true;
	if (!choose(espsim_circuits, text, &circuit))
		return false;
	set->board.circuit = (enum sim_circuit)circuit;
	return true;
}

static bool parse_trouble(struct settings *set, const char *text)
{
	int trouble;

	if (!choose(espsim_troubles, text, &trouble))
		return false;
	set->board.trouble = (enum sim_trouble)trouble;
	return true;
}

static bool parse_encryption(struct settings *set, const char *text)
{
	int encryption;

	if (!choose(espsim_encryptions, text, &encryption))
		return false;
	set->board.locks.encryption = (enum sim_encryption)encryption;
	return true;
}

static bool parse_latency(struct settings *set, const char *text)
{
	uint32_t ms;

	if (!ef_parse_u32(text, 1000, &ms))
		return false;
	set->board.bridge.latency_us = ms * 1000u;
	return true;
}

static bool parse_url(struct settings *set, const char *text)
{
	if (set->url_count == LISTENERS_MAX)
		return false;
	set->urls[set->url_count++] = text;
	return true;
}

static bool parse_fault(struct sim_faults *f, const char *name, const char *text)
{
	uint32_t v;

	if (!ef_parse_u32(text, UINT32_MAX, &v))
		return false;
	for (const struct espsim_fault *row = espsim_faults; row->name; row++) {
		if (strcmp(row->name, name) == 0) {
			memcpy((char *)f + row->at, &v, sizeof(unsigned));
			return true;
		}
	}
	return false;
}

static bool parse_faults(struct settings *set, const char *list)
{
	while (*list) {
		char item[64];
		size_t len = strcspn(list, ",");
		char *equals;

		if (len >= sizeof(item))
			return false;
		memcpy(item, list, len);
		item[len] = '\0';
		equals = strchr(item, '=');
		if (!equals)
			return false;
		*equals = '\0';
		if (!parse_fault(&set->board.faults, item, equals + 1))
			return false;
		list += len + (list[len] == ',');
	}
	return true;
}

/* ---- the table ---- */

static const struct espsim_choice chips[] = {
	{ "esp32", 0, NULL },   { "esp32s2", 0, NULL },  { "esp32s3", 0, NULL },
	{ "esp32c2", 0, NULL }, { "esp32c3", 0, NULL },  { "esp32c5", 0, NULL },
	{ "esp32c6", 0, NULL }, { "esp32c61", 0, NULL }, { "esp32h2", 0, NULL },
	{ "esp32p4", 0, NULL }, { "esp32s31", 0, NULL }, { NULL, 0, NULL },
};

#define FLAG(member) .kind = ESPSIM_FLAG, .at = offsetof(struct settings, member)
#define NUMBER(member, top)                                                                        \
	.kind = ESPSIM_NUMBER, .at = offsetof(struct settings, member), .max = top
#define TEXT(member)           .kind = ESPSIM_TEXT, .at = offsetof(struct settings, member)
#define OTHER(function)        .kind = ESPSIM_OTHER, .parse = function
#define CHOICE(list, function) .choices = list, OTHER(function)

const struct espsim_option espsim_options[] = {
	{ "--chip", "CHIP", "required", CHOICE(chips, parse_chip) },
	{ "--flash", "FILE",
	  "contents of the flash. A missing file is created (erased). The file is mapped, hence "
	  "always up to date",
	  TEXT(flash_path) },
	{ "--size", "SIZE",
	  "'1MB' to '256MB', or 'none': the flash does not answer. Default: the size of the file, "
	  "else 4 MB. What lies above 16 MiB is reached by the stubs of S3, P4, C5, C61 and S31 "
	  "only; the addresses of all other loaders wrap to 0",
	  OTHER(parse_flash_size) },
	{ "--factory", NULL, "write a small bootloader of espsim's own to a blank flash",
	  FLAG(board.boot.is_factory) },
	{ "--listen", "URL",
	  "'rfc2217://HOST:PORT' or 'socket://HOST:PORT'; port 0 takes a free one; up to four "
	  "times. Default: '" ESPSIM_DEFAULT_URL "'",
	  OTHER(parse_url) },
	{ "--circuit", "NAME",
	  "wiring of DTR and RTS (default 'auto', or 'none-download' if all URLs are 'socket://', "
	  "which has no lines)",
	  CHOICE(espsim_circuits, parse_circuit) },
	{ "--trouble", "NAME", "a defect that is not in the wiring",
	  CHOICE(espsim_troubles, parse_trouble) },
	{ "--en-rise", "US", "rise time of EN, instead of the circuit's",
	  NUMBER(board.en_rise_us, 10000000) },
	{ "--rom-rate", "BAUD", "baud rate of the ROM's log, 74880 with a wrong crystal",
	  NUMBER(board.rom_rate_hz, 4000000) },
	{ "--app-rate", "BAUD", "baud rate of the application",
	  NUMBER(board.app_rate_hz, 4000000) },
	{ "--revision", "X.Y", "chip revision", OTHER(parse_revision) },
	{ "--xtal", "MHZ", "frequency of the crystal", NUMBER(board.xtal_mhz, 100) },
	{ "--secure-download", NULL, "the eFuse of secure download mode is burnt",
	  FLAG(board.secure_download) },
	{ "--secure-boot", NULL, "the eFuse of secure boot V2 is burnt", FLAG(board.secure_boot) },
	{ "--secure-boot-v1", NULL, "the eFuse of secure boot V1 is burnt (esp32 only)",
	  FLAG(board.locks.secure_boot_v1) },
	{ "--encryption", "NAME", "the eFuses of flash encryption are burnt",
	  CHOICE(espsim_encryptions, parse_encryption) },
	{ "--rollback", NULL,
	  "the bootloader was built with 'CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE': it writes the "
	  "states in otadata, and takes back apps that do not confirm themselves",
	  FLAG(board.boot.has_rollback) },
	{ "--stub-running", NULL, "an earlier session left a stub running",
	  FLAG(board.stub_running) },
	{ "--chatty", NULL, "the application prints a line every 100 ms", FLAG(board.chatty_app) },
	{ "--boot-text", "FILE",
	  "text that the board prints after each reset into flash boot, instead of booting from "
	  "its flash",
	  TEXT(text_path) },
	{ "--pace", NULL,
	  "bytes take ten bit times, and flash operations as long as on a W25Q (else no time)",
	  FLAG(board.is_paced) },
	{ "--latency", "MS",
	  "how long the USB bridge holds back the chip's output, unless a packet of 62 bytes is "
	  "full (16 on an FTDI bridge whose driver does not change it). Default: 0",
	  OTHER(parse_latency) },
	{ "--bridge-max", "BAUD", "the bridge refuses higher rates and keeps the one it has",
	  NUMBER(board.bridge.max_rate_hz, 20000000) },
	{ "--swap-lines", NULL, "the wires of DTR and RTS are exchanged, whatever the circuit",
	  FLAG(board.bridge.swaps_lines) },
	{ "--join-data", NULL,
	  "a solder bridge joins TX and RX, whatever the circuit: each end hears itself",
	  FLAG(board.bridge.joins_data) },
	{ "--press-reset", "MS",
	  "someone presses RESET alone, 200 ms long, this long after each client has come",
	  NUMBER(press_reset_ms, 600000) },
	{ "--line-gap", "MS",
	  "how long DTR waits for RTS if DTR alone would end a reset, for clients that change one "
	  "line at a time. Default: 200; 0: not at all",
	  NUMBER(line_gap_ms, 10000) },
	{ "--fault", "NAME=N,...", "inject these faults", OTHER(parse_faults) },
	{ "--once", NULL, "exit after the first client", FLAG(is_once) },
	{ "--quiet", NULL, "print only the URLs", FLAG(is_quiet) },
	{ .name = NULL },
};
