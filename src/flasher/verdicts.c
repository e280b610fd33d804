/* SPDX-License-Identifier: MIT */
/*
 * The table of verdicts: name, exit status, message, and how to introduce the quoted
 * evidence. Causes are taken from users' reports and from Espressif's
 * boot-mode-selection and troubleshooting pages. The program knows the remedies.
 */
#include "base/util.h"
#include <espflash/diagnose.h>

/* Indexed by enum ef_verdict; tests/unit/test_verdicts.c checks the order. */
static const struct ef_verdict_info table[EF_VERDICT_COUNT] = {
	{
		.verdict = EF_VERDICT_NONE,
		.name = "unknown",
		.code = EF_E_TIMEOUT,
		.what = "no reply to SYNC",
	},
	{
		.verdict = EF_VERDICT_SILENT,
		.name = "silent",
		.code = EF_E_TIMEOUT,
		.what = "the chip is silent: no byte came back",
		.what_no_lines = "the chip is silent, and this port has no lines to reset it",
	},
	{
		.verdict = EF_VERDICT_PORT_FLAPS,
		.name = "port-flaps",
		.code = EF_E_POWER,
		.what = "the port goes away and comes back by itself: the firmware restarts again "
			"and again, or the supply or cable is bad",
	},
	{
		.verdict = EF_VERDICT_USB_BUSY,
		.name = "usb-busy",
		.code = EF_E_NOT_DOWNLOAD,
		.what = "the running firmware uses the chip's own USB port, and neither answers "
			"nor "
			"obeys a reset through it",
		.seen = "it prints",
	},
	{
		.verdict = EF_VERDICT_NO_SYNC_REPLY,
		.name = "no-sync-reply",
		.code = EF_E_WIRING,
		.what = "the chip waits for download but does not hear us",
		.seen = "it printed",
	},
	{
		.verdict = EF_VERDICT_FLASH_BOOT,
		.name = "flash-boot",
		.code = EF_E_NOT_DOWNLOAD,
		.what = "reset works, but the chip boots from flash: its boot pin was not low when "
			"EN rose",
		.what_no_lines =
			"the chip boots from flash, and this port has no lines to change that",
		.seen = "it printed",
	},
	{
		.verdict = EF_VERDICT_EMPTY_FLASH,
		.name = "empty-flash",
		.code = EF_E_NOT_DOWNLOAD,
		.what = "the chip boots from flash, which is empty (its restarts are normal "
			"then): its boot pin was not low when EN rose",
		.what_no_lines = "the chip boots from flash, which is empty, and this port has no "
				 "lines to change that",
		.seen = "it printed",
	},
	{
		.verdict = EF_VERDICT_OTHER_STARTS,
		.name = "other-starts",
		.code = EF_E_NOT_DOWNLOAD,
		.what = "the chip boots from flash, but not after each of our resets: whether "
			"these reach it is not known",
		.seen = "it printed",
	},
	{
		.verdict = EF_VERDICT_BOOT_MODE,
		.name = "boot-mode",
		.code = EF_E_NOT_DOWNLOAD,
		.what = "the chip started in a mode that is neither download nor flash boot",
		.seen = "it printed",
	},
	{
		.verdict = EF_VERDICT_BROWNOUT,
		.name = "brownout",
		.code = EF_E_POWER,
		.what = "the supply is too weak: the chip was reset by brown-out",
		.seen = "it printed",
	},
	{
		.verdict = EF_VERDICT_WATCHDOG,
		.name = "restarts",
		.code = EF_E_POWER,
		.what = "the chip restarts by itself again and again, and our resets don't reach "
			"it",
		.seen = "it printed",
	},
	{
		.verdict = EF_VERDICT_DOWNLOAD_RESTARTS,
		.name = "download-restarts",
		.code = EF_E_POWER,
		.what = "the chip is in download mode, but a watchdog restarts it before it can "
			"answer",
		.seen = "it printed",
	},
	{
		.verdict = EF_VERDICT_APP_UNAFFECTED,
		.name = "app-unaffected",
		.code = EF_E_NOT_DOWNLOAD,
		.what = "an application keeps running: DTR and RTS don't reach the chip",
		.what_no_lines = "an application is running, and this port has no lines to reset "
				 "the chip",
		.seen = "it prints",
	},
	{
		.verdict = EF_VERDICT_ECHO,
		.name = "echo",
		.code = EF_E_WIRING,
		.what = "our own bytes come back: TX and RX are tied together, or the program on "
			"the chip echoes its input",
	},
	{
		.verdict = EF_VERDICT_OTHER_RATE,
		.name = "other-rate",
		.code = EF_E_NOISE,
		.what = "the chip's ROM talks at another rate than 115200 baud: its crystal is not "
			"the one that the ROM expects (26 MHz instead of 40)",
		.seen = "it printed",
	},
	{
		.verdict = EF_VERDICT_GARBAGE,
		.name = "garbage",
		.code = EF_E_NOISE,
		.what = "the bytes received are neither text nor an answer at any of the usual "
			"rates",
		.seen = "it starts with",
	},
	{
		.verdict = EF_VERDICT_ESP8266,
		.name = "esp8266",
		.code = EF_E_UNSUPP,
		.what = "this is the boot log of an ESP8266",
		.seen = "it printed",
	},
	{
		.verdict = EF_VERDICT_STUB_REFUSED,
		.name = "stub-refused",
		.code = EF_E_PROTOCOL,
		.what = "the flasher stub arrives damaged",
	},
	{
		.verdict = EF_VERDICT_NO_FLASH,
		.name = "no-flash",
		.code = EF_E_UNSUPP,
		.what = "the flash chip does not answer",
		.seen = "its id reads",
	},
	{
		.verdict = EF_VERDICT_SECURE_DOWNLOAD,
		.name = "secure-download",
		.code = EF_E_UNSUPP,
		.what = "the chip is in secure download mode",
	},
	{
		.verdict = EF_VERDICT_WRONG_CHIP,
		.name = "wrong-chip",
		.code = EF_E_USAGE,
		.what = "this is not the chip that was named",
	},
};

const struct ef_verdict_info *ef_verdict_info(enum ef_verdict verdict)
{
	return &table[(unsigned)verdict < EF_VERDICT_COUNT ? verdict : EF_VERDICT_NONE];
}
