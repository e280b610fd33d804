# Zephyr's build folders: an image for simple boot, an app for MCUboot, and both images of a build
# of several (sysbuild), as "west flash" writes them with esptool. What is no bootloader's header
# stays as it is.
# shellcheck disable=SC1091
. "$SRC/tests/cli/input.sh"
idf_parts esp32c3
mkdir project

simple_boot zephyr.bin
zephyr_image esp32c3 project/build 0x0 zephyr.bin
cp "$elf" project/build/zephyr/zephyr.elf
cp zephyr.bin want-boot.bin
printf '\2\040' | dd of=want-boot.bin bs=1 seek=2 conv=notrunc 2>/dev/null # dio, 4MB and 40m
set_digest want-boot.bin "$(wc -c <bootloader.bin)"
flash_of 4194304 0x0 want-boot.bin
for thing in project project/build project/build/zephyr; do
	writes $thing esp32c3
done
cmake -E tar cf build.zip --format=zip project/build
writes build.zip esp32c3
"$ESPFLASH" flash --dry-run project
"$ESPFLASH" flash --dry-run zephyr.bin
flash_of 4194304 0x0 zephyr.bin
writes zephyr.bin esp32c3

mcuboot_app zephyr.signed.bin 131072
zephyr_image esp32c3 app 0x20000 zephyr.signed.bin
flash_of 4194304 0x20000 zephyr.signed.bin
writes app esp32c3

mkdir sysbuild
mv app sysbuild/hello
cp bootloader.bin zephyr.bin
zephyr_image esp32c3 sysbuild/mcuboot 0x0 zephyr.bin
cat >sysbuild/domains.yaml <<YAML
default: hello
build_dir: /home/somebody/sysbuild
domains:
  - name: hello
    build_dir: /home/somebody/sysbuild/hello
  - name: mcuboot
    build_dir: /home/somebody/sysbuild/mcuboot
flash_order:
  - mcuboot
  - hello
YAML
set_header bootloader.bin 040
flash_of 4194304 0x0 bootloader.bin 0x20000 zephyr.signed.bin
writes sysbuild esp32c3
"$ESPFLASH" flash --dry-run sysbuild
{
	cat zephyr.bin
	head -c $((131072 - $(wc -c <zephyr.bin))) /dev/zero | tr '\0' '\377'
	cat zephyr.signed.bin
} >merged.bin
flash_of 4194304 0x0 zephyr.bin 0x20000 zephyr.signed.bin
writes merged.bin esp32c3
flash_of 4194304 0x0 merged.bin
writes merged.bin esp32c3 --fill-gaps

export ESPFLASH_PORT=/dev/nonexistent
flash() {
	"$ESPFLASH" -q flash --dry-run "$@"
}
flash zephyr.signed.bin
flash --chip esp32 project
sed -i 's/name: hello/name: ..\/hello/' sysbuild/domains.yaml
flash sysbuild
sed -i 's/name: ..\/hello/name: hi/' sysbuild/domains.yaml
flash sysbuild
sed -i 's/^  esp32:/  jlink:/' project/build/zephyr/runners.yaml
flash project
sed -i 's/^  jlink:/  esp32:/; s/address=0x0/address=0xzz/' project/build/zephyr/runners.yaml
flash project
sed -i 's/address=0xzz/address=0x0/; s|/home/somebody/project/build/zephyr/zephyr.bin|../../secret.bin|' project/build/zephyr/runners.yaml
flash project
sed -i 's|../../secret.bin|/etc/passwd|' project/build/zephyr/runners.yaml
flash project
sed -i 's/CONFIG_SOC="esp32c3"/CONFIG_SOC="nrf52840"/' project/build/zephyr/.config
flash project

# what the chip says after it
sed -i 's/CONFIG_SOC="nrf52840"/CONFIG_SOC="esp32c3"/' project/build/zephyr/.config
sed -i 's|/etc/passwd|zephyr.bin|' project/build/zephyr/runners.yaml
sed -i 's/name: hi/name: hello/' sysbuild/domains.yaml
for thing in project sysbuild; do
	board --chip esp32c3
	"$ESPFLASH" flash --require-start $thing 2>log >/dev/null
	echo "$thing: $?"
	sed -n 's/^[^]]*INFO \] \(The app.*\)/\1/p' log
	again
	kill "$(cat board.pid)"
	rm board.url
done
