"$ESPFLASH" completions powershell
