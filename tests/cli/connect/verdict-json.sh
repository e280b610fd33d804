# The error of a failed connection has the verdict, its evidence and each attempt.
board --chip esp32c3 --circuit no-boot --chatty
"$ESPFLASH" -q board-info --json --connect-attempts 1 >out.json
status=$?
grep -E '"(code|exit_status|verdict|evidence|meaning|resets|strategy)"' out.json
exit $status
