/* SPDX-License-Identifier: MIT */
/* Parses the command line of espsim. */
#include "base/util.h"
#include "sim/espsim_args.h"
#include "sim/sim.h"
#include "sim/sim_chips.h"

#define DEFAULT_URL "rfc2217://127.0.0.1:0"

const char espsim_help[] =
	"espsim: an ESP32-family board behind a socket\n"
	"\n"
	"usage: espsim --chip CHIP [options]\n"
	"\n"
	"  --chip CHIP         esp32 esp32s2 esp32s3 esp32c2 esp32c3 esp32c5 esp32c6\n"
	"                      esp32c61 esp32h2 esp32p4 esp32s31\n"
	"  --flash FILE        contents of the flash; created if missing, always up to date\n"
	"  --size SIZE         flash size: 1MB 2MB 4MB 8MB 16MB 32MB ..., or 'none' (4MB)\n"
	"  --factory           write a small bootloader of espsim's own to a blank flash\n"
	"  --listen URL        rfc2217://HOST:PORT or socket://HOST:PORT; port 0: any free one;\n"
	"                      may be given several times (" DEFAULT_URL ")\n"
	"  --circuit NAME      auto fast-en slow-en none none-download no-boot no-tx no-rx echo\n"
	"                      usb-jtag usb-otg usb-busy inverted (auto; with socket:// only,\n"
	"                      which has no lines: none-download)\n"
	"  --trouble NAME      strap brownout brownout-always watchdog download-watchdog mute-rom\n"
	"  --en-rise US        rise time of EN, in microseconds\n"
	"  --rom-rate BAUD     rate of the ROM's log, 74880 for a wrong crystal\n"
	"  --app-rate BAUD     rate of the application\n"
	"  --revision X.Y      chip revision\n"
	"  --xtal MHZ          crystal\n"
	"  --secure-download   secure download mode\n"
	"  --secure-boot       secure boot is on (V2)\n"
	"  --secure-boot-v1    secure boot V1 is on (esp32)\n"
	"  --encryption NAME   flash encryption is on: development release key-manager;\n"
	"                      key-only: the key is burnt, and encryption is off\n"
	"  --rollback          the bootloader takes back apps that do not confirm themselves\n"
	"  --stub-running      an earlier session left a stub running\n"
	"  --chatty            the application prints a line every 100 ms\n"
	"  --boot-text FILE    what the board says after each reset into flash boot,\n"
	"                      instead of booting what is in its flash\n"
	"  --pace              bytes and flash operations take their time\n"
	"  --latency MS        how long the USB bridge holds what the chip says (0)\n"
	"  --bridge-max BAUD   the bridge refuses higher rates\n"
	"  --swap-lines        the wires of DTR and RTS are exchanged\n"
	"  --join-data         a solder bridge joins TX and RX: each end hears itself\n"
	"  --press-reset MS    someone presses RESET this long after each client has come\n"
	"  --line-gap MS       how long DTR waits for RTS if DTR alone would end a reset;\n"
	"                      for clients that change one line at a time (200; 0: not at all)\n"
	"  --fault LIST        NAME=VALUE,...: drop-reply flip-reply drop-rx-every flip-rx-every\n"
	"                      stall-reply delay-reply delay-ms reset-at-request fail-program-at\n"
	"                      corrupt-flash max-rate mem-block-max noise-every\n"
	"                      noise-seed noise-above lie-from stale-from refuse-from\n"
	"                      brownout-every\n"
	"  --once              exit after the first client\n"
	"  --quiet             print only the URLs\n"
	"  --help              this text\n"
	"\n"
	"The URLs are printed on stdout, one a line, when the board is ready.\n";

/* ---- arguments ---- */

static bool parse_flash_size(const char *text, uint32_t *ret)
{
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

static bool parse_revision(const char *text, uint16_t *ret)
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
	*ret = (uint16_t)(major * 100 + minor);
	return true;
}

static bool parse_circuit(const char *text, enum sim_circuit *ret)
{
	static const struct {
		const char *name;
		enum sim_circuit circuit;
	} names[] = {
		{ "auto", SIM_CIRCUIT_AUTO },
		{ "fast-en", SIM_CIRCUIT_FAST_EN },
		{ "slow-en", SIM_CIRCUIT_SLOW_EN },
		{ "none", SIM_CIRCUIT_NONE },
		{ "none-download", SIM_CIRCUIT_NONE_DOWNLOAD },
		{ "no-boot", SIM_CIRCUIT_NO_BOOT },
		{ "no-tx", SIM_CIRCUIT_NO_TX },
		{ "no-rx", SIM_CIRCUIT_NO_RX },
		{ "echo", SIM_CIRCUIT_ECHO },
		{ "usb-jtag", SIM_CIRCUIT_USB_JTAG },
		{ "usb-busy", SIM_CIRCUIT_USB_BUSY },
		{ "inverted", SIM_CIRCUIT_INVERTED },
		{ "usb-otg", SIM_CIRCUIT_USB_OTG },
	};

	for (size_t i = 0; i < EF_ARRAY_LEN(names); i++) {
		if (strcmp(text, names[i].name) == 0) {
			*ret = names[i].circuit;
			return true;
		}
	}
	return false;
}

static bool parse_trouble(const char *text, enum sim_trouble *ret)
{
	static const struct {
		const char *name;
		enum sim_trouble trouble;
	} names[] = {
		{ "strap", SIM_TROUBLE_STRAP },
		{ "brownout", SIM_TROUBLE_BROWNOUT },
		{ "brownout-always", SIM_TROUBLE_BROWNOUT_ALWAYS },
		{ "watchdog", SIM_TROUBLE_WATCHDOG },
		{ "download-watchdog", SIM_TROUBLE_DOWNLOAD_WATCHDOG },
		{ "mute-rom", SIM_TROUBLE_MUTE_ROM },
	};

	for (size_t i = 0; i < EF_ARRAY_LEN(names); i++) {
		if (strcmp(text, names[i].name) == 0) {
			*ret = names[i].trouble;
			return true;
		}
	}
	return false;
}

static bool parse_encryption(const char *text, enum sim_encryption *ret)
{
	static const struct {
		const char *name;
		enum sim_encryption encryption;
	} names[] = {
		{ "development", SIM_ENCRYPTION_DEVELOPMENT },
		{ "release", SIM_ENCRYPTION_RELEASE },
		{ "key-manager", SIM_ENCRYPTION_KEY_MANAGER },
		{ "key-only", SIM_ENCRYPTION_KEY },
	};

	for (size_t i = 0; i < EF_ARRAY_LEN(names); i++) {
		if (strcmp(text, names[i].name) == 0) {
			*ret = names[i].encryption;
			return true;
		}
	}
	return false;
}

static bool parse_latency(const char *value, uint32_t *ret_us)
{
	uint32_t ms;

	if (!ef_parse_u32(value, 1000, &ms))
		return false;
	*ret_us = ms * 1000u;
	return true;
}

static bool parse_fault(struct sim_faults *f, const char *name, const char *value)
{
	uint32_t v;
	const struct {
		const char *name;
		unsigned *at;
	} numbers[] = {
		{ "drop-reply", &f->drop_reply },
		{ "flip-reply", &f->flip_reply },
		{ "drop-rx-every", &f->every.drop },
		{ "flip-rx-every", &f->every.flip },
		{ "brownout-every", &f->every.brownout },
		{ "stall-reply", &f->stall_reply },
		{ "lie-from", &f->lies.values_from },
		{ "stale-from", &f->lies.stale_from },
		{ "refuse-from", &f->lies.refuse_from },
		{ "size-from", &f->lies.size_from },
		{ "length-from", &f->lies.length_from },
		{ "opcode-from", &f->lies.opcode_from },
		{ "digest-from", &f->lies.digest_from },
		{ "late-from", &f->lies.late_from },
		{ "other-chip-from", &f->lies.other_from },
		{ "delay-reply", &f->delay_reply },
		{ "delay-ms", &f->delay_ms },
		{ "reset-at-request", &f->reset_at_request },
		{ "fail-program-at", &f->fail_program_at },
		{ "mem-block-max", &f->mem_block_max },
		{ "noise-every", &f->noise_every },
		{ "noise-seed", &f->noise_seed },
	};

	if (!ef_parse_u32(value, UINT32_MAX, &v))
		return false;
	for (size_t i = 0; i < EF_ARRAY_LEN(numbers); i++) {
		if (strcmp(name, numbers[i].name) == 0) {
			*numbers[i].at = v;
			return true;
		}
	}
	if (strcmp(name, "corrupt-flash") == 0)
		f->corrupt_flash = v;
	else if (strcmp(name, "max-rate") == 0)
		f->max_rate_hz = v;
	else if (strcmp(name, "noise-above") == 0)
		f->noise_above_hz = v;
	else
		return false;
	return true;
}

static bool parse_faults(struct sim_faults *f, const char *list)
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
		if (!parse_fault(f, item, equals + 1))
			return false;
		list += len + (list[len] == ',');
	}
	return true;
}

static bool parse_value(struct settings *set, const char *name, const char *value)
{
	if (strcmp(name, "--chip") == 0)
		set->board.chip = value;
	else if (strcmp(name, "--flash") == 0)
		set->flash_path = value;
	else if (strcmp(name, "--size") == 0)
		return parse_flash_size(value, &set->board.flash_size);
	else if (strcmp(name, "--revision") == 0)
		return parse_revision(value, &set->board.revision);
	else if (strcmp(name, "--xtal") == 0)
		return ef_parse_u32(value, 100, &set->board.xtal_mhz);
	else if (strcmp(name, "--latency") == 0)
		return parse_latency(value, &set->board.bridge.latency_us);
	else if (strcmp(name, "--bridge-max") == 0)
		return ef_parse_u32(value, 20000000, &set->board.bridge.max_rate_hz);
	else if (strcmp(name, "--line-gap") == 0)
		return ef_parse_u32(value, 10000, &set->line_gap_ms);
	else if (strcmp(name, "--press-reset") == 0)
		return ef_parse_u32(value, 600000, &set->press_reset_ms);
	else if (strcmp(name, "--en-rise") == 0)
		return ef_parse_u32(value, 10000000, &set->board.en_rise_us);
	else if (strcmp(name, "--rom-rate") == 0)
		return ef_parse_u32(value, 4000000, &set->board.rom_rate_hz);
	else if (strcmp(name, "--app-rate") == 0)
		return ef_parse_u32(value, 4000000, &set->board.app_rate_hz);
	else if (strcmp(name, "--trouble") == 0)
		return parse_trouble(value, &set->board.trouble);
	else if (strcmp(name, "--encryption") == 0)
		return parse_encryption(value, &set->board.locks.encryption);
	else if (strcmp(name, "--fault") == 0)
		return parse_faults(&set->board.faults, value);
	else if (strcmp(name, "--circuit") == 0) {
		set->has_circuit = true;
		return parse_circuit(value, &set->board.circuit);
	} else if (strcmp(name, "--boot-text") == 0) {
		set->text_path = value;
	} else if (strcmp(name, "--listen") == 0) {
		if (set->url_count == LISTENERS_MAX)
			return false;
		set->urls[set->url_count++] = value;
	} else {
		return false;
	}
	return true;
}

static bool set_flag(struct settings *set, const char *name)
{
	const struct {
		const char *name;
		bool *at;
	} flags[] = {
		{ "--factory", &set->board.boot.is_factory },
		{ "--secure-download", &set->board.secure_download },
		{ "--secure-boot", &set->board.secure_boot },
		{ "--secure-boot-v1", &set->board.locks.secure_boot_v1 },
		{ "--rollback", &set->board.boot.has_rollback },
		{ "--stub-running", &set->board.stub_running },
		{ "--chatty", &set->board.chatty_app },
		{ "--pace", &set->board.is_paced },
		{ "--swap-lines", &set->board.bridge.swaps_lines },
		{ "--join-data", &set->board.bridge.joins_data },
		{ "--once", &set->is_once },
		{ "--quiet", &set->is_quiet },
	};

	for (size_t i = 0; i < EF_ARRAY_LEN(flags); i++) {
		if (strcmp(name, flags[i].name) == 0) {
			*flags[i].at = true;
			return true;
		}
	}
	return false;
}

/* Without lines the chip would never get into download mode. */
static void choose_circuit(struct settings *set)
{
	for (size_t i = 0; i < set->url_count; i++)
		if (strncmp(set->urls[i], "rfc2217:", 8) == 0)
			return;
	if (!set->has_circuit)
		set->board.circuit = SIM_CIRCUIT_NONE_DOWNLOAD;
}

bool espsim_args(int argc, char **argv, struct settings *set, struct ef_err *err)
{
	for (int i = 1; i < argc; i++) {
		const char *equals = strchr(argv[i], '='), *value;
		char name[32];

		if (set_flag(set, argv[i]))
			continue;
		if (equals) { /* --name=value */
			if ((size_t)(equals - argv[i]) >= sizeof(name))
				return ef_fail(err, EF_E_USAGE, "unknown option '%s'", argv[i]);
			memcpy(name, argv[i], (size_t)(equals - argv[i]));
			name[equals - argv[i]] = '\0';
			value = equals + 1;
		} else {
			(void)ef_strlcpy(name, sizeof(name), argv[i]);
			if (i + 1 == argc)
				return ef_fail(err, EF_E_USAGE,
					       "unknown option '%s', or its value is "
					       "missing",
					       argv[i]);
			value = argv[++i];
		}
		if (!parse_value(set, name, value))
			return ef_fail(err, EF_E_USAGE, "unknown option or bad value: '%s' '%s'",
				       name, value);
	}
	if (!set->board.chip || !sim_chip_find(set->board.chip))
		return ef_fail(err, EF_E_USAGE, "--chip is missing or unknown; see --help");
	if (!set->url_count)
		set->urls[set->url_count++] = DEFAULT_URL;
	choose_circuit(set);
	return true;
}
