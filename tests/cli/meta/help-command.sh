# The same words three ways.
"$ESPFLASH" partition-table --help >a
"$ESPFLASH" help partition-table >b
"$ESPFLASH" -h partition-table | head -1
cmp a b && cat a
