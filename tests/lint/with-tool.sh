#!/bin/sh
# SPDX-License-Identifier: MIT
# with-tool.sh TOOL ARGS...: run a tool, or skip (77) where it isn't installed.
command -v "$1" >/dev/null || { echo "skipped: $1 is not installed"; exit 77; }
"$@"
