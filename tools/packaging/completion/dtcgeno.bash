# bash completion for the genotype- tools and array-upload. Options are read from the
# program's own --help, so they are those of the version that is installed.
_dtcgeno() {
  local program=${COMP_WORDS[0]} current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
  local commands=
  case ${program##*/} in
    genotype-sites) commands="build verify describe compile pack" ;;
    genotype-impute) commands="prepare" ;;
    array-upload) commands="serve httpd checkd worker hookd admin" ;;
  esac
  COMPREPLY=()
  case $before in
    --assembly) mapfile -t COMPREPLY < <(compgen -W "GRCh37 GRCh38" -- "$current") && return ;;
    --engine) mapfile -t COMPREPLY < <(compgen -W "eagle-minimac4 beagle" -- "$current") && return ;;
    --sex) mapfile -t COMPREPLY < <(compgen -W "auto male female" -- "$current") && return ;;
    --chr-prefix) mapfile -t COMPREPLY < <(compgen -W "auto yes no" -- "$current") && return ;;
    -O | --output-type) mapfile -t COMPREPLY < <(compgen -W "v z u b" -- "$current") && return ;;
  esac
  if [[ $current == -* ]]; then
    local -a of=()
    # array-upload's options belong to its commands.
    [[ ${program##*/} != array-upload || $COMP_CWORD -lt 2 ]] || of=("${COMP_WORDS[1]}")
    mapfile -t COMPREPLY < <(compgen -W "$("$program" "${of[@]}" --help 2>/dev/null |
      grep -oE '(^|[ ,[])-(-[a-z][a-z-]*|[A-Za-z])' | grep -oE -- '-.*')" -- "$current")
  elif [[ -n $commands && $COMP_CWORD -eq 1 ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$current")
  else
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
    compopt -o filenames 2>/dev/null
  fi
}
complete -F _dtcgeno genotype-validate genotype-convert genotype-sites genotype-score genotype-impute genotype-cohort \
  array-upload
