# What worked for a device is remembered with its serial number, and the user's rate is not.
board --chip esp32c3 --quiet --bridge-max 250000
fake_ports usb
unset ESPFLASH_BAUD
export XDG_STATE_HOME="$PWD/state"
"$FAKE" board-info -B 115200 --port /dev/ttyUSB0 >/dev/null 2>&1
cut -d' ' -f2- state/espflash-c/connect
again
"$FAKE" board-info --port /dev/ttyUSB0 2>&1 | grep -o 'Rate: .*'
cut -d' ' -f2- state/espflash-c/connect
again
"$FAKE" board-info --port /dev/ttyUSB0 2>&1 | grep -o 'Rate: .*'
again
"$FAKE" board-info --port /dev/ttyUSB0 --no-remember 2>&1 | grep -o 'Rate: .*'
