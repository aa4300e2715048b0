# fish completion for the genotype- tools and array-upload: options and commands are read from
# the program's own --help, values stand here.
function __dtcgeno_options
    set -l words (commandline -opc)
    set -l of
    test (basename $words[1]) = array-upload; and set of $words[2]
    $words[1] $of --help 2>/dev/null | string match -ra -- '(?<=^|[ ,\[])-(?:-[a-z][a-z-]*|[A-Za-z])\b'
end
function __dtcgeno_commands
    set -l words (commandline -opc)
    set -l name (basename $words[1])
    switch (count $words)
        case 1
            $words[1] --help 2>/dev/null | string replace -rf -- "^(?:Usage:|      ) $name ([a-z|]+) .*" '$1' | string split '|'
        case 2
            test $name = array-upload -a "$words[2]" = admin
            and $words[1] admin --help 2>/dev/null | string replace -rf -- '^  ([a-z][a-z-]*)(?: .*)?$' '$1' | sort -u
    end
end
for program in genotype-validate genotype-convert genotype-sites genotype-score genotype-impute genotype-cohort array-upload
    complete -c $program -n 'string match -q -- "-*" (commandline -ct)' -f -a '(__dtcgeno_options)'
    complete -c $program -a '(__dtcgeno_commands)'
end
for program in genotype-sites array-upload
    complete -c $program -n __fish_use_subcommand -f
end
for program in genotype-convert genotype-sites genotype-score genotype-impute genotype-cohort
    complete -c $program -l assembly -x -a 'GRCh37 GRCh38'
end
complete -c genotype-convert -l sex -x -a 'auto male female'
complete -c genotype-convert -l chr-prefix -x -a 'auto yes no'
complete -c genotype-convert -s O -l output-type -x -a 'v z u b'
complete -c genotype-convert -l vcf-version -x -a '4.2 4.3'
complete -c genotype-convert -l profile -x -a 'imputation pharmcat'
complete -c genotype-impute -l engine -x -a 'eagle-minimac4 beagle'
complete -c genotype-impute -l chr-prefix -x -a 'auto yes no'
complete -c genotype-cohort -s O -l output-type -x -a 'b z'
complete -c genotype-score -l dosage -x -a 'auto DS GT'
complete -c genotype-score -l missing -x -a 'frequency skip'
complete -c genotype-score -l ambiguous -x -a 'drop keep'
complete -c array-upload -l role -x -a 'owner manager analyst viewer'
complete -c array-upload -l purpose -x -a 'upload access refresh download person'
