# Patterns that take too long on each line of endless text: the time limit holds. One search may take
# 10 ms, so one read of the port, 190 lines, would keep ten of them busy for 19 s.
hostile_peer text
set --
for n in 0 1 2 3 4 5 6 7 8 9; do set -- "$@" --until "(a|aa)+\$|(.*)*x|(([^\\n]*)*)*z$n"; done
timed took "$ESPFLASH" monitor --timeout 1 -p "socket://$PEER" "$@" </dev/null >out 2>err
late 12 took monitor
grep -o 'takes too long on a line' err
