# What a script waits for: any of several, all, in order; and a status other than 0 when
# the monitor is left before.
board --chip esp32c3 --factory --chatty
m() {
	"$ESPFLASH" -q monitor --non-interactive --boot-loop 0 "$@" >out 2>log
	echo "$*: status $?"
	grep -v '^$' log
	again
}
m --timeout 60 --until NEVER --until '^SPIWP:0xee$'
m --timeout 60 --until-all 'entry 0x' --until-all '^rst:'
m --timeout 60 --until-seq '^rst:' --until-seq 'mode:DIO' --until-seq 'clock div' --until-seq 'entry 0x'
m --timeout 1 --until-seq NEVER --until-seq '^rst:'
m --until a --until-all b
m --until-seq '('
for how in TERM INT HUP; do
	for what in --until --until-all --until-seq --fail --timeout; do
		value=NEVER
		[ $what = --timeout ] && value=30
		"$ESPFLASH" -q monitor --non-interactive --boot-loop 0 $what $value >out 2>log &
		pid=$!
		await rst: out
		kill -$how $pid
		wait $pid
		echo "$how $what: status $?, $(cat log)"
		again
		rm out
	done
done
{
	"$ESPFLASH" -q monitor --non-interactive --boot-loop 0 --until NEVER
	echo "closed pipe: status $?" >&2
} 2>log | head -n 1 >/dev/null
cat log
again
"$ESPFLASH" -q monitor --non-interactive --boot-loop 0 --json --timeout 5 --until-all NEVER --until-all SPIWP 2>&1 | grep '"end"\|"note"' | sed 's/"time":[0-9.]*/"time":T/'
