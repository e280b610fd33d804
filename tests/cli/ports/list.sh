# Which ports there are is the machine's; that it ends well is ours.
"$ESPFLASH" list-ports >/dev/null && "$ESPFLASH" list-ports -an >/dev/null && echo ok
