# The port doesn't come.
"$ESPFLASH" board-info --port /dev/ttyNOWHERE --wait=1
