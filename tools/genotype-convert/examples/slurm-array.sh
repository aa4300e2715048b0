#!/bin/bash
#SBATCH --job-name=genotype-convert
#SBATCH --cpus-per-task=2
#SBATCH --mem=512M
#SBATCH --time=02:00:00
# sbatch --array=0-9 slurm-array.sh KITS.tsv SITES FOLDER [more options of genotype-convert]
# Task i of n takes the lines i, i + n, i + 2 n, ... of KITS.tsv (export, tab, sample id). May be started again.
set -euo pipefail
kits=$1 sites=$2 folder=$3
shift 3
task=${SLURM_ARRAY_TASK_ID:-0}
tasks=${SLURM_ARRAY_TASK_COUNT:-1}
first=${SLURM_ARRAY_TASK_MIN:-0}

part=$(mktemp)
trap 'rm -f "$part"' EXIT
grep -v '^#' "$kits" | awk -v n="$tasks" -v i="$((task - first))" '(NR - 1) % n == i' >"$part"
if [ ! -s "$part" ]; then
  exit 0
fi
mkdir -p "$folder"
genotype-convert -T "$sites" --samples-file "$part" --jobs "${SLURM_CPUS_PER_TASK:-1}" -W --quiet \
  --summary "$folder/summary.$task.tsv" -o "$folder/" "$@"
