#!/bin/bash
# eigenfleet beside the peers' method, on the same images and layers (15, 18, 21), where Python 3 is at hand:
#   npm run build && bench/peers/peers.sh [MODEL.onnx] [IMAGES]
# What is installed lies in .cache/peers. Milliseconds an image on the CPU: decoding, letterbox and network, then the maps; both take turns.
set -euo pipefail
cd "$(dirname "$0")/../.."
model=${1:-examples/blood-cells/bccd-yolov8n.onnx}
count=${2:-8}
images=examples/blood-cells/images/test
. bench/support/python.sh
python_of peers 'the peers cannot be timed' 'grad-cam and what it needs'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/images"
for file in $(ls "$images" | head -n "$count"); do cp "$images/$file" "$work/images/"; done
for turn in 1 2 3; do
  "$python" bench/peers/peers.py "$model" "$work/images" "$count" >> "$work/peers"
  node bin/eigenfleet.js run --model "$model" --images "$work/images" --out "$work/out-$turn" --layers 15,18,21 \
    --classes none --box-maps 0 --overlays none --no-labels --device cpu --quiet --json >> "$work/ours"
done
node bench/peers/table.js "$work/peers" "$work/ours"
