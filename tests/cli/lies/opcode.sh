# Each reply answers another request.
# shellcheck disable=SC1091
. "$SRC/tests/cli/lies.sh"
lies opcode-from=2 opcode-from=26,noise-seed=2 opcode-from=35,noise-seed=3
