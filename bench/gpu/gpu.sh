#!/bin/bash
# What eigenfleet makes of this machine's GPU, in one line: bench/gpu/gpu.sh [--model best.onnx] [--device cuda:0] ... (README.md beside this file)
set -euo pipefail
cd "$(dirname "$0")/../.."
[ -d node_modules ] || npm ci
[ -f dist/bench/gpu/gpu.js ] && [ -d dist/bundle ] || npm run --silent build
exec node dist/bench/gpu/gpu.js "$@"
