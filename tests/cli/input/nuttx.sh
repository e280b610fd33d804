# NuttX's build folders, in the layouts of its Config.mk files: simple boot, MCUboot with and
# without its bootloader beside it, and the older one with a partition table. Flash settings are
# those of ESPTOOL_WRITEFLASH_OPTS.
# shellcheck disable=SC1091
. "$SRC/tests/cli/input.sh"
idf_parts esp32c3
config() { # FOLDER SYMBOL=VALUE...
	mkdir -p "$1"
	printf 'CONFIG_ARCH="risc-v"\n# CONFIG_ESPRESSIF_FLASH_2M is not set\n' >"$1/.config"
	folder=$1
	shift
	printf 'CONFIG_%s\n' "$@" >>"$folder/.config"
}

config simple ARCH_CHIP='"esp32c3"' ESPRESSIF_CHIP_SERIES='"esp32c3"' ESPRESSIF_FLASH_4M=y \
	ESPRESSIF_FLASH_MODE_QIO=y ESPRESSIF_FLASH_FREQ_40M=y ESPRESSIF_SIMPLE_BOOT=y
simple_boot simple/nuttx.bin
cp "$elf" simple/nuttx
cp simple/nuttx.bin want-boot.bin
printf '\2\040' | dd of=want-boot.bin bs=1 seek=2 conv=notrunc 2>/dev/null # dio, 4MB and 40m
set_digest want-boot.bin "$(wc -c <bootloader.bin)"
flash_of 4194304 0x0 want-boot.bin
writes simple esp32c3
"$ESPFLASH" flash --dry-run simple

config mcuboot ESPRESSIF_CHIP_SERIES='"esp32c3"' ESPRESSIF_FLASH_4M=y ESPRESSIF_FLASH_FREQ_40M=y \
	ESPRESSIF_BOOTLOADER_MCUBOOT=y ESPRESSIF_OTA_PRIMARY_SLOT_OFFSET=0x10000 \
	ESPRESSIF_OTA_SECONDARY_SLOT_OFFSET=0x110000 ESPRESSIF_ESPTOOL_TARGET_PRIMARY=y
mcuboot_app mcuboot/nuttx.bin 1048576
flash_of 4194304 0x10000 mcuboot/nuttx.bin
writes mcuboot esp32c3
cp bootloader.bin mcuboot/mcuboot-esp32c3.bin
cp bootloader.bin want-boot.bin
set_header want-boot.bin 040
flash_of 4194304 0x0 want-boot.bin 0x10000 mcuboot/nuttx.bin
writes mcuboot esp32c3
sed -i 's/TARGET_PRIMARY/TARGET_SECONDARY/' mcuboot/.config
flash_of 4194304 0x0 want-boot.bin 0x110000 mcuboot/nuttx.bin
writes mcuboot esp32c3

idf_parts esp32
config legacy ARCH_CHIP='"esp32"' ESP32_APP_FORMAT_LEGACY=y ESP32_FLASH_DETECT=y ESP32_FLASH_4M=y \
	ESP32_FLASH_FREQ_80M=y ESP32_PARTITION_TABLE_OFFSET=0x8000
cp app.bin legacy/nuttx.bin
cp bootloader.bin legacy/bootloader-esp32.bin
cp table.bin legacy/partition-table-esp32.bin
printf '\2' | dd of=bootloader.bin bs=1 seek=2 conv=notrunc 2>/dev/null # dio
set_header bootloader.bin 057 # 4MB, 80m
flash_of 4194304 0x1000 bootloader.bin 0x8000 table.bin 0x10000 app.bin
writes legacy esp32
"$ESPFLASH" flash --dry-run legacy
{
	head -c 4096 /dev/zero | tr '\0' '\377'
	cat bootloader.bin
	head -c $((28672 - $(wc -c <bootloader.bin))) /dev/zero | tr '\0' '\377'
	cat table.bin
	head -c 29696 /dev/zero | tr '\0' '\377'
	cat app.bin
} >legacy/nuttx.merged.bin
mv legacy/nuttx.bin nuttx.bin
flash_of 4194304 0x1000 bootloader.bin 0x8000 table.bin 0xd000 otadata.bin 0x10000 app.bin
writes legacy esp32

export ESPFLASH_PORT=/dev/nonexistent
flash() {
	"$ESPFLASH" -q flash --dry-run "$1"
}
printf '' >legacy/nuttx.merged.bin
flash legacy
sed -i '/PRIMARY_SLOT/d; s/TARGET_SECONDARY/TARGET_PRIMARY/' mcuboot/.config
flash mcuboot
echo CONFIG_ESPRESSIF_OTA_PRIMARY_SLOT_OFFSET=here >>mcuboot/.config
flash mcuboot
echo 'CONFIG_ARCH_CHIP="stm32f4"' >mcuboot/.config
flash mcuboot
