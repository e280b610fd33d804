# Each reply has the value of the one before it.
# shellcheck disable=SC1091
. "$SRC/tests/cli/lies.sh"
lies stale-from=2 stale-from=25 stale-from=33
