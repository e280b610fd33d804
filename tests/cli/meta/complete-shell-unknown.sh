"$ESPFLASH" completions tcsh
