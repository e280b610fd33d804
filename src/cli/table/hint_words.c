/* SPDX-License-Identifier: MIT */
/*
 * The words for the library's hints, in terms of this program's commands and
 * options. The library gives an id and facts (espflash/hint.h). In the words
 * {text} is the text of the hint; {number} and {number2} are its numbers; {hex}
 * and {address} are its first number in hexadecimal.
 */
#include <string.h>

#include "cli/table/hint_words.h"
#include "cli/table/verdict_words.h"
#include "base/util.h"

static const char *const words[EF_HINT_COUNT] = {
	[EF_HINT_NONE] = "",
	[EF_HINT_OWN] = "{text}",
	[EF_HINT_FILE_PERMISSION] = "get permission to read it: 'ls -l' shows its owner",
	[EF_HINT_FILE_MISSING] =
		"check the path; without a leading '/' it starts at the current folder",
	[EF_HINT_ARCHIVE_NO_LIBRARY] = "unpack the archive and name the folder, or install libzip",
	[EF_HINT_FILE_IS_FOLDER] = "replace the folder by a file, or name a file in it",
	[EF_HINT_DISK_FULL] =
		"make room there ('df -h' shows how much there is), or name a file elsewhere",
	[EF_HINT_FOLDER_MISSING] = "make the folder first (mkdir -p), or name a file elsewhere",
	[EF_HINT_FOLDER_NOT_WRITABLE] = "name a file in a folder that you may write to",
	[EF_HINT_PORT_MISSING] =
		"plug the board in, and see which ports there are: espflash-c list-ports",
	[EF_HINT_PORT_OWNER_ONLY] =
		"only its owner may use it ('ls -l {text}'); for this session: sudo chmod a+rw "
		"{text}",
	[EF_HINT_PORT_GROUP] =
		"add yourself to group '{text}' and log in again: sudo usermod -aG {text} $USER",
	[EF_HINT_PORT_HELD] = "close that program and run the command again",
	[EF_HINT_PORT_BUSY] = "close the other program (a monitor?); find it: fuser -v {text}",
	[EF_HINT_PORT_BROKEN] = "check the cable, plug the board in again and retry",
	[EF_HINT_RATE_REFUSED] = "choose another rate: --baud 460800, or --baud 115200",
	[EF_HINT_RATE_REFUSED_REMOTE] = "choose another rate: --baud 115200",
	[EF_HINT_URL_FORM] = "write rfc2217://HOST:PORT or socket://HOST:PORT",
	[EF_HINT_URL_QUERY] =
		"remove what follows the '?'; known is ign_set_control, for rfc2217:// only",
	[EF_HINT_HOST_UNKNOWN] = "check the name of the host",
	[EF_HINT_HOST_UNREACHABLE] = "start the server, or check host, port and firewall",
	[EF_HINT_SERVER_CLOSED] = "check that the server still runs and has no other client",
	[EF_HINT_SERVER_NOT_RFC2217] = "use socket:// if it is not an RFC 2217 server",
	[EF_HINT_RESET_SEQUENCE] =
		"commands are D0 D1 R0 R1 U0,1 and W0.1 (seconds, at most 60), separated by '|'",
	[EF_HINT_IMAGE_NOT_ELF] =
		"this looks like a finished image; give the ELF that it was made from, or "
		"write it with 'espflash-c write-bin'",
	[EF_HINT_NOT_ELF] = "give the program that the linker made, e.g. "
			    "target/riscv32imc-unknown-none-elf/release/NAME or build/NAME.elf",
	[EF_HINT_ELF_FOREIGN] =
		"this may be a program for the host; build for the chip's target and give that "
		"file",
	[EF_HINT_ELF_NOT_LINKED] = "give the ELF that the linker made",
	[EF_HINT_ELF_STRIPPED] = "link without '--strip-section-headers' (sstrip)",
	[EF_HINT_ELF_OTHER_ADDRESSES] =
		"give the chip that it was built for with --chip, or build it for {text}",
	[EF_HINT_ELF_OTHER_CHIP] = "build it for {text}, or connect or name the other chip",
	[EF_HINT_ELF_NO_DESC_RUST] =
		"put esp_bootloader_esp_idf::esp_app_desc!() into the program, or add "
		"--ignore-app-descriptor",
	[EF_HINT_ELF_NO_DESC] =
		"ESP-IDF programs have one in section '{text}'; if this one needs none, add "
		"--ignore-app-descriptor",
	[EF_HINT_ELF_DESC_NOT_FIRST] =
		"let the linker script put it first into the read-only data (DROM); "
		"--ignore-app-descriptor builds the image all the same",
	[EF_HINT_ELF_DEBUG_ONLY] = "give the linked program, not a file of debug information",
	[EF_HINT_ELF_FOR_FLASH] = "link it for RAM, or flash it without --ram",
	[EF_HINT_ELF_NOT_IMAGE] =
		"this looks like an ELF: 'espflash-c save-image' makes an image of it",
	[EF_HINT_BOOTLOADER_OTHER_CHIP] = "give a bootloader built for {text} with --bootloader",
	[EF_HINT_FLASH_FREQUENCY] = "choose one of these MHz: {text}",
	[EF_HINT_FLASH_SIZE_CODE] = "choose 1MB or more, a power of two up to 256MB",
	[EF_HINT_MMU_PAGE_CHOICES] = "give one of these with --mmu-page-size: {text}",
	[EF_HINT_MMU_PAGE_UNKNOWN] =
		"check the linker script, or give the page size with --mmu-page-size",
	[EF_HINT_SECTIONS_OVERLAP] = "check the linker script: both can't be loaded",
	[EF_HINT_SECTIONS_SCATTERED] =
		"check the linker script: sections with small gaps between them should follow "
		"each other",
	[EF_HINT_SECTION_UNALIGNED] =
		"align it in the linker script: the bootloader would refuse the image",
	[EF_HINT_FLASH_TOO_SMALL] =
		"give the flash size with --flash-size, or use a partition table for "
		"this size",
	[EF_HINT_PARTS_OVERLAP] =
		"give a partition table that leaves room with --partition-table, or move it "
		"with --partition-table-offset",
	[EF_HINT_TABLE_OFFSET] = "give another --partition-table-offset, such as {hex}",
	[EF_HINT_BOOTLOADER_TOO_LARGE] =
		"move the table with --partition-table-offset (the bootloader must be built "
		"for the same offset), or use a smaller bootloader",
	[EF_HINT_APP_PARTITIONS] = "give '--target-app-partition' one of these: {text}",
	[EF_HINT_NO_APP_PARTITION] =
		"give a table with a partition of type app with --partition-table",
	[EF_HINT_APP_TOO_LARGE] =
		"make the app smaller (release build, opt-level \"s\"), or enlarge the "
		"partition and give that table with --partition-table",
	/* with espflash's name of this error: users' scripts search for it */
	[EF_HINT_TABLE_BEYOND_FLASH] =
		"use a table for this flash, or give its size with --flash-size "
		"(espflash::partition_table::does_not_fit)",
	[EF_HINT_TABLE_WITHOUT_APP] = "add a line such as: factory, app, factory, 0x10000, 1M",
	[EF_HINT_CSV_VALUE_VARIABLE] = "write its value into the file",
	[EF_HINT_CSV_NAMES] = "use a number or one of: {text}",
	[EF_HINT_CSV_NEEDS_BOOTLOADER] =
		"give --primary-bootloader-offset: 0, 0x1000 or 0x2000, as the chip's ROM expects "
		"(CONFIG_BOOTLOADER_OFFSET_IN_FLASH of the project)",
	[EF_HINT_CSV_NEEDS_RECOVERY] = "give --recovery-bootloader-offset: "
				       "CONFIG_BOOTLOADER_RECOVERY_OFFSET of the project",
	[EF_HINT_DEFMT_TEMPLATE] = "use oneline, full, or a template like '{t} {L} {s}'",
	[EF_HINT_DEFMT_NOT_LINKED] =
		"link with '-Tdefmt.x', as the defmt book says, and keep the symbols (no strip)",
	[EF_HINT_DEFMT_MISSING] =
		"name the ELF of the program that runs, or read its log as text: -L serial",
	[EF_HINT_REGEX_ESCAPE] = "write \\b for the edge of a word, and < or > for the character",
	[EF_HINT_REGEX_SYNTAX] =
		"write a backslash before a character that is meant as it is: \\( \\[ \\*",
	[EF_HINT_REGEX_SIZE] =
		"write * or + instead of a high number, and search for a shorter part of the line",
	[EF_HINT_TAG_FILTER] =
		"a filter is a list like \"*:I,wifi:D\": tags, and up to which of the levels "
		"N, E, W, I, D, V they are shown",
	[EF_HINT_KEY_NAMES] =
		"a key is written ctrl-c or ^], several with commas; 'none' means no key; Ctrl-M "
		"and Ctrl-[ can't be taken",
	[EF_HINT_CHIP_TOO_NEW] =
		"this chip is newer than this program: look for a newer espflash-c",
	[EF_HINT_CHIP_MAGIC_UNKNOWN] =
		"try a hard reset (unplug the board), then run 'espflash-c board-info' again",
	[EF_HINT_WRONG_CHIP] = "leave '--chip' out, or give '--chip {text}'",
	[EF_HINT_CHIP_NEEDED] = "add '--chip CHIP'",
	[EF_HINT_RATE_TOO_HIGH] =
		"the line does not carry {number} baud: reset the board, then use '--baud "
		"{number2}', or leave '--baud' out: the program then finds a rate that works",
	[EF_HINT_NO_LOADER_AT_RATE] =
		"no loader listens at {number} baud: use '--before default-reset'",
	[EF_HINT_STUB_FILE] =
		"give '--stub' one of the JSON files that esp-flasher-stub and esptool "
		"publish, or leave it out: a stub is built in",
	[EF_HINT_STUB_FAILED] = "do without it: '--no-stub'",
	[EF_HINT_OTHER_BOARD] = "plug the first one in again and run the command again",
	[EF_HINT_BEYOND_FLASH] = "see how large the flash is: espflash-c flash-id",
	[EF_HINT_FLASH_SIZE_NEEDED] = "give --flash-size",
	[EF_HINT_NOT_ENCRYPTED] =
		"flash encryption isn't set up, or is forbidden to the loader; see 'espflash-c "
		"board-info', and write again without '--encrypt'",
	[EF_HINT_FLASH_DIFFERS] = "write again at a lower --baud, or without it; when it fails at "
				  "the same place each time, "
				  "suspect the flash chip or its supply",
	[EF_HINT_WRITE_AGAIN] = "run the command again: what is complete already is skipped",
	[EF_HINT_SECURE_DOWNLOAD] = "this mode was burnt into the chip's eFuses and can't be left",
	[EF_HINT_WORD_ALIGNMENT] = "the word that holds this byte is at {address}",
	[EF_HINT_NO_MEMORY_THERE] =
		"where a chip has no memory its loader crashes: check the address; the next "
		"command resets the chip",
	[EF_HINT_RAM_OF_STUB] = "use --no-stub",
	[EF_HINT_USE_HARD_RESET] = "use '--after hard-reset'",
	[EF_HINT_PRESS_RESET] = "this port has no reset lines: press RESET on the board",
	[EF_HINT_RESET_IN_VAIN] = "press RESET on the board to start the application, and check "
				  "the wires from RTS to EN and from DTR to the boot pin",
	[EF_HINT_RESET_NOT_ALLOWED] = "use '--after hard-reset', or press RESET on the board",
	[EF_HINT_GATE_OTHER_CHIP] = "give an image that was built for this chip, or connect the "
				    "other board" HINT_FORCED,
	[EF_HINT_GATE_REVISION] = "build it for this revision (ESP-IDF: minimum and maximum "
				  "revision in menuconfig), or use "
				  "another board" HINT_FORCED,
	[EF_HINT_GATE_DAMAGED] =
		"make '{text}' again, or download it again in binary form" HINT_FORCED,
	[EF_HINT_GATE_ELF] =
		"flash it instead, which makes an image of it: espflash-c flash {text}" HINT_FORCED,
	[EF_HINT_GATE_PLACED] =
		"flash it instead, its addresses are in it: espflash-c flash {text}" HINT_FORCED,
	[EF_HINT_GATE_SREC] = "convert it to Intel HEX, which keeps its addresses, and flash that: "
			      "objcopy -I srec -O ihex {text} OUT.hex; espflash-c flash "
			      "OUT.hex" HINT_FORCED,
	[EF_HINT_GATE_GZIP] = "if it contains an app, a merged file or a build, flash it instead: "
			      "espflash-c flash {text}; if not, unpack it and write the result: "
			      "gunzip {text}" HINT_FORCED,
	[EF_HINT_GATE_ZIP] =
		"if it contains a build or a merged file, flash it instead: espflash-c "
		"flash {text}; if not, unpack it and write its files to their "
		"addresses" HINT_FORCED,
	[EF_HINT_GATE_PACKED] = "unpack it and flash what it contains: espflash-c flash FILE (zip, "
				"tar and gzip are read as they are)" HINT_FORCED,
	[EF_HINT_INPUT_FOLDER] =
		"name the folder that the build wrote (ESP-IDF: build), or the file to flash",
	[EF_HINT_INPUT_PLACE] = "write it to a partition or an address of your choice: 'write-bin "
				"LABEL {text}' or 'write-bin ADDRESS {text}'",
	[EF_HINT_INPUT_PACKED] = "unpack '{text}' and name what is in it; zip, tar and gzip are "
				 "read as they are",
	[EF_HINT_INPUT_SEVERAL_FILES] =
		"name the one that you mean (unpack an archive first), or a folder with one build",
	[EF_HINT_INPUT_TABLE] = "flash the whole build, or write only the table: 'write-bin 0x8000 "
				"{text}'",
	[EF_HINT_INPUT_MCUBOOT] =
		"flash the build's folder, which knows the slot; or write it to the "
		"first slot: 'write-bin 0x20000 {text}' (Zephyr's tables), "
		"'write-bin 0x10000 {text}' (NuttX, MCUboot's own port)",
	[EF_HINT_INPUT_ESP8266] = "esptool flashes it, unpacked: 'esptool write-flash {text}'",
	[EF_HINT_INPUT_LINKED] = "'{text}' is for a debugger: flash the build's folder, its ELF or "
				 "its .bin",
	[EF_HINT_INPUT_RAM] = "run it with 'load-ram {text}'; a bootloader goes to the chip's boot "
			      "address: 'write-bin ADDRESS {text}'",
	[EF_HINT_INPUT_DOWNLOAD] =
		"download the firmware again: the server sent something else (on GitHub use "
		"'Raw', or a file of the release)",
	[EF_HINT_INPUT_DAMAGED] = "make '{text}' again, or download it again in binary form",
	[EF_HINT_INPUT_SEVERAL_CHIPS] = "name the chip of your board: '--chip {text}'",
	[EF_HINT_INPUT_DOWNLOAD_PART] = "download it, and put its file name into the manifest "
					"instead: {text}",
	[EF_HINT_INPUT_ENVIRONMENT] = "name the one that you mean: '--environment NAME'; one that "
				      "is missing has to be built first (pio run)",
	[EF_HINT_INPUT_OUTSIDE] =
		"name a folder that contains all parts; '--force' reads this file all the same",
	[EF_HINT_INPUT_OUTSIDE_ARCHIVE] = "get the archive from a source that you trust: a "
					  "well-made archive has no such names",
	[EF_HINT_INPUT_CHIP] = "connect a board with {text}, or use the files for your chip",
	[EF_HINT_INPUT_ARGS] = "remove it from the file, or write the files with write-bin",
	[EF_HINT_GATE_DOWNLOAD] =
		"download the firmware again: the server sent something else (on GitHub use "
		"'Raw', or a file of the "
		"release)" HINT_FORCED,
	[EF_HINT_GATE_JSON] = "if it lists files and their addresses, flash it instead: espflash-c "
			      "flash {text}" HINT_FORCED,
	[EF_HINT_GATE_CSV] = "convert it: espflash-c partition-table --to-binary --output "
			     "table.bin {text}" HINT_FORCED,
	[EF_HINT_GATE_ESP8266] = "connect the ESP8266 and use esptool; this program knows the "
				 "ESP32 family" HINT_FORCED,
	[EF_HINT_GATE_MCUBOOT] = "write it to MCUboot's slot (often 0x20000), and MCUboot itself "
				 "to {hex}" HINT_FORCED,
	[EF_HINT_GATE_OTHER_FILE] = "give the binary that was built for this place" HINT_FORCED,
	[EF_HINT_GATE_WRITE_AT] = "it belongs there: espflash-c write-bin {hex} {text}" HINT_FORCED,
	[EF_HINT_GATE_IMAGE_AT_TABLE] = "an app belongs into an app partition: espflash-c "
					"write-bin {hex} {text}" HINT_FORCED,
	[EF_HINT_GATE_TABLE] = "make the table again for this flash; it can be checked with: "
			       "espflash-c partition-table "
			       "{text}" HINT_FORCED,
	[EF_HINT_GATE_KEEP_TABLE] =
		"to keep it: espflash-c read-flash {hex} 0xc00 table.bin, then add "
		"'--partition-table table.bin'" HINT_FORCED,
	[EF_HINT_GATE_HEADER_SIZE] =
		"add '--flash-size {number}mb', which sets the header" HINT_FORCED,
	[EF_HINT_GATE_PAST_PARTITION] = "choose a larger partition, or another address" HINT_FORCED,
	[EF_HINT_GATE_REACH] = "stay below 16 MiB, or leave '--no-stub' out where this chip's stub "
			       "reaches further",
	[EF_HINT_GATE_SIGN] = "sign it (espsecure sign-data), and write it unchanged" HINT_FORCED,
	[EF_HINT_GATE_LOCKED] = "leave it as it is, or this board may be lost" HINT_FORCED,
	[EF_HINT_GATE_PLAIN] = "let the chip encrypt it ('--encrypt'), or update over the "
			       "air" HINT_FORCED,
	[EF_HINT_GATE_NO_ENCRYPT] =
		"update over the air, or encrypt it on the host if you have the key" HINT_FORCED,
	[EF_HINT_GATE_CANNOT_ENCRYPT] =
		"update over the air, or encrypt it on the host if you have the key",
	[EF_HINT_GATE_NO_KEY] =
		"leave '--encrypt' out: the bootloader encrypts plain content at its first "
		"start" HINT_FORCED,
	[EF_HINT_GATE_NEEDS_STUB] = "leave '--no-stub' out: the flasher stub encrypts",
};

/* For commands that lack an option which the words above name. */
static const char *const without[EF_HINT_COUNT] = {
	[EF_HINT_ELF_OTHER_ADDRESSES] = "build it for {text}",
	[EF_HINT_ELF_FOR_FLASH] = "link it for RAM, or write it to flash: espflash-c flash FILE",
	[EF_HINT_FLASH_TOO_SMALL] = "use a partition table for this size",
	[EF_HINT_TABLE_BEYOND_FLASH] =
		"use a table for this flash (espflash::partition_table::does_not_fit)",
	[EF_HINT_TABLE_OFFSET] = "give the table another place, such as {hex}",
	[EF_HINT_PARTS_OVERLAP] = "use a partition table that leaves room",
	[EF_HINT_BOOTLOADER_TOO_LARGE] = "use a smaller bootloader",
	[EF_HINT_APP_PARTITIONS] = "name one of these: {text}",
	[EF_HINT_NO_APP_PARTITION] = "use a table with a partition of type app",
	[EF_HINT_APP_TOO_LARGE] =
		"make the app smaller (release build, opt-level \"s\"), or enlarge the partition",
	[EF_HINT_MMU_PAGE_UNKNOWN] = "check the linker script",
	[EF_HINT_FLASH_SIZE_NEEDED] =
		"the flash chip didn't report its size; 'espflash-c flash-id' shows its answer",
	[EF_HINT_RAM_OF_STUB] = "link it for other addresses",
	[EF_HINT_INPUT_OUTSIDE] = "name a folder that contains all parts",
	[EF_HINT_DEFMT_MISSING] = "name the ELF of the program that runs",
};

/* These continue the text of a warning, so each begins with its punctuation. */
static const char *const event_words[EF_HINT_COUNT] = {
	[EF_HINT_MONITOR_RATE] = ": give that rate with '--monitor-baud'",
	[EF_HINT_DEFMT_NEEDS_ELF] = ": give it with '--elf', and no '-L serial'",
	[EF_HINT_STUB_FORBIDDEN] = ", setting --no-stub",
	[EF_HINT_STUB_NOT_BUILT_IN] = " (give one with '--stub FILE')",
	[EF_HINT_STUB_STAYS] = "; use '--before no-reset' to go on with it",
	[EF_HINT_NOT_RESET] = " ('--before no-reset')",
	[EF_HINT_NOT_ASKED] = " ('--before no-reset-no-sync')",
	[EF_HINT_AWAITS_HANDS] = "; Ctrl-C ends the wait",
	[EF_HINT_LINES_INVERTED] = "; '--invert-dtr --invert-rts' connects at once",
	[EF_HINT_LINES_NOT_INVERTED] = ": without '--invert-...' it connects at once",
};

const char *hint_event_words(enum ef_hint_id id)
{
	return (unsigned)id < EF_HINT_COUNT && event_words[id] ? event_words[id] : "";
}

/* If text begins with a placeholder, write its fact. Returns the placeholder's length, or 0. */
static size_t add_fact(const struct ef_hint *hint, const char *text, char *ret, size_t cap)
{
	static const char name[] = "{text}";

	if (strncmp(text, name, sizeof(name) - 1) == 0) {
		(void)ef_strlcpy(ret, cap, hint->text);
		return sizeof(name) - 1;
	}
	if (strncmp(text, "{number}", 8) == 0) {
		(void)ef_snprintf(ret, cap, "%u", hint->number[0]);
		return 8;
	}
	if (strncmp(text, "{number2}", 9) == 0) {
		(void)ef_snprintf(ret, cap, "%u", hint->number[1]);
		return 9;
	}
	if (strncmp(text, "{hex}", 5) == 0) {
		(void)ef_snprintf(ret, cap, "0x%x", hint->number[0]);
		return 5;
	}
	if (strncmp(text, "{address}", 9) == 0) {
		(void)ef_snprintf(ret, cap, "0x%08x", hint->number[0]);
		return 9;
	}
	return 0;
}

static void fill_in(const char *text, const struct ef_hint *hint, char *ret, size_t cap)
{
	size_t len = 0;

	while (*text && len + 1 < cap) {
		size_t taken = add_fact(hint, text, ret + len, cap - len);

		if (taken) {
			len += strlen(ret + len);
			text += taken;
		} else {
			ret[len++] = *text++;
		}
	}
	ret[len] = '\0';
}

static void say_verdict(const struct ef_hint *hint, char *ret, size_t cap)
{
	const struct verdict_words *v = verdict_words((enum ef_verdict)hint->number[0]);
	bool no_lines = hint->number[1] & EF_HINT_NO_LINES;
	const char *next = no_lines && v->next_no_lines ? v->next_no_lines : v->next;

	if (v->options && *hint->text)
		(void)ef_snprintf(ret, cap, "%s; then run 'espflash-c board-info --port %.96s%s'",
				  next, hint->text, v->options);
	else
		(void)ef_strlcpy(ret, cap, next);
}

/* The words name espflash-c. If the user called the program by a shorter name, use that name. */
static void name_as_called(const char *name, char *text)
{
	static const char own[] = "espflash-c ";
	size_t len = strlen(name), own_len = sizeof(own) - 2;
	char *at = text;

	if (len >= own_len)
		return;
	while ((at = strstr(at, own))) {
		memcpy(at, name, len);
		memmove(at + len, at + own_len, strlen(at + own_len) + 1);
		at += len;
	}
}

void hint_words_without(const struct ef_hint *hint, const char *program, char ret[HINT_WORDS_SIZE])
{
	ret[0] = '\0';
	if ((unsigned)hint->id < EF_HINT_COUNT && without[hint->id])
		fill_in(without[hint->id], hint, ret, HINT_WORDS_SIZE);
	name_as_called(program, ret);
}

void hint_words(const struct ef_hint *hint, const char *program, char ret[HINT_WORDS_SIZE])
{
	ret[0] = '\0';
	if (hint->id == EF_HINT_VERDICT)
		say_verdict(hint, ret, HINT_WORDS_SIZE);
	else if ((unsigned)hint->id < EF_HINT_COUNT && words[hint->id])
		fill_in(words[hint->id], hint, ret, HINT_WORDS_SIZE);
	name_as_called(program, ret);
}

void hint_cut_force(char *text)
{
	char *force = strstr(text, HINT_FORCED);

	if (force)
		*force = '\0';
}
