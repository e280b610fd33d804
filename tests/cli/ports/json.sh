# The ports depend on the machine, so check only the object around them.
"$ESPFLASH" list-ports --json | head -3
