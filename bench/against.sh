#!/bin/bash
# Builds another commit beside this checkout, and prints where: bench/against.sh COMMIT. What is built stays in .cache/builds.
set -euo pipefail
if [ $# -ne 1 ]; then echo "Usage: bench/against.sh COMMIT, such as 6493eb9" >&2; exit 2; fi
cd "$(dirname "$0")/.."
commit=$(git rev-parse --verify --quiet "$1^{commit}") || { echo "There is no commit $1 in this repository." >&2; exit 2; }
folder="$PWD/.cache/builds/$commit"
if [ ! -e "$folder/built" ]; then
  echo "Building $1 in .cache/builds: a few minutes, once." >&2
  rm -rf "$folder"
  mkdir -p "$folder"
  git archive "$commit" | tar -x -C "$folder"
  (cd "$folder" && npm ci --no-audit --no-fund && npm run build) >&2
  touch "$folder/built"
fi
echo "$folder"
