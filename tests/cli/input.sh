# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034
# What builds leave. Cases in input/ source it. The form of each file is that of its build
# system: its source stands beside it.

# idf_parts CHIP: bootloader.bin, table.bin, app.bin, otadata.bin and storage.bin, and their ELF.
idf_parts() {
	needs_corpus
	elf=$(corpus elf/esp-$1.elf)
	cp "$(corpus bootloader/idf-$1.bin)" bootloader.bin
	printf '%s\n' 'nvs,data,nvs,0x9000,0x4000' 'otadata,data,ota,0xd000,0x2000' \
		'phy_init,data,phy,0xf000,0x1000' 'ota_0,app,ota_0,0x10000,0x100000' \
		'ota_1,app,ota_1,0x110000,0x100000' 'storage,data,spiffs,0x210000,0x10000' >table.csv
	"$ESPFLASH" -q partition-table --to-binary -o table.bin table.csv
	"$ESPFLASH" -q save-image --chip "$1" "$elf" app.bin >/dev/null
	head -c 8192 /dev/zero | tr '\0' '\377' >otadata.bin # ota_data_initial.bin of ESP-IDF
	yes 'file system' | head -c 65536 >storage.bin
}

# idf_build CHIP BOOT: a folder 'build' as ESP-IDF leaves it
# (esp-idf components/esptool_py/flasher_args.json.in, project_include.cmake).
idf_build() {
	idf_parts "$1"
	mkdir -p build/bootloader build/partition_table
	cp bootloader.bin build/bootloader/bootloader.bin
	cp table.bin build/partition_table/partition-table.bin
	cp otadata.bin build/ota_data_initial.bin
	cp storage.bin build/storage.bin
	cp app.bin build/hello.bin
	cp "$elf" build/hello.elf
	cat >build/flasher_args.json <<END
{
    "write_flash_args" : [ "--flash_mode", "dio",
                           "--flash_size", "4MB",
                           "--flash_freq", "40m" ],
    "flash_settings" : {
        "flash_mode": "dio",
        "flash_size": "4MB",
        "flash_freq": "40m"
    },
    "flash_files" : {
        "$2" : "bootloader/bootloader.bin",
        "0x10000" : "hello.bin",
        "0x8000" : "partition_table/partition-table.bin",
        "0xd000" : "ota_data_initial.bin",
        "0x210000" : "storage.bin"
    },
    "bootloader" : { "offset" : "$2", "file" : "bootloader/bootloader.bin", "encrypted" : "false" },
    "app" : { "offset" : "0x10000", "file" : "hello.bin", "encrypted" : "false" },
    "partition-table" : { "offset" : "0x8000", "file" : "partition_table/partition-table.bin", "encrypted" : "false" },
    "otadata" : { "offset" : "0xd000", "file" : "ota_data_initial.bin", "encrypted" : "false" },
    "storage" : { "offset" : "0x210000", "file" : "storage.bin", "encrypted" : "true" },
    "extra_esptool_args" : {
        "after"  : "hard_reset",
        "before" : "default_reset",
        "stub"   : true,
        "chip"   : "$1"
    }
}
END
	cat >build/project_description.json <<END
{
    "version":            "1.2",
    "project_name":       "hello",
    "build_dir":          "/home/somebody/hello/build",
    "target":             "$1",
    "app_elf":            "hello.elf",
    "app_bin":            "hello.bin"
}
END
	cat >build/flash_args <<END
--flash_mode dio --flash_freq 40m --flash_size 4MB
$2 bootloader/bootloader.bin
0x10000 hello.bin
0x8000 partition_table/partition-table.bin
0xd000 ota_data_initial.bin
0x210000 storage.bin
END
}

# flash_of SIZE [ADDR FILE]...: want.bin, what these files make of flash that is full of 0x55.
# esptool erases all sectors of a file.
flash_of() {
	head -c "$1" /dev/zero | tr '\0' '\125' >want.bin
	shift
	while [ $# -gt 0 ]; do
		sectors=$((($(wc -c <"$2") + 4095) / 4096))
		head -c $((sectors * 4096)) /dev/zero | tr '\0' '\377' |
			dd of=want.bin bs=4096 seek=$(($1 / 4096)) conv=notrunc 2>/dev/null
		dd if="$2" of=want.bin bs=4096 seek=$(($1 / 4096)) conv=notrunc 2>/dev/null
		shift 2
	done
}

# used_flash SIZE: flash.bin, full of 0x55.
used_flash() {
	head -c "$1" /dev/zero | tr '\0' '\125' >flash.bin
}

# set_header FILE BYTE: the file with this third byte, in octal, and the digest at its end again.
set_header() {
	printf "\\$2" | dd of="$1" bs=1 seek=3 conv=notrunc 2>/dev/null
	set_digest "$1" "$(wc -c <"$1")"
}

# set_digest FILE LEN: the image in the first LEN bytes of the file gets the right digest.
set_digest() {
	for byte in $(head -c $(($2 - 32)) "$1" | sha256sum | cut -c1-64 | sed 's/../ 0x&/g'); do
		printf "\\$(printf '%03o' "$byte")"
	done | dd of="$1" bs=1 seek=$(($2 - 32)) conv=notrunc 2>/dev/null
}

# zephyr_image SOC BUILD APP_ADDR FILE: a build of one image (cmake/flash/CMakeLists.txt,
# soc/espressif/common/CMakeLists.txt). FILE is what its zephyr.bin or zephyr.signed.bin has.
zephyr_image() {
	mkdir -p "$2/zephyr"
	cp "$4" "$2/zephyr/$(basename "$4")"
	printf 'CONFIG_BOARD="somebody_s_board"\nCONFIG_SOC_SERIES="%s"\nCONFIG_SOC="%s"\n' "$1" "$1" >"$2/zephyr/.config"
	cat >"$2/zephyr/runners.yaml" <<YAML
# Available runners configured by board.cmake.
runners:
- esp32
- openocd

# Default flash runner if --runner is not given.
flash-runner: esp32

# Common runner configuration values.
config:
  board_dir: /home/somebody/zephyr/boards/somebody/board
  # Build outputs:
  elf_file: zephyr.elf
  bin_file: /home/somebody/$2/zephyr/$(basename "$4")
  # Host tools:
  gdb: /opt/zephyr-sdk/bin/gdb

# Runner specific arguments
args:
  esp32:
    - --esp-app-address=$3
    - --esp-flash-size=4MB
    - --esp-flash-freq=40m
    - --esp-flash-mode=dio
    - --esp-idf-path=/home/somebody/modules/hal/espressif
    - --esp-monitor-baud=115200

  openocd:
    - --cmd-load
    - program_esp
    - --esp-app-address=0xbad
YAML
}

# simple_boot FILE: bootloader.bin as an image for simple boot, as esptool's elf2image
# --ram-only-header makes it for the C3: padding at address 0 behind the image, then a segment that
# is mapped from flash.
simple_boot() {
	{
		cat bootloader.bin
		printf '\0\0\0\0\110\0\0\0'
		head -c 72 /dev/zero
		printf '\140\0\0\074\0\300\0\0' # 0xc000 bytes at 0x3c000060
		printf '*** Booting Zephyr OS build v4.2.0 ***\n'
		yes 'read only' | head -c 49113
	} >"$1"
}

# mcuboot_app FILE SIZE: an app for MCUboot, padded to its slot (imgtool sign --pad): its header
# (image.h: magic, load address, header size) and its trailer are all that matters here.
mcuboot_app() {
	{
		printf '\075\270\363\226\0\0\0\0\040\0\0\0'
		printf 'NuttShell (NSH) NuttX-12.9.0\n'
		yes 'an app for mcuboot' | head -c 69971
		head -c $(($2 - 70012 - 16)) /dev/zero | tr '\0' '\377'
		printf '\167\302\225\363\140\322\357\177\065\122\120\017\054\266\171\200'
	} >"$1"
}

# writes THING CHIP: 'flash THING' makes flash that is full of 0x55 the content of want.bin.
writes() {
	used_flash 4194304
	board --chip "$2" --flash flash.bin
	thing=$1
	shift 2
	"$ESPFLASH" -q flash --after no-reset-no-stub "$@" "$thing" >/dev/null && cmp flash.bin want.bin &&
		echo "$thing${*:+ $*}: right"
	again
	kill "$(cat board.pid)"
	rm board.url
}
