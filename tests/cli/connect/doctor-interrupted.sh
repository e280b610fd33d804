# After Ctrl-C, doctor reports what it had found and that it was interrupted, but no unfinished
# measurement.
board --chip esp32c3 --factory --pace
"$ESPFLASH" doctor --json </dev/null >report 2>err &
pid=$!
await 'Measuring the line at 115200' err
kill -TERM $pid
wait $pid
status=$?
grep -E '"(chip|code|exit_status|connected|rates|highest_safe_baud)"' report
exit $status
