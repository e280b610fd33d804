# What espsim says to a wrong command line, and that its help has every fault that it takes.
[ -x "$ESPSIM" ] || { echo 'no espsim' >&3; exit 77; }
try() {
	"$ESPSIM" "$@"
	echo "exit $?"
}
try
try --chip esp8266
try --chip
try --chip esp32 --pace=1
try --chip esp32 --circuit twisted
try --chip esp32 --fault no-such=1
try --chip esp32 --speed 3
"$ESPSIM" --help | sed '1,/^Faults/d' | sed -n 's/^  \([a-z][a-z-]*\) .*/\1/p' >faults
grep -c . faults
while read -r fault; do
	"$ESPSIM" --fault "$fault=1" 2>&1 | grep -v -e '--chip is missing' || :
done <faults
