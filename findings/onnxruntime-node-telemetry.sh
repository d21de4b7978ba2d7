#!/usr/bin/env bash
# onnxruntime-node 1.30.0, Linux x64: creating one InferenceSession turns telemetry on without asking.
#
# Seen with Node 20.20.2, without any option set and without a network:
#   $XDG_CACHE_HOME/Microsoft/DeveloperTools/.onnxruntime/deviceid         a random id, kept between processes
#   $XDG_CACHE_HOME/Microsoft/DeveloperTools/.onnxruntime/onnxruntime.db   SQLite: events that wait to be sent
#   $TMPDIR/mat-debug-<pid>.log
# The queue holds the model's metadata as it stands in the file: `description` and every key and value, so for a YOLO export the class names.
# ORT_DISABLE_TELEMETRY=1 in the environment before the library is loaded leaves no file at all. So does CI=true, which is why a test
# in CI does not see it. The npm package says nothing of it.
#
# Needs npm, node, python3 and unshare (util-linux): the library runs in a network namespace of its own, so that nothing is sent.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
ONNXRUNTIME_NODE_INSTALL=skip npm install --silent --no-audit --no-fund onnxruntime-node@1.30.0
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check onnx==1.20.0

# One Identity node, with the metadata of a YOLO export.
venv/bin/python - <<'PY'
import onnx
from onnx import TensorProto, helper
value = lambda name: helper.make_tensor_value_info(name, TensorProto.FLOAT, [1])
graph = helper.make_graph([helper.make_node("Identity", ["x"], ["y"])], "g", [value("x")], [value("y")])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
model.doc_string = ""
for key, text in {"description": "Ultralytics YOLOv8n model", "names": "{0: 'secret-product'}"}.items():
    entry = model.metadata_props.add()
    entry.key, entry.value = key, text
onnx.save(model, "model.onnx")
PY
echo 'require("onnxruntime-node").InferenceSession.create("model.onnx").then(() => console.log("session made"))' >make.js

run() { # NAME [VARIABLE=VALUE ...]
  local name=$1
  shift
  mkdir -p "$name/home" "$name/cache" "$name/tmp"
  unshare -rn env -u CI -u GITHUB_ACTIONS -u TF_BUILD -u ORT_DISABLE_TELEMETRY HOME="$folder/$name/home" \
    XDG_CACHE_HOME="$folder/$name/cache" TMPDIR="$folder/$name/tmp" "$@" node make.js
  (cd "$name" && find . -type f | sed 's/-[0-9]*\.log/-PID.log/' | sort)
}

echo '--- as installed'
run plain | tee plain.txt
echo '--- ORT_DISABLE_TELEMETRY=1'
run off ORT_DISABLE_TELEMETRY=1 | tee off.txt
echo '--- CI=true'
run ci CI=true | tee ci.txt

grep -q '/onnxruntime.db$' plain.txt
grep -q '/deviceid$' plain.txt
grep -q 'mat-debug-PID.log$' plain.txt
grep -aq 'secret-product' plain/cache/Microsoft/DeveloperTools/.onnxruntime/onnxruntime.db*
[ "$(cat off.txt)" = 'session made' ]
[ "$(cat ci.txt)" = 'session made' ]
echo 'as described'
