/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Hints: what the library knows about the remedy of an error.
 *
 * The library knows no command line, so it doesn't write sentences for one. An
 * error carries the id of a hint and the facts that belong to it. The program
 * that uses the library has the words: it can say "call ef_flasher_connect
 * again without a stub", "clear the check box" or "use '--no-stub'".
 */
#ifndef ESPFLASH_HINT_H
#define ESPFLASH_HINT_H

#include <stdint.h>

#include <espflash/api.h>

EF_API_BEGIN

/**
 * The one list of hints: name, when it is given, and (after "facts:") what
 * stands in the record's text and numbers. Without "facts:" both are empty.
 */
#define EF_HINT_LIST(X)                                                                            \
	/* files of the host */                                                                    \
	X(FILE_PERMISSION, "the user may not read the file")                                       \
	X(FILE_MISSING, "the file, or a folder on the way to it, does not exist")                  \
	X(ARCHIVE_NO_LIBRARY, "the system lacks the library that unpacks this archive")            \
	X(FILE_IS_FOLDER, "the path names a folder where a file is needed")                        \
	X(DISK_FULL, "the disk or the user's quota is full")                                       \
	X(FOLDER_MISSING, "the folder to write into does not exist")                               \
	X(FOLDER_NOT_WRITABLE, "the user may not write there")                                     \
	/* ports */                                                                                \
	X(PORT_MISSING, "no such device")                                                          \
	X(PORT_OWNER_ONLY, "only the device's owner may open it; facts: text = its path")          \
	X(PORT_GROUP, "a group may open the device; facts: text = the group's name")               \
	X(PORT_HELD, "the program named in the message has the device open")                       \
	X(PORT_BUSY, "some program has the device open; facts: text = its path")                   \
	X(PORT_BROKEN, "the device stopped working or was unplugged")                              \
	X(RATE_REFUSED, "the adapter or its driver refuses the rate")                              \
	X(RATE_REFUSED_REMOTE, "the RFC 2217 server refuses the rate")                             \
	X(URL_FORM, "the port's URL is malformed")                                                 \
	X(URL_QUERY, "the port's URL has an unknown option behind its '?'")                        \
	X(HOST_UNKNOWN, "the host's name can't be resolved")                                       \
	X(HOST_UNREACHABLE, "nothing answers at that host and TCP port")                           \
	X(SERVER_CLOSED, "the server closed the connection")                                       \
	X(SERVER_NOT_RFC2217, "the server does not answer RFC 2217 negotiation")                   \
	/* reset sequences */                                                                      \
	X(RESET_SEQUENCE, "a reset sequence has an unknown command")                               \
	/* ELF files */                                                                            \
	X(IMAGE_NOT_ELF, "the file is an image where an ELF is needed")                            \
	X(NOT_ELF, "the file is not an ELF")                                                       \
	X(ELF_FOREIGN, "the ELF has 64 bits: it is a program for another computer")                \
	X(ELF_NOT_LINKED, "the ELF is an object file or library")                                  \
	X(ELF_STRIPPED, "the ELF has no section headers")                                          \
	X(ELF_OTHER_ADDRESSES,                                                                     \
	  "the ELF's addresses don't exist on this chip; facts: text = the chip's label")          \
	X(ELF_OTHER_CHIP, "the ELF was built for another chip; facts: text = the chip's label")    \
	X(ELF_NO_DESC_RUST, "a Rust program lacks the app descriptor")                             \
	X(ELF_NO_DESC, "a program lacks the app descriptor; facts: text = its section's name")     \
	X(ELF_DESC_NOT_FIRST, "the app descriptor is not the first thing in flash-mapped data")    \
	X(ELF_DEBUG_ONLY, "the ELF holds debug information, and nothing to load")                  \
	X(ELF_FOR_FLASH, "the program is linked for flash and can't be loaded into RAM")           \
	/* images */                                                                               \
	X(ELF_NOT_IMAGE, "the file is an ELF where an image is needed")                            \
	X(BOOTLOADER_OTHER_CHIP,                                                                   \
	  "the bootloader was built for another chip; facts: text = the chip's label")             \
	X(FLASH_FREQUENCY,                                                                         \
	  "the chip's header has no code for this frequency; facts: text = those in MHz it has")   \
	X(FLASH_SIZE_CODE, "an image header has no code for this flash size")                      \
	X(MMU_PAGE_CHOICES, "the chip has no such MMU page size; facts: text = those it has")      \
	X(MMU_PAGE_UNKNOWN, "no MMU page size fits the place of the app descriptor")               \
	X(SECTIONS_OVERLAP, "two sections have the same address")                                  \
	X(SECTIONS_SCATTERED, "the program needs too many segments")                               \
	X(SECTION_UNALIGNED, "a section is not aligned as the bootloader demands")                 \
	/* partition tables and the layout of the flash */                                         \
	X(FLASH_TOO_SMALL, "a part ends beyond the flash")                                         \
	X(PARTS_OVERLAP, "two parts share flash")                                                  \
	X(TABLE_OFFSET, "the table's offset is not a multiple of a sector; "                       \
			"facts: number[0] = the multiple below it")                                \
	X(BOOTLOADER_TOO_LARGE, "the bootloader reaches into the partition table")                 \
	X(APP_PARTITIONS, "no app partition has this name; facts: text = the names there are")     \
	X(NO_APP_PARTITION, "the table has no partition of type app")                              \
	X(APP_TOO_LARGE, "the app is larger than its partition")                                   \
	X(TABLE_BEYOND_FLASH, "a partition ends beyond the flash")                                 \
	X(TABLE_WITHOUT_APP, "a partition table needs an app partition")                           \
	X(CSV_VALUE_VARIABLE, "a field of the CSV is a variable of a build system")                \
	X(CSV_NAMES, "a field of the CSV has an unknown name; facts: text = those known")          \
	X(CSV_NEEDS_BOOTLOADER, "a row of the CSV needs the offset of the bootloader")             \
	X(CSV_NEEDS_RECOVERY, "a row of the CSV needs the offset of the recovery bootloader")      \
	/* the monitor */                                                                          \
	X(DEFMT_TEMPLATE, "a log format is malformed")                                             \
	X(DEFMT_NOT_LINKED, "the ELF lacks the symbols of defmt's linker script")                  \
	X(DEFMT_MISSING, "the ELF uses no defmt, and defmt was asked for")                         \
	X(MONITOR_RATE, "the chip prints at another rate than the monitor's")                      \
	X(DEFMT_NEEDS_ELF, "what arrives looks like defmt, and no ELF was given")                  \
	X(REGEX_ESCAPE, "a regular expression has an escape whose meaning is not clear; "          \
			"facts: number[0] = EF_HINT_UNTIL or EF_HINT_FAIL")                        \
	X(REGEX_SYNTAX, "a regular expression is malformed; "                                      \
			"facts: number[0] = EF_HINT_UNTIL or EF_HINT_FAIL")                        \
	X(REGEX_SIZE, "a regular expression repeats or nests too much; "                           \
		      "facts: number[0] = EF_HINT_UNTIL or EF_HINT_FAIL")                          \
	X(TAG_FILTER, "a filter of log tags is malformed")                                         \
	X(KEY_NAMES, "a key's name is malformed, or the key can't be taken")                       \
	/* connecting */                                                                           \
	X(VERDICT, "connecting failed, or the chip or its line is at fault; facts: number[0] = "   \
		   "enum ef_verdict, number[1] = EF_HINT_NO_LINES or 0, text = the port's name, "  \
		   "\"\" when connecting again is not part of the remedy")                         \
	X(CHIP_TOO_NEW, "the library does not know this chip")                                     \
	X(CHIP_MAGIC_UNKNOWN, "the chip's magic word is unknown, or the chip did not report it")   \
	X(WRONG_CHIP, "another chip than the demanded one; facts: text = the name of the one "     \
		      "that is there")                                                             \
	X(CHIP_NEEDED, "nothing is asked of the chip, so the caller has to name it")               \
	X(RATE_TOO_HIGH, "the line does not carry the rate; facts: number[0] = the rate, "         \
			 "number[1] = one that it carried")                                        \
	X(NO_LOADER_AT_RATE, "no loader answers at the rate; facts: number[0] = the rate")         \
	X(STUB_FAILED, "the stub could not be started")                                            \
	X(STUB_FILE, "the caller's stub is not a stub in JSON form")                               \
	X(STUB_FORBIDDEN, "secure download mode allows no stub; the ROM loader is used")           \
	X(STUB_NOT_BUILT_IN, "the library has no stub for this chip; the ROM loader is used")      \
	X(STUB_STAYS, "the stub keeps running and can't hand back to the ROM")                     \
	X(NOT_RESET, "the caller wants no reset before connecting")                                \
	X(NOT_ASKED, "the caller wants neither a reset nor a question to the chip")                \
	X(AWAITS_HANDS, "the session waits until someone has pressed the board's buttons")         \
	X(LINES_INVERTED, "the board inverts DTR and RTS")                                         \
	X(RESET_IN_VAIN, "the loader answers after a reset by DTR and RTS as before")              \
	X(LINES_NOT_INVERTED, "the board does not invert DTR and RTS, as the caller had said")     \
	X(OTHER_BOARD, "another board than before answers at this port")                           \
	/* work on a connected chip */                                                             \
	X(BEYOND_FLASH, "the range ends beyond the flash")                                         \
	X(FLASH_SIZE_NEEDED, "the size of the flash is unknown, and it is needed")                 \
	X(NOT_ENCRYPTED, "the chip wrote plain content where it was told to encrypt")              \
	X(FLASH_DIFFERS, "the flash differs from what was written, again and again")               \
	X(WRITE_AGAIN, "writing was interrupted; what is complete will be skipped")                \
	X(SECURE_DOWNLOAD, "secure download mode is for good")                                     \
	X(WORD_ALIGNMENT,                                                                          \
	  "a word's address is not a multiple of 4; facts: number[0] = the one that "              \
	  "holds this byte")                                                                       \
	X(NO_MEMORY_THERE, "the loader fell silent when it was to access this address")            \
	X(RAM_OF_STUB, "the stub occupies this RAM")                                               \
	X(USE_HARD_RESET, "the chip can't be reset by its watchdog")                               \
	X(PRESS_RESET, "this port has no lines, and the chip can't reset itself")                  \
	X(RESET_NOT_ALLOWED, "the caller allows no reset by the lines, and the chip can't "        \
			     "reset itself")                                                       \
	/* plans that the gate refuses: what the file is, and what to do with it */                \
	X(GATE_OTHER_CHIP, "the image is for another chip")                                        \
	X(GATE_REVISION, "the image is for other revisions of the chip")                           \
	X(GATE_DAMAGED, "the image is damaged or cut off; facts: text = the file")                 \
	X(GATE_ELF, "an ELF has to be made into an image; facts: text = the file")                 \
	X(GATE_PLACED, "the file contains its addresses; facts: text = the file")                  \
	X(GATE_SREC, "S-records have to be converted; facts: text = the file")                     \
	X(GATE_GZIP, "its content may have a place of its own; facts: text = the file")            \
	X(GATE_ZIP, "the archive may contain a build; facts: text = the file")                     \
	X(GATE_PACKED, "the archive has to be unpacked")                                           \
	X(GATE_DOWNLOAD, "a server sent this instead of the file")                                 \
	X(GATE_JSON, "the file may list other files; facts: text = the file")                      \
	X(GATE_CSV, "the table has to be made binary; facts: text = the file")                     \
	X(GATE_ESP8266, "the image is for a chip that isn't supported")                            \
	X(GATE_MCUBOOT, "MCUboot starts this; facts: number[0] = the boot address")                \
	X(GATE_OTHER_FILE, "this can't be meant")                                                  \
	X(GATE_WRITE_AT,                                                                           \
	  "the right address is known; facts: text = the file, number[0] = the address")           \
	X(GATE_IMAGE_AT_TABLE,                                                                     \
	  "an image where the table belongs; facts: text and number[0] as for GATE_WRITE_AT")      \
	X(GATE_TABLE, "the table can't be used; facts: text = the file")                           \
	X(GATE_KEEP_TABLE, "a table can be kept; facts: number[0] = its address")                  \
	X(GATE_HEADER_SIZE, "the header can be set; facts: number[0] = MiB of flash")              \
	X(GATE_PAST_PARTITION, "the file is too large")                                            \
	X(GATE_REACH, "the loader's addresses end at 16 MiB")                                      \
	X(GATE_SIGN, "secure boot needs a signature")                                              \
	X(GATE_LOCKED, "eFuses make it dangerous")                                                 \
	X(GATE_PLAIN, "the content has to be encrypted")                                           \
	X(GATE_NO_ENCRYPT, "only the firmware itself can still write")                             \
	X(GATE_CANNOT_ENCRYPT, "an eFuse forbids that the loader encrypts")                        \
	X(GATE_NO_KEY, "flash encryption has not been set up")                                     \
	X(GATE_NEEDS_STUB, "only the stub can encrypt")                                            \
	/* things to flash that are not an ELF: build folders, lists of files, archives */         \
	X(INPUT_FOLDER, "the folder has nothing that is known to be a build")                      \
	X(INPUT_PLACE, "the file's place in flash is unknown; facts: text = the file")             \
	X(INPUT_PACKED, "an archive of a form that is not read; facts: text = the file")           \
	X(INPUT_SEVERAL_FILES, "several files of the thing could be meant")                        \
	X(INPUT_TABLE, "a partition table alone; facts: text = the file")                          \
	X(INPUT_MCUBOOT, "an app for MCUboot alone; facts: text = the file")                       \
	X(INPUT_ESP8266, "firmware for the ESP8266; facts: text = addresses and files")            \
	X(INPUT_LINKED, "a HEX or UF2 file has the addresses of a linker; facts: text = the file") \
	X(INPUT_RAM, "a program for RAM; facts: text = the file")                                  \
	X(INPUT_DOWNLOAD, "a server sent this instead of the file")                                \
	X(INPUT_DAMAGED, "an image is damaged or cut off; facts: text = the file")                 \
	X(INPUT_SEVERAL_CHIPS, "several chips are possible; text: the name of one")                \
	X(INPUT_DOWNLOAD_PART, "a part is on a server; facts: text = its URL")                     \
	X(INPUT_ENVIRONMENT, "a project has several environments, or none is built")               \
	X(INPUT_OUTSIDE, "a name leads out of the thing's folder")                                 \
	X(INPUT_OUTSIDE_ARCHIVE, "a name leads out of the archive")                                \
	X(INPUT_CHIP, "the thing is for another chip; facts: text = the label of that one")        \
	X(INPUT_ARGS, "an argument file has an option that does not concern flashing")             \
	/* for programs on top of the library */                                                   \
	X(OWN, "never given by the library: words that the program set itself, in text")

enum ef_hint_id {
	EF_HINT_NONE,
#define EF_HINT_ENUM(name, meaning) EF_HINT_##name,
	EF_HINT_LIST(EF_HINT_ENUM)
#undef EF_HINT_ENUM
		EF_HINT_COUNT
};

/** In number[1] of EF_HINT_VERDICT: the port has no DTR and RTS, or they may not be used. */
#define EF_HINT_NO_LINES 1u
/** In number[0] of the hints about regular expressions: the list that it stands in. */
#define EF_HINT_UNTIL 0u
#define EF_HINT_FAIL  1u

/** Includes the terminating NUL. Longer text is cut. */
#define EF_HINT_TEXT_SIZE 512

/** A hint and its facts. Control characters in the text were replaced by '?'. */
struct ef_hint {
	enum ef_hint_id id;
	uint32_t number[2];
	char text[EF_HINT_TEXT_SIZE];
};

/** "PORT_BUSY" and so on; "NONE" for EF_HINT_NONE. Never NULL. */
const char *ef_hint_name(enum ef_hint_id id);
/** Return the second column of EF_HINT_LIST; "" for EF_HINT_NONE. Never NULL. */
const char *ef_hint_meaning(enum ef_hint_id id);

EF_API_END
#endif
