# The chip resets, or refuses or makes up what it says afterwards.
# shellcheck disable=SC1091
. "$SRC/tests/cli/lies.sh"
lies reset-at-request=29 reset-at-request=33,refuse-from=33 reset-at-request=35,lie-from=36
