# No pattern makes the search for it take long. The peer sends a line without an end. The programs
# share the processors, perhaps under a sanitizer, so the test allows 12 s for a time limit of 1 s.
hostile_peer frame
search() {
	timed "took$1" "$ESPFLASH" monitor --timeout 1 "$1" "$2" -p "socket://$PEER" >/dev/null 2>&1
	status=$?
	late 12 "took$1" "$1 $2"
	[ $status = 14 ] || echo "$1 $2: status $status"
}
for pattern in '(U*)*b' '(U|UU)+Z$' '(U|V)*U(U|V){500}Z' '.*U.{1000}Z' '((U?){30}){30}U{900}b' \
	"$(seq -s '|' 1000 1600)"; do
	jobs=
	for option in --until --until-all --until-seq --fail; do
		search $option "$pattern" &
		jobs="$jobs $!"
	done
	# shellcheck disable=SC2086
	wait $jobs
done
