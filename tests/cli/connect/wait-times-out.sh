# The port does not appear before --wait ends.
"$ESPFLASH" board-info --port /dev/ttyNOWHERE --wait=1
