# The script for OpenOCD, run by an OpenOCD. Debian's has no driver for the flash of ESP chips, and
# configurations for few of them; what is missing is replaced by procedures that print what they
# are called with.
# shellcheck disable=SC1091,SC2016
. "$SRC/tests/cli/input.sh"
command -v openocd >/dev/null || { echo 'no openocd' >&3; exit 77; }
openocd --version 2>&1 | grep -q esp32 && { echo 'this openocd could flash a board' >&3; exit 77; }
cp "$(corpus bootloader/idf-esp32.bin)" bootloader.bin
idf_build esp32 0x1000
"$ESPFLASH" save-image --openocd 'my folder' build 2>&1 | grep -v 'Bytes\|^0x\|^[A-Z][a-z]*.*:  ' && cat 'my folder/flash.cfg'
run() { # what the procedures print, and errors
	openocd "$@" >out 2>&1
	status=$?
	sed -n 's/^.*Error: /error: /; /^error: \|^program_esp [a-z]\|^flash [vw]\|^init$\|^reset [a-z]\|^Flashing\|^interface\|^target:/p' out
	echo "exit status $status"
}
cat >stub.cfg <<'END'
rename flash real_flash
proc flash {what args} {
	if { $what eq "list" } { return $::banks }
	echo "flash $what $args, [file size [lindex $args end-2]] bytes"
}
set banks { a bank }
proc init {} { echo init }
proc reset {how} { echo "reset $how" }
END
cat >esp.cfg <<'END'
proc program_esp {file args} {
	echo "program_esp $file $args, [file size $file] bytes"
	if { [info exists ::FAILS] && $file eq $::FAILS } { error "** Programming Failed **" }
}
END
echo '-- ESP-Prog and ESP32, in the words of program_esp'
run -f stub.cfg -f esp.cfg -f 'my folder/flash.cfg'
echo '-- encrypted'
run -f stub.cfg -f esp.cfg -c 'set ENCRYPT 1' -f 'my folder/flash.cfg' | grep encrypt
echo '-- plain, in the folder'
(cd 'my folder' && run -f ../stub.cfg -f flash.cfg)
run -f stub.cfg -f esp.cfg -c 'set FORM plain' -f 'my folder/flash.cfg' | grep -c '^flash write_image erase'
echo '-- a part that fails'
run -f stub.cfg -f esp.cfg -c 'set FAILS partition-table.bin' -f 'my folder/flash.cfg'
echo '-- what an adapter may be called'
run -f stub.cfg -c 'set ADAPTER jlink' -f 'my folder/flash.cfg'
echo '-- an OpenOCD without a driver'
run -f stub.cfg -c 'set banks {}' -f 'my folder/flash.cfg'
echo '-- an OpenOCD without the configuration of the chip'
"$ESPFLASH" -q save-image --chip esp32p4 --openocd p4 0x10000 storage.bin >/dev/null
run -f stub.cfg -f p4/flash.cfg
echo '-- every chip has its target, and those with a USB port of their own have that, too'
mkdir -p conf/target conf/interface/ftdi
echo 'echo "interface: ESP-Prog"; adapter driver dummy' >conf/interface/ftdi/esp_ftdi.cfg
echo 'echo "interface: USB"; adapter driver dummy' >conf/interface/esp_usb_jtag.cfg
for chip in esp32 esp32s2 esp32s3 esp32c2 esp32c3 esp32c5 esp32c6 esp32c61 esp32h2 esp32p4 esp32s31; do
	echo "echo \"target: $chip\"" >conf/target/$chip.cfg
	"$ESPFLASH" -q save-image --chip $chip --openocd $chip 0x10000 storage.bin >/dev/null
	for adapter in esp-prog builtin; do
		run -s conf -f stub.cfg -f esp.cfg -c "set ADAPTER $adapter" -f $chip/flash.cfg | head -n 3 | tr '\n' ' '
		echo
	done
done
echo '-- another adapter, with its own target'
echo 'proc target {args} { return mine }' >board.cfg
run -f stub.cfg -f esp.cfg -f board.cfg -f esp32c3/flash.cfg
