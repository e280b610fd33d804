command -v fish >/dev/null || { echo 'no fish' >&3; exit 77; }
"$ESPFLASH" completions fish >script
fish -n script && fish -c 'source script; complete -C "espflash-c flash --bef"; complete -C "espflash-c flash --before usb"; complete -C "espflash-c comp"'
