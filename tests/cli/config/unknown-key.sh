printf '%s\n' 'boudrate = 5' '[package]' 'name = 1.5' >espflash.toml
"$ESPFLASH" config | head -2
