# genotype-sites
