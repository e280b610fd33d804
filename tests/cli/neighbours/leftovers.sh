# The next run removes what a killed run left beside its file, and nothing else.
printf 'nvs,data,nvs,0x9000,0x6000\nfactory,app,factory,,1M\n' >table.csv
sleep 100 &
running=$!
# Linux has no process of the number 4194305, nor any above it
: >t.bin.4194305.0.tmp
: >t.bin.$running.0.tmp
: >t.bin.x.0.tmp
: >other.bin.4194305.0.tmp
"$ESPFLASH" partition-table --to-binary table.csv -o t.bin
kill $running
ls | sed "s/$running/RUNNING/"
