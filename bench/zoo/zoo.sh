#!/bin/bash
# Makes exports of every kind and checks eigenfleet on them, where Python 3 is at hand: npm run build && bench/zoo/zoo.sh [FOLDER] [PATTERN]
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=${1:-.cache/zoo/made}
. bench/support/python.sh
python_of zoo 'no exports can be made' 'Ultralytics and what exports need'
mkdir -p "$folder"
# Ultralytics writes a cache beside labels.
images=$(cd "$folder" && pwd)/images
[ -d "$images" ] || { mkdir "$images" && ls examples/blood-cells/images/test/*.jpg | head -n 8 | xargs -I{} cp {} "$images"; }
nice "$python" bench/zoo/zoo.py "$folder" "$images" "${2:-}"
nice node dist/bench/exports.js "$folder" "$images" docs/models.md
