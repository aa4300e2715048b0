# genotype-validate
