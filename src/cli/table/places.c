/* SPDX-License-Identifier: MIT */
/*
 * Knows in which folders other tools keep bootloaders and ROM ELFs. Sources: arduino-cli's
 * documentation (directories.data), PlatformIO's (core_dir, framework packages), platform.txt of
 * arduino-esp32 2.x and 3.x, Cargo's book (CARGO_HOME), ESP-IDF's tools.json (esp-rom-elfs,
 * ESP_ROM_ELF_DIR) and its Docker image (/opt/esp), ESPHome's build folders.
 */
#include "cli/table/places.h"

#include <stddef.h>

#define ARDUINO_SDK  "tools/sdk/@/bin/bootloader_*.bin"
#define ARDUINO_ELFS "tools/sdk/@/bin/bootloader_*.elf"

const struct place boot_places[] = {
	{ "your collection", PLACE_COMMON, "XDG_DATA_HOME",
	  "espflash-c/bootloaders/@*bootloader.bin" },
	{ "the system's collection", PLACE_COMMON, "XDG_DATA_DIRS",
	  "espflash-c/bootloaders/@*bootloader.bin" },
	{ "an espflash crate", PLACE_COMMON, "CARGO_HOME",
	  "registry/src/*/espflash-[0-9]*/resources/bootloaders/@*-bootloader.bin" },
	{ "a clone of espflash", PLACE_COMMON, "CARGO_HOME",
	  "git/checkouts/espflash-*/*/espflash/resources/bootloaders/@*-bootloader.bin" },
	{ "the program espflash", PLACE_COMMON, "CARGO_HOME", "bin/espflash" },
	{ "the program cargo-espflash", PLACE_COMMON, "CARGO_HOME", "bin/cargo-espflash" },
	{ "the program espflash", PLACE_COMMON, "PATH", "espflash" },
	{ "the program cargo-espflash", PLACE_COMMON, "PATH", "cargo-espflash" },
	{ "an espflash crate", PLACE_COMMON, "CARGO_HOME",
	  "registry/cache/*/espflash-[0-9]*.crate" },
	{ "an Arduino core", PLACE_CORE, "ARDUINO_DIRECTORIES_DATA",
	  "packages/*/tools/esp32-arduino-libs/*/@/bin/bootloader_*.elf" },
	{ "an Arduino core", PLACE_CORE, "ARDUINO_DIRECTORIES_DATA",
	  "packages/*/tools/@-libs/*/bin/bootloader_*.elf" },
	{ "an Arduino core", PLACE_CORE, "ARDUINO_DIRECTORIES_DATA",
	  "packages/*/hardware/esp32/*/" ARDUINO_SDK },
	{ "an Arduino core", PLACE_CORE, "ARDUINO_DIRECTORIES_DATA",
	  "packages/*/hardware/esp32/*/" ARDUINO_ELFS },
	{ "an Arduino core", PLACE_CORE, "HOME",
	  "Arduino/hardware/espressif/esp32/tools/esp32-arduino-libs/@/bin/bootloader_*.elf" },
	{ "an Arduino core", PLACE_CORE, "HOME", "Arduino/hardware/espressif/esp32/" ARDUINO_SDK },
	{ "a package of PlatformIO", PLACE_CORE, "PLATFORMIO_CORE_DIR",
	  "packages/framework-arduinoespressif32-libs*/@/bin/bootloader_*.elf" },
	{ "a package of PlatformIO", PLACE_CORE, "PLATFORMIO_CORE_DIR",
	  "packages/framework-arduinoespressif32*/tools/esp32-arduino-libs/@/bin/"
	  "bootloader_*.elf" },
	{ "a package of PlatformIO", PLACE_CORE, "PLATFORMIO_CORE_DIR",
	  "packages/framework-arduinoespressif32*/" ARDUINO_SDK },
	{ "a package of PlatformIO", PLACE_CORE, "PLATFORMIO_CORE_DIR",
	  "packages/framework-arduinoespressif32*/" ARDUINO_ELFS },
	{ "an example of ESP-IDF", PLACE_PROJECT, "IDF_PATH",
	  "examples/*/*/build/bootloader/bootloader.bin" },
	{ "an example of ESP-IDF", PLACE_PROJECT, "IDF_PATH",
	  "examples/*/*/*/build/bootloader/bootloader.bin" },
	{ "an example of ESP-IDF", PLACE_PROJECT, "/opt/esp/idf",
	  "examples/*/*/build/bootloader/bootloader.bin" },
	{ "a project of ESP-IDF", PLACE_PROJECT, "HOME", "esp/*/build/bootloader/bootloader.bin" },
	{ "an example of ESP-IDF", PLACE_PROJECT, "HOME",
	  "esp/*/examples/*/*/build/bootloader/bootloader.bin" },
	{ "an esp-idf-sys build", PLACE_PROJECT, ".",
	  "target/*/*/build/esp-idf-sys-*/out/build/bootloader/bootloader.bin" },
	{ "a PlatformIO build", PLACE_PROJECT, ".", ".pio/build/*/bootloader.bin" },
	{ "an ESPHome build", PLACE_PROJECT, ".", ".esphome/build/*/.pioenvs/*/bootloader.bin" },
	{ "an ESPHome build", PLACE_PROJECT, "HOME", ".esphome/build/*/.pioenvs/*/bootloader.bin" },
	{ "an ESPHome build", PLACE_PROJECT, "/config",
	  ".esphome/build/*/.pioenvs/*/bootloader.bin" },
	{ "an Arduino build", PLACE_PROJECT, "HOME",
	  ".cache/arduino/sketches/*/*.ino.bootloader.bin" },
	{ NULL, PLACE_COMMON, NULL, NULL },
};

const struct place rom_places[] = {
	{ "ESP_ROM_ELF_DIR", PLACE_COMMON, "ESP_ROM_ELF_DIR", "@_rev*_rom.elf" },
	{ "ESP-IDF's tools", PLACE_COMMON, "IDF_TOOLS_PATH",
	  "tools/esp-rom-elfs/*/@_rev*_rom.elf" },
	{ "ESP-IDF's tools", PLACE_COMMON, "/opt/esp", "tools/esp-rom-elfs/*/@_rev*_rom.elf" },
	{ "a package of PlatformIO", PLACE_CORE, "PLATFORMIO_CORE_DIR",
	  "packages/tool-esp-rom-elfs*/@_rev*_rom.elf" },
	{ "an espflash crate", PLACE_COMMON, "CARGO_HOME",
	  "registry/src/*/espflash-[0-9]*/resources/roms/@_rev*_rom.elf" },
	{ "a clone of espflash", PLACE_COMMON, "CARGO_HOME",
	  "git/checkouts/espflash-*/*/espflash/resources/roms/@_rev*_rom.elf" },
	{ NULL, PLACE_COMMON, NULL, NULL },
};
