# The chip is silent.
# shellcheck disable=SC1091
. "$SRC/tests/cli/lies.sh"
lies stall-reply=1 stall-reply=9 stall-reply=27 stall-reply=33
