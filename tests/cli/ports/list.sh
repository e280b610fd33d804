# The ports depend on the machine, so check only that the command succeeds.
"$ESPFLASH" list-ports >/dev/null && "$ESPFLASH" list-ports -an >/dev/null && echo ok
