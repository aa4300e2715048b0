# fish completion for the genotype- tools and array-upload: commands stand here, options
# are read from the program's own --help.
function __dtcgeno_options
    set -l words (commandline -opc)
    set -l of
    test (basename $words[1]) = array-upload; and set of $words[2]
    $words[1] $of --help 2>/dev/null | string match -ra -- '(?<=^|[ ,\[])-(?:-[a-z][a-z-]*|[A-Za-z])\b'
end
for program in genotype-validate genotype-convert genotype-sites genotype-score genotype-impute genotype-cohort array-upload
    complete -c $program -n 'string match -q -- "-*" (commandline -ct)' -f -a '(__dtcgeno_options)'
end
complete -c genotype-sites -n __fish_use_subcommand -f -a 'build verify describe compile pack'
complete -c array-upload -n __fish_use_subcommand -f -a 'serve httpd checkd worker hookd admin'
