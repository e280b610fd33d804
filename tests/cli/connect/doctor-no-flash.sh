# A board without flash connects. The report names the missing flash, and other commands fail at
# once with the verdict.
board --chip esp32 --size none
"$ESPFLASH" -q doctor </dev/null | grep -A1 '^Verdict'
again
"$ESPFLASH" -q board-info --json 2>/dev/null | grep -E '"(flash_size|verdict)"'
again
head -c 100 /dev/zero >zeros.bin
"$ESPFLASH" -q write-bin --json 0x10000 zeros.bin 2>/dev/null >out.json
status=$?
grep -E '"(code|exit_status|message|verdict)"' out.json
exit $status
