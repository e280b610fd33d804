# NuttX as its ports are now: a chip's own symbols beside shared ones, the frequency as text, the
# user's half of a protected build, virtual eFuses, MCUboot only in the merged file, and the older
# port whose nuttx.bin is not what MCUboot starts. What is expected was compared with esptool and
# the arguments of tools/*/Config.mk.
# shellcheck disable=SC1091
. "$SRC/tests/cli/input.sh"
idf_parts esp32
config() { # FOLDER SYMBOL=VALUE...
	mkdir -p "$1"
	folder=$1
	shift
	printf 'CONFIG_%s\n' "$@" >"$folder/.config"
}
try() { # THING ARGUMENTS OF flash_of...
	thing=$1
	shift
	flash_of 4194304 "$@"
	writes "$thing" esp32
}
cp bootloader.bin dio40.bin
printf '\2\040' | dd of=dio40.bin bs=1 seek=2 conv=notrunc 2>/dev/null # dio, 4MB and 40m
set_digest dio40.bin "$(wc -c <dio40.bin)"
yes 'the user' | head -c 20000 >user.bin

config legacy ARCH_CHIP='"esp32"' ESPRESSIF_CHIP_SERIES='"esp32"' ESP32_FLASH_4M=y ESPRESSIF_FLASH_FREQ_40M=y \
	ESPRESSIF_FLASH_FREQ='"40m"' ESP32_APP_FORMAT_LEGACY=y ESP32_PARTITION_TABLE_OFFSET=0x8000 \
	BUILD_PROTECTED=y ESP32_USER_IMAGE_OFFSET=0x150000
cp app.bin legacy/nuttx.bin
cp user.bin legacy/nuttx_user.bin
cp bootloader.bin legacy/bootloader-esp32.bin
cp table.bin legacy/partition-table-esp32.bin
try legacy 0x1000 dio40.bin 0x8000 table.bin 0x10000 app.bin 0x150000 user.bin
sed -i '/USER_IMAGE/d' legacy/.config
printf 'CONFIG_ESP32_KERNEL_OFFSET=0x10000\nCONFIG_ESP32_KERNEL_IMAGE_SIZE=0x1a0000\n' >>legacy/.config # as on the S3
try legacy 0x1000 dio40.bin 0x8000 table.bin 0x10000 app.bin 0x1b0000 user.bin
sed -i 's/IMAGE_SIZE=.*/IMAGE_SIZE=0xffff0000/' legacy/.config
ESPFLASH_PORT=/dev/nonexistent "$ESPFLASH" -q flash --dry-run legacy

config mcuboot ARCH_CHIP='"esp32"' ESPRESSIF_CHIP_SERIES='"esp32"' ESP32_FLASH_4M=y ESPRESSIF_FLASH_FREQ='"40m"' \
	ESP32_APP_FORMAT_MCUBOOT=y ESPRESSIF_BOOTLOADER_MCUBOOT=y ESP32_ESPTOOL_TARGET_PRIMARY=y \
	ESP32_OTA_PRIMARY_SLOT_OFFSET=0x20000 ESPRESSIF_EFUSE_VIRTUAL_KEEP_IN_FLASH_OFFSET=0x12000 \
	ESP32_ESPTOOLPY_NO_STUB=y
mcuboot_app mcuboot/nuttx.bin 196608
cp bootloader.bin mcuboot/mcuboot-esp32.bin
: >mcuboot/vefuse.bin
try mcuboot 0x1000 dio40.bin 0x20000 mcuboot/nuttx.bin
yes efuses | head -c 4096 >mcuboot/vefuse.bin
try mcuboot 0x1000 dio40.bin 0x12000 mcuboot/vefuse.bin 0x20000 mcuboot/nuttx.bin
"$ESPFLASH" flash --dry-run mcuboot
rm mcuboot/vefuse.bin
printf 'CONFIG_ESP32_SECURE_BOOT=y\n' >>mcuboot/.config
cp mcuboot/nuttx.bin mcuboot/nuttx.signed.bin
try mcuboot 0x20000 mcuboot/nuttx.signed.bin
sed -i '/SECURE_BOOT/d' mcuboot/.config
yes 'objcopy of the ELF' | head -c 30000 >mcuboot/nuttx.bin
try mcuboot 0x1000 dio40.bin 0x20000 mcuboot/nuttx.signed.bin

# esptool merge_bin --fill-flash-size 4MB: MCUboot is only there, and the rest is padding
{
	head -c 4096 /dev/zero | tr '\0' '\377'
	cat bootloader.bin
	head -c $((126976 - $(wc -c <bootloader.bin))) /dev/zero | tr '\0' '\377'
	cat mcuboot/nuttx.signed.bin
	head -c 3866624 /dev/zero | tr '\0' '\377'
} >mcuboot/nuttx.merged.bin
cp mcuboot/nuttx.signed.bin mcuboot/nuttx.bin
rm mcuboot/mcuboot-esp32.bin
try mcuboot 0x20000 mcuboot/nuttx.bin
printf 'CONFIG_ESP32_MERGE_BINS=y\n' >>mcuboot/.config
try mcuboot 0x1000 bootloader.bin 0x20000 mcuboot/nuttx.bin
try mcuboot/nuttx.merged.bin 0x1000 bootloader.bin 0x20000 mcuboot/nuttx.bin
