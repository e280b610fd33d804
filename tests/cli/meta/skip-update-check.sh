# espflash accepts this option before and after the command, and from the environment.
export ESPFLASH_SKIP_UPDATE_CHECK=maybe
"$ESPFLASH" -S completions bash >a && "$ESPFLASH" completions bash --skip-update-check >b && cmp a b
