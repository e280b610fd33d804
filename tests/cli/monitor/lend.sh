# A command that needs the port asks the monitor for it, and gives it back. A stale socket does no
# harm.
board --chip esp32c3 --factory --chatty
mkdir -m 700 run
export XDG_RUNTIME_DIR="$PWD/run"
"$ESPFLASH" monitor --non-interactive --boot-loop 0 >out 2>log &
pid=$!
await rst: out
"$ESPFLASH" board-info 2>asked | head -1
grep -o 'a monitor has .*' asked
await 'monitor continues' log
: >out
await rst: out
kill -TERM $pid
wait $pid
echo "status $?"
grep -o -e 'another command.*' -e 'the monitor continues' log
find run -type s
again
rm out
"$ESPFLASH" monitor --non-interactive --boot-loop 0 >out 2>log &
pid=$!
await rst: out
kill -KILL $pid
{ wait $pid; } 2>/dev/null
echo "left: $(find run -type s | wc -l)"
again
"$ESPFLASH" -q board-info | head -1
chmod 755 run/espflash-c
again
"$ESPFLASH" -q monitor --non-interactive --boot-loop 0 --until rst: >out
echo "in a folder of others: status $?"
