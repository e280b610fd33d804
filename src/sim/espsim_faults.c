/* SPDX-License-Identifier: MIT */
/* The faults, circuits, troubles and locks that espsim's options name. */
#include "sim/espsim_table.h"

#define AT(member) offsetof(struct sim_faults, member)

const struct espsim_fault espsim_faults[] = {
	{ "drop-reply", "the n-th reply is lost", AT(drop_reply) },
	{ "flip-reply", "the n-th reply has a wrong bit", AT(flip_reply) },
	{ "stall-reply", "from the n-th reply on, the chip is silent", AT(stall_reply) },
	{ "delay-reply", "the n-th reply is late by 'delay-ms'", AT(delay_reply) },
	{ "delay-ms", "how late replies are with 'delay-reply' and 'late-from'", AT(delay_ms) },
	{ "drop-rx-every", "every n-th byte from the host is lost", AT(every.drop) },
	{ "flip-rx-every", "every n-th byte from the host has a wrong bit", AT(every.flip) },
	{ "noise-every",
	  "on average, one of this many bytes, in either direction, has a wrong bit, is lost, "
	  "doubled, or followed by another byte",
	  AT(noise_every) },
	{ "noise-seed", "selects the bytes that noise changes, and what lies say", AT(noise_seed) },
	{ "noise-above", "noise only at rates above this one", AT(noise_above_hz) },
	{ "max-rate", "above this rate, both directions carry garbage", AT(max_rate_hz) },
	{ "reset-at-request", "the chip resets when the n-th request arrives",
	  AT(reset_at_request) },
	{ "lie-from",
	  "from the n-th reply on, values, data and what is read from flash are pseudo-random, "
	  "in whole frames with a good status",
	  AT(lies.values_from) },
	{ "stale-from",
	  "from the n-th reply on, each value is the one that belonged to the reply before",
	  AT(lies.stale_from) },
	{ "size-from", "from the n-th reply on, each has more or less data", AT(lies.size_from) },
	{ "length-from", "from the n-th reply on, each has a length that is not that of its data",
	  AT(lies.length_from) },
	{ "opcode-from", "from the n-th reply on, each names another request",
	  AT(lies.opcode_from) },
	{ "digest-from", "from the n-th reply on, MD5 digests are wrong", AT(lies.digest_from) },
	{ "late-from", "from the n-th reply on, each is late by 'delay-ms'", AT(lies.late_from) },
	{ "other-chip-from", "after the n-th reply, a reset starts another kind of chip",
	  AT(lies.other_from) },
	{ "refuse-from",
	  "from the n-th reply on, every request but SYNC is refused (status '01 05')",
	  AT(lies.refuse_from) },
	{ "brownout-every",
	  "the supply fails when every n-th flash page is programmed: the chip resets by brown-out",
	  AT(every.brownout) },
	{ "fail-program-at",
	  "programming the n-th flash page fails; the stub reports it on the next command",
	  AT(fail_program_at) },
	{ "corrupt-flash",
	  "this many times, one bit is programmed wrongly, and no error is reported",
	  AT(corrupt_flash) },
	{ "mem-block-max",
	  "the ROM refuses writes of more bytes than this to RAM as damaged (status '01 07')",
	  AT(mem_block_max) },
	{ NULL, NULL, 0 },
};

const struct espsim_choice espsim_circuits[] = {
	{ "auto", SIM_CIRCUIT_AUTO, NULL },
	{ "fast-en", SIM_CIRCUIT_FAST_EN, NULL },
	{ "slow-en", SIM_CIRCUIT_SLOW_EN, NULL },
	{ "none", SIM_CIRCUIT_NONE, NULL },
	{ "none-download", SIM_CIRCUIT_NONE_DOWNLOAD, NULL },
	{ "no-boot", SIM_CIRCUIT_NO_BOOT, NULL },
	{ "no-tx", SIM_CIRCUIT_NO_TX, NULL },
	{ "no-rx", SIM_CIRCUIT_NO_RX, NULL },
	{ "echo", SIM_CIRCUIT_ECHO, NULL },
	{ "usb-jtag", SIM_CIRCUIT_USB_JTAG, NULL },
	{ "usb-busy", SIM_CIRCUIT_USB_BUSY, NULL },
	{ "usb-otg", SIM_CIRCUIT_USB_OTG, NULL },
	{ "inverted", SIM_CIRCUIT_INVERTED, NULL },
	{ NULL, 0, NULL },
};

const struct espsim_choice espsim_troubles[] = {
	{ "strap", SIM_TROUBLE_STRAP, "the second strapping pin is wrong" },
	{ "brownout", SIM_TROUBLE_BROWNOUT, "150 ms after each start from flash" },
	{ "brownout-always", SIM_TROUBLE_BROWNOUT_ALWAYS, "at once, in every mode" },
	{ "watchdog", SIM_TROUBLE_WATCHDOG, "150 ms after each start from flash" },
	{ "download-watchdog", SIM_TROUBLE_DOWNLOAD_WATCHDOG, "it ends download mode at once" },
	{ "mute-rom", SIM_TROUBLE_MUTE_ROM, "an eFuse silences the ROM's log" },
	{ NULL, 0, NULL },
};

const struct espsim_choice espsim_encryptions[] = {
	{ "development", SIM_ENCRYPTION_DEVELOPMENT, "the loader encrypts on request" },
	{ "release", SIM_ENCRYPTION_RELEASE, "the loader no longer encrypts" },
	{ "key-manager", SIM_ENCRYPTION_KEY_MANAGER, "the key comes from the key manager" },
	{ "key-only", SIM_ENCRYPTION_KEY, "the key is burnt, and encryption is off" },
	{ NULL, 0, NULL },
};
