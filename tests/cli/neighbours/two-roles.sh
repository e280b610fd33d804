# No file is opened that is written and has another role: by name, link, hard link, or a place
# that is still empty.
try() {
	"$ESPFLASH" "$@" -p socket://127.0.0.1:1 2>&1 | head -1
	sha256sum --quiet -c sums || echo "changed by: $*"
}
head -c 5000 /dev/zero >fw.bin
cp fw.bin app.elf
printf "nvs,data,nvs,0x9000,0x6000\nfactory,app,factory,,1M\n" >table.csv
echo 'baudrate = 115200' >espflash.toml
ln -s fw.bin link.bin
ln fw.bin hard.bin
ln -s new.bin dangling
mkdir sub
ln -s .. sub/up
mkdir -p "$HOME/.local/state/espflash-c"
: >"$HOME/.local/state/espflash-c/connect"
sha256sum fw.bin app.elf table.csv espflash.toml >sums
try write-bin 0x10000 fw.bin --log-file fw.bin
try write-bin 0x10000 fw.bin --log-file ./sub/../fw.bin
try write-bin 0x10000 fw.bin --trace link.bin
try write-bin 0x10000 fw.bin --trace hard.bin
try write-bin 0x10000 table.csv 0x20000 fw.bin --log-file fw.bin
try write-bin 0x10000 - --log-file fw.bin <fw.bin
try flash app.elf --log-file app.elf
try flash app.elf --partition-table table.csv --save-log table.csv --monitor
try flash app.elf --monitor --elf fw.bin --save-log fw.bin
try monitor --save-log log --log-file log
try monitor --save-log new.bin --log-file dangling
try monitor --save-log sub/up/log --trace log
try read-flash 0 0x1000 out.bin --log-file out.bin
try read-flash 0 0x1000 espflash.toml
try monitor --save-log espflash.toml
try dump-mem 0 0x100 x --trace x
try board-info --stub fw.bin --trace fw.bin
try board-info --log-file "$HOME/.local/state/espflash-c/connect"
export ESPTOOL_CFGFILE=mine
try monitor --save-log ./sub/up/mine
try read-flash 0 0x1000 mine
unset ESPTOOL_CFGFILE
"$ESPFLASH" save-image --chip esp32c3 app.elf app.elf 2>&1 | head -1
"$ESPFLASH" partition-table --to-binary table.csv -o table.csv 2>&1 | head -1
"$ESPFLASH" partition-table table.csv --log-file out.txt 2>&1 >out.txt | head -1
sha256sum --quiet -c sums
# what keeps no content may have many roles
"$ESPFLASH" partition-table table.csv --log-file /dev/null --trace /dev/null >/dev/null && echo fine
"$ESPFLASH" partition-table --to-csv table.csv -o /dev/stdout >out.txt && wc -l <out.txt
