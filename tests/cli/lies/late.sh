# Each reply comes late.
# shellcheck disable=SC1091
. "$SRC/tests/cli/lies.sh"
lies late-from=2,delay-ms=400 late-from=30,delay-ms=2500
