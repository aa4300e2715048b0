# genotype-convert
