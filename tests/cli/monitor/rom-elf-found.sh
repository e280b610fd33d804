# A ROM introduces itself in its first line. The ELF that contains the same word explains its
# addresses; one of another ROM of the same chip does not, whatever its name says.
board --chip esp32c3 --factory
mkdir roms
for word in 20200918 api1-20210207; do
	cp "$SRC/tools/sample/sample-esp32c3.elf" "roms/esp32c3_rev$((${#word} * 10))_rom.elf"
	printf 'esp32c3-%s' "$word" >>"roms/esp32c3_rev$((${#word} * 10))_rom.elf"
done
cat >say <<'END'
echo "ESP-ROM:esp32c3-$1"
n=0
while ! grep -q "$2" err && [ $n -lt 500 ]; do n=$((n + 1)); sleep 0.02; done
echo "PC 0x40380000"
echo done
cat >/dev/null
END
monitor() { # word of the ROM, what to wait for
	"$ESPFLASH" monitor --non-interactive --no-reset --processors "sh $PWD/say $1 $2" --until '^done' >out 2>err
	echo "status $?"
	again
	grep -o 'ROM: .*' err
	tr -d '\r' <out | grep -v '^$'
}
export ESP_ROM_ELF_DIR="$PWD/roms"
monitor api1-20210207 ROM:
# there is none of this ROM
monitor eco7-20230720 Serial
# one that others can write to
chmod o+w roms/*
monitor 20200918 Serial
