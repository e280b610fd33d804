# Values, data and bytes read from flash are made up.
# shellcheck disable=SC1091
. "$SRC/tests/cli/lies.sh"
lies lie-from=2 lie-from=26,noise-seed=3 lie-from=34,noise-seed=4
