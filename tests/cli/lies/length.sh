# The length in a reply is not that of its data.
# shellcheck disable=SC1091
. "$SRC/tests/cli/lies.sh"
lies length-from=2 length-from=27,noise-seed=2 length-from=34,noise-seed=3
