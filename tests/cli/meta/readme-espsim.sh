# The README's lines for a virtual board work as they stand.
lines=$(sed -n '/^## See it work/,/^## Install/s|^build-release/src/||p' "$SRC/README.md")
# shellcheck disable=SC2046
board $(echo "$lines" | sed -n 's/^sim\/espsim //p')
unset ESPFLASH_BAUD
"$ESPFLASH" $(echo "$lines" | sed -n 's/^cli\/espflash-c \(board-info\).*/\1/p') 2>&1 | grep Chip
again
cd "$SRC" || exit
# shellcheck disable=SC2046
"$ESPFLASH" $(echo "$lines" | sed -n 's/^cli\/espflash-c \(flash [^#]*\).*/\1/p') --until Hello --timeout 60 2>&1 | grep 'was seen'
