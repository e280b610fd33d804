# ram.elf is hand-made: a 32-bit RISC-V ELF whose one section, four times "j .",
# lies in the RAM of this chip at 0x40380400, which is also where its stub is.
board --chip esp32c3
"$ESPFLASH" flash --ram "$SRC/tests/cli/flash/ram.elf"
echo $?
again
"$ESPFLASH" flash --ram --no-stub "$SRC/tests/cli/flash/ram.elf" && again && grep -o "application runs" board.log
