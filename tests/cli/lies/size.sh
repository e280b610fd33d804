# Replies have more data than they should, or less.
# shellcheck disable=SC1091
. "$SRC/tests/cli/lies.sh"
lies size-from=2 size-from=28,noise-seed=2 size-from=35,noise-seed=3
