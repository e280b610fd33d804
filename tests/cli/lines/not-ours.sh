# No line reaches these boards: one talks without end, one restarts again and again,
# and one waits in download mode. Each start that is heard is the board's own.
while read -r name words; do
	mkdir "$name" && cd "$name" || exit 2
	# shellcheck disable=SC2086
	board --chip esp32c3 $words
	for n in 1 2 3; do
		"$ESPFLASH" -q reset 2>err
		echo "$name: $?"
		again
	done | sort -u
	kill "$(cat board.pid)"
	exec 9<&-
	cd ..
done <<-END
	talks --chatty --circuit none
	loops --factory --circuit none
	waits --circuit none-download
END
