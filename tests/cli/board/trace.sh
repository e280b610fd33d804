# --trace records every byte of the conversation in the format that tests can replay.
board --chip esp32c3
"$ESPFLASH" -q --trace log board-info >/dev/null
grep -c '^> c000082400' log >n && [ "$(cat n)" -ge 1 ] && grep -q '^< ' log && grep -q '^! ' log && echo traced
