# Three ways to ask for help print the same text.
"$ESPFLASH" partition-table --help >a
"$ESPFLASH" help partition-table >b
"$ESPFLASH" -h partition-table | head -1
cmp a b && cat a
