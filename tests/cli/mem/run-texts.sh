# What a ROM, a bootloader or an app says decides, and the first failure is quoted.
rom() {
	printf 'ESP-ROM:esp32s3-20210327\r\nBuild:Mar 27 2021\r\n'
	printf 'rst:0x1 (POWERON),boot:0x8 (SPI_FAST_FLASH_BOOT)\r\nSPIWP:0xee\r\nmode:DIO, clock div:1\r\n'
}
loaded() {
	rom
	printf 'load:0x3fce3808,len:0x4bc\r\nentry 0x403c9700\r\n'
}
idf() {
	loaded
	printf '\033[0;32mI (24) boot: ESP-IDF v5.5 2nd stage bootloader\033[0m\r\n'
}
judge() {
	rm -f board.url
	board --chip esp32s3 --boot-text "$1"
	"$ESPFLASH" -q run 2>err
	echo "$1: $?"
	head -1 err
	kill "$(cat board.pid)"
	exec 9<&-
}
{ rom; printf "Invalid image block, can't boot.\r\nets_main.c 329 \r\n"; } >rom-image
{ rom; printf 'csum err:0xb8!=0xff\r\nets_main.c 384 \r\n'; } >rom-csum
{ loaded; printf '[esp32s3] [INF] *** Booting MCUboot build v2.1.0 ***\r\n[esp32s3] [ERR] Unable to find bootable image\r\n'; } >mcuboot
{
	idf
	printf 'I (40) secure_boot_v2: Verifying with RSA-PSS...\r\nE (66) secure_boot_v2: No signature block found\r\n'
	printf 'E (66) esp_image: Secure boot signature verification failed\r\n'
} >secure-boot
{
	idf
	printf 'E (53) boot_comm: Image requires efuse blk rev >= v1.4, but chip is v1.3\r\n'
	printf 'E (60) boot: Factory app partition is not bootable\r\nE (66) boot: No bootable app partitions in the partition table\r\n'
} >efuse-block
{ idf; printf 'I (90) boot: Loaded app from partition at offset 0x10000\r\nBrownout detector was triggered\r\n'; } >brown-out
{ idf; printf 'I (90) boot: Loaded app from partition at offset 0x10000\r\nI (500) main: last crash: abort() was called at PC 0x42000000\r\n'; } >speaks-of-it
{ rom; printf 'words that nobody knows\r\n'; } >unknown
for text in rom-image rom-csum mcuboot secure-boot efuse-block brown-out speaks-of-it unknown; do
	judge $text
done
"$ESPFLASH" --version >/dev/null
