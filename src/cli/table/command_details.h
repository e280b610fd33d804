/* SPDX-License-Identifier: MIT */
/* The longer descriptions of commands.c. */
#ifndef EF_CLI_COMMAND_DETAILS_H
#define EF_CLI_COMMAND_DETAILS_H

#define DETAILS_BOOTLOADERS                                                                        \
	"A blank chip needs a second-stage bootloader, and this program contains none. It "        \
	"finds those of other tools: espflash (its crates and the program itself), the cores of "  \
	"Arduino, packages of PlatformIO, builds of ESP-IDF and ESPHome. The manual lists the "    \
	"folders under FILES. 'flash' and 'save-image' choose one by chip, revision, crystal and " \
	"flash settings, in the order of this list.\n\n"                                           \
	"'bootloaders import' copies the bootloaders in a file into your collection: an image, a " \
	"merged image, an espflash crate or program, an archive, a folder with any of these. "     \
	"It takes only images that have the form of a bootloader and a correct checksum, and "     \
	"refuses one that would switch on secure boot or flash encryption. 'bootloaders export' "  \
	"writes the one that would be chosen to a file, as it was found."
#define DETAILS_CONFIG                                                                             \
	"Settings come from the command line, the environment, the "                               \
	"configuration files and the defaults; the first source that sets an "                     \
	"option wins. Accepts the options of other commands to show their "                        \
	"effect.\n\n"                                                                              \
	"espflash.toml belongs to a project, espflash_ports.toml to a desk. "                      \
	"Each is searched in the current folder, else in the one above it, "                       \
	"and in the user's own folder ($XDG_CONFIG_HOME/espflash or "                              \
	"~/.config/espflash), whose settings apply where the others have "                         \
	"none. The paths of a bootloader and a partition table start at the "                      \
	"current folder, as in espflash, or else at the file's; all other paths "                  \
	"at the file's folder."
#define DETAILS_FLASH                                                                              \
	"Everything that can be checked is checked before the port is opened: "                    \
	"the ELF, its app descriptor, the partition table, the bootloader and "                    \
	"how they fit together. Then the chip is connected and identified; "                       \
	"parts whose checksum in flash is right already are skipped, the "                         \
	"others are written and compared.\n\n"                                                     \
	"Bootloader and partition table come from the options, from the "                          \
	"project's own build, or from the folders that the manual lists under "                    \
	"FILES; the files used are printed."
#define DETAILS_DOCTOR                                                                             \
	"Looks at the host, the port and its driver, tries each reset sequence "                   \
	"alone, identifies the chip and its flash, and measures the line at "                      \
	"rising rates. Nothing is written to flash. The report is meant for bug "                  \
	"reports.\n\n"                                                                             \
	"--connect-timeout limits the whole examination, which otherwise takes "                   \
	"up to 90 seconds after the board has answered. Checks that were not made in that time "   \
	"are missing from the report, which states that.\n\n"                                      \
	"When the board doesn't connect, the report ends with the verdict, and "                   \
	"the exit status is that of the verdict. docs/troubleshooting.md has "                     \
	"all of them."
#define DETAILS_RUN                                                                                \
	"Starts the app of a chip that waits in its loader: with the reset "                       \
	"lines or, if the port has none or with --after no-reset, with the "                       \
	"ROM loader (ESP32) or the chip's watchdog. The last two return to "                       \
	"the loader while the boot pin is held low. Then listens to the chip "                     \
	"for a second: the exit status is 10 if the app is known not to run."
#define DETAILS_MONITOR                                                                            \
	"Opens the port at --monitor-baud, restarts the app and shows its "                        \
	"output; what you type goes to the chip. Ctrl-C leaves, Ctrl-R resets "                    \
	"the chip. The app keeps running with --no-reset, or with a "                              \
	"--before that doesn't reset. The chip is never put into download "                        \
	"mode, so the options for that have no effect."
#define DETAILS_WRITE_BIN                                                                          \
	"Any address and any length: flash is erased in sectors of 4 KiB, and "                    \
	"content that shares a sector with a file is read first and written back. "                \
	"Files may not overlap, nor pass the end of their partition or of the "                    \
	"flash. Content that is already in flash is skipped; written content "                     \
	"is verified. With one argument, its parts go where 'flash' writes them."
#define DETAILS_RESET                                                                              \
	"Uses only the control lines: the chip need not answer, and starts "                       \
	"its app. With another --after than hard-reset the chip is connected "                     \
	"first: no-reset leaves it in the ROM loader, no-reset-no-stub in the "                    \
	"flasher stub, and watchdog-reset is done by the chip itself."
#define DETAILS_SAVE_IMAGE                                                                         \
	"Without --merge the file has the content of the app partition. With "                     \
	"--merge it is the whole firmware: bootloader, partition table, app and "                  \
	"whatever else a build has. A raw file begins at address 0, with 0xff in "                 \
	"the gaps; an ELF's is filled up to the flash size, as espflash does it. "                 \
	"Intel HEX and UF2 have addresses and no gaps. Files are byte for byte "                   \
	"what esptool's merge-bin makes of the same parts.\n\n"                                    \
	"The flash settings (--flash-mode and so on) go into the bootloader's "                    \
	"header; without these options, those of the build do."
#define DETAILS_IMAGE_INFO                                                                         \
	"An app, bootloader or RAM image: header, segments, checksum, digest, "                    \
	"signature sector, descriptor. The content of a whole flash (from "                        \
	"address 0): bootloader, partition table and every app in it. Or a "                       \
	"partition table. A wrong checksum or digest is an error."

#endif
