"$ESPFLASH" help --json | grep -c '"name"' >n && [ "$(cat n)" -gt 100 ] && echo enough
"$ESPFLASH" help completions --json
