# After a reset, another chip answers.
# shellcheck disable=SC1091
. "$SRC/tests/cli/lies.sh"
lies reset-at-request=28,other-chip-from=20 reset-at-request=33,other-chip-from=30 reset-at-request=37,other-chip-from=30
