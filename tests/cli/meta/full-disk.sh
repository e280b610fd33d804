[ -e /dev/full ] || { echo 'no /dev/full' >&3; exit 77; }
"$ESPFLASH" help >/dev/full
