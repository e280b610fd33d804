# MD5 digests are wrong.
# shellcheck disable=SC1091
. "$SRC/tests/cli/lies.sh"
lies digest-from=1 digest-from=33,noise-seed=2
