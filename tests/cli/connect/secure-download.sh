# Secure download mode is no fault: the board connects, and only reading is refused.
board --chip esp32c3 --secure-download
"$ESPFLASH" -q doctor </dev/null | grep -A1 '^Verdict'
again
"$ESPFLASH" -q board-info --json 2>/dev/null | grep -E '"(flash_size|verdict)"'
again
"$ESPFLASH" -q read-flash --json 0 16 out.bin 2>/dev/null >out.json
status=$?
grep -E '"(code|exit_status|message|verdict)"' out.json
exit $status
