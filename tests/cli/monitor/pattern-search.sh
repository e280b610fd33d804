# No pattern makes the search for it take long. The peer sends a line without an end. The programs
# share the processors, perhaps under a sanitizer, so the test allows 12 s for a time limit of 1 s.
hostile_peer frame
search() {
	begin=$(date +%s%N)
	"$ESPFLASH" monitor --timeout 1 "$1" "$2" -p "socket://$PEER" >/dev/null 2>&1
	status=$?
	took=$((($(date +%s%N) - begin) / 1000000))
	[ $took -le 12000 ] || echo "$1 $2: $took ms"
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
