command -v zsh >/dev/null || { echo 'no zsh' >&3; exit 77; }
"$ESPFLASH" completions zsh >_espflash-c
zsh -n _espflash-c && zsh -fc 'autoload -Uz compinit; fpath=($PWD $fpath); compinit -D -u; echo ${_comps[espflash-c]}'
