/**
 * What each shell runs: at every request it asks `cscapi complete` for what may follow, one
 * candidate and its description a line, and takes files where there is none.
 */
export const scripts: ReadonlyMap<string, string> = new Map([
  [
    'bash',
    `_cscapi() {
  local IFS=$'\\n'
  COMPREPLY=($(cscapi complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f1))
}
complete -o default -o bashdefault -F _cscapi cscapi
`,
  ],
  [
    'zsh',
    `#compdef cscapi
_cscapi() {
  local -a found
  local line
  for line in "\${(@f)$(cscapi complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -n $line ]] && found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  if (( $#found )); then _describe 'cscapi' found; else _files; fi
}
if [ "$funcstack[1]" = "_cscapi" ]; then _cscapi "$@"; else compdef _cscapi cscapi; fi
`,
  ],
  [
    'fish',
    `complete -c cscapi -a '(cscapi complete -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'
`,
  ],
])
