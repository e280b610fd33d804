# --connect-timeout is the limit of the whole examination. At 115200 baud the reading alone would
# take 6 s. What was found until then is told, and the app starts again.
board --chip esp32c3 --factory --pace
begin=$(date +%s%N)
"$ESPFLASH" -q doctor --connect-timeout 3 --json </dev/null >report
[ $((($(date +%s%N) - begin) / 1000000)) -le 12000 ] || echo 'too late'
grep -E '"(chip|connected|cut_short|error)"' report
again
"$ESPFLASH" -q doctor --connect-timeout 3 </dev/null | grep '^Time'
again
"$ESPFLASH" -q monitor --no-reset --timeout 60 --until . </dev/null >/dev/null && echo 'the app speaks'
