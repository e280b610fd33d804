mkdir espflash.toml
"$ESPFLASH" config
