# flash-id says why there is no id, and what to do.
board --chip esp32c3 --size none
"$ESPFLASH" -q flash-id --json 2>/dev/null </dev/null | grep -E '"(code|exit_status|message|verdict)"'
again
"$ESPFLASH" -q flash-id </dev/null
