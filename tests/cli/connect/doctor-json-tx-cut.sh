# doctor --json prints one object that includes the error. The exit status is the verdict's.
board --chip esp32 --circuit no-tx
"$ESPFLASH" -q doctor --json --connect-attempts 2 >out.json
status=$?
grep -E '"(connected|code|exit_status|verdict|open)"' out.json
exit $status
