/** For each shell, the script that asks `kts complete` about the command lines of these tools. */
export const SCRIPTS = {
  bash: (tools: readonly string[]) => `# Completion of kts and Apache's names in bash: source <(kts completion bash)
_kts() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :files) compopt -o default 2>/dev/null ;;
      :folders) compopt -o dirnames 2>/dev/null ;;
      *=) compopt -o nospace 2>/dev/null; COMPREPLY+=("$line") ;;
      *) COMPREPLY+=("$line") ;;
    esac
  done < <(command kts complete bash -- "\${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null)
}
complete -F _kts ${tools.join(' ')}
`,
  zsh: (tools: readonly string[]) => `#compdef ${tools.join(' ')}
# Completion of kts and Apache's names in zsh: source <(kts completion zsh), or a file _kts in a folder of $fpath
_kts() {
  local line word about
  local -a typed spaced unspaced
  typed=("\${(@Q)words[1,CURRENT-1]}" "\${(Q)PREFIX}")
  for line in "\${(@f)$(command kts complete zsh -- "\${typed[@]}" 2>/dev/null)}"; do
    word=\${line%%$'\\t'*}
    about=\${line#$word}
    case $line in
      '') ;;
      :files) [[ $PREFIX == --*=* ]] && compset -P '*='; _files; return ;;
      :folders) [[ $PREFIX == --*=* ]] && compset -P '*='; _files -/; return ;;
      *=) unspaced+=("\${word//:/\\\\:}") ;;
      *) spaced+=("\${word//:/\\\\:}\${about/#$'\\t'/:}") ;;
    esac
  done
  _describe -t candidates kts spaced -- unspaced -S ''
}
if [[ $funcstack[1] == _kts ]]; then _kts "$@"; else compdef _kts ${tools.join(' ')}; fi
`,
  fish: (
    tools: readonly string[],
  ) => `# Completion of kts and Apache's names in fish: kts completion fish > ~/.config/fish/completions/kts.fish
function __kts_complete
    set -l word (commandline -ct)
    set -l option (string match -r -- '^--[^=]*=' $word)
    for line in (command kts complete fish -- (commandline -opc) "$word" 2>/dev/null)
        switch $line
            case ':files'
                for path in (__fish_complete_path (string replace -- "$option" '' $word))
                    echo "$option$path"
                end
            case ':folders'
                for path in (__fish_complete_directories (string replace -- "$option" '' $word))
                    echo "$option$path"
                end
            case '*'
                echo $line
        end
    end
end
for tool in ${tools.join(' ')}
    complete -c $tool -f -a '(__kts_complete)'
end
`,
} as const

export type Shell = keyof typeof SCRIPTS
