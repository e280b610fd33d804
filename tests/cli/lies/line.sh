# A bad line, in both directions.
# shellcheck disable=SC1091
. "$SRC/tests/cli/lies.sh"
lies noise-every=150 noise-every=1500,noise-seed=7
