# Which ports there are is the machine's; the object around them is ours.
"$ESPFLASH" list-ports --json | head -3
