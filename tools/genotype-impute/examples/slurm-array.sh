#!/bin/bash
#SBATCH --job-name=genotype-impute
#SBATCH --cpus-per-task=2
#SBATCH --mem=10G
#SBATCH --time=12:00:00
# sbatch --array=1-23 slurm-array.sh PANEL KITS.tsv WORK [more options of genotype-impute]
# Task i makes the parts of chromosome i (23: X with its PARs) in WORK. May be started again.
set -euo pipefail
panel=$1 kits=$2 work=$3
shift 3
chromosome=${SLURM_ARRAY_TASK_ID:?is set by sbatch --array=1-23}
[ "$chromosome" != 23 ] || chromosome=X
# 1: an export was refused; the others have their parts
genotype-impute --panel "$panel" --samples-file "$kits" --work "$work" --parts --chromosomes "$chromosome" --quiet \
  --threads "${SLURM_CPUS_PER_TASK:-1}" "$@" || [ $? -eq 1 ]
