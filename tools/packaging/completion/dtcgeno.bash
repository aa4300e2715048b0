# bash completion for the genotype- tools and array-upload. Options and commands are read from the
# program's own --help, so they are those of the version that is installed; values stand here.
_dtcgeno() {
  local program=${COMP_WORDS[0]} current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
  local name=${COMP_WORDS[0]##*/} values= commands=
  COMPREPLY=()
  case "$name $before" in
    *" --assembly") values="GRCh37 GRCh38" ;;
    *" --engine") values="eagle-minimac4 beagle" ;;
    *" --sex") values="auto male female" ;;
    "genotype-cohort --chr-prefix") ;; # takes none
    *" --chr-prefix") values="auto yes no" ;;
    "genotype-cohort -O" | "genotype-cohort --output-type") values="b z" ;;
    *" -O" | *" --output-type") values="v z u b" ;;
    *" --vcf-version") values="4.2 4.3" ;;
    *" --profile") values="imputation pharmcat" ;;
    *" --dosage") values="auto DS GT" ;;
    *" --missing") values="frequency skip" ;;
    *" --ambiguous") values="drop keep" ;;
    "array-upload --role") values="owner manager analyst viewer" ;;
    "array-upload --purpose") values="upload access refresh download person" ;;
  esac
  if [[ -n $values ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$values" -- "$current")
    return
  fi
  if [[ $current == -* ]]; then
    local -a of=()
    # array-upload's options belong to its commands.
    [[ $name != array-upload || $COMP_CWORD -lt 2 ]] || of=("${COMP_WORDS[1]}")
    mapfile -t COMPREPLY < <(compgen -W "$("$program" "${of[@]}" --help 2>/dev/null |
      grep -oE '(^|[ ,[])-(-[a-z][a-z-]*|[A-Za-z])' | grep -oE -- '-.*' | sort -u)" -- "$current")
    return
  fi
  # The first words behind the name in the lines under Usage; admin's commands are its help's indented words.
  if [[ $COMP_CWORD -eq 1 ]]; then
    commands=$("$program" --help 2>/dev/null | sed -n "s/^\(Usage:\|      \) $name \([a-z|]*\) .*/\2/p" | tr '|' ' ')
  elif [[ $COMP_CWORD -eq 2 && ${COMP_WORDS[1]} == admin && $name == array-upload ]]; then
    commands=$("$program" admin --help 2>/dev/null | sed -n 's/^  \([a-z][a-z-]*\)\( .*\)*$/\1/p' | sort -u)
  fi
  [[ -z $commands ]] || mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$current")
  # A command may be left out where files are taken, too.
  if [[ ${#COMPREPLY[@]} -eq 0 ]]; then
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
    compopt -o filenames 2>/dev/null
  fi
}
complete -F _dtcgeno genotype-validate genotype-convert genotype-sites genotype-score genotype-impute genotype-cohort \
  array-upload
