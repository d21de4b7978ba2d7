#!/usr/bin/env bash
# mlflow 3.17.2 with onnx 1.20.0: the same ONNX model, logged twice, is two different files.
#
# mlflow.onnx.save_model and log_model have save_as_external_data=True by default and name no file for the weights, so onnx makes up a name (a UUID with ".data") and writes it into
# model.onnx for every tensor of 1,024 bytes and more. So model.onnx of two versions differs even where nothing changed: its sha256 tells nothing of the model, and the file alone,
# fetched without the one beside it, does not run.
#
# Seen here: two saves, two digests of model.onnx; equal digests with save_as_external_data=False, and once the weights are read back.
#
# Needs python3 (3.11 or newer).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >save.py <<'PY'
import hashlib, pathlib, sys
import mlflow, numpy as np, onnx
from onnx import TensorProto, helper, numpy_helper

weights = numpy_helper.from_array(np.arange(1024, dtype=np.float32).reshape(32, 32), "w")
value = lambda name: helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 32])
graph = helper.make_graph([helper.make_node("MatMul", ["x", "w"], ["y"])], "g", [value("x")], [value("y")], [weights])

def save(name, **options):
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    model = onnx.load_from_string(model.SerializeToString())
    mlflow.onnx.save_model(model, name, pip_requirements=["onnx"], **options)
    digest = hashlib.sha256(pathlib.Path(name, "model.onnx").read_bytes()).hexdigest()
    whole = hashlib.sha256(onnx.load(f"{name}/model.onnx").SerializeToString()).hexdigest()
    return digest[:12], whole[:12], len(list(pathlib.Path(name).glob("*.data")))

one, two = save("one"), save("two")
single, again = save("three", save_as_external_data=False), save("four", save_as_external_data=False)
print(mlflow.__version__, onnx.__version__, one, two, single, again)
expected = one[0] != two[0] and one[1] == two[1] and one[2] == two[2] == 1 and single == again and single[2] == 0
sys.exit(not expected)
PY
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check mlflow==3.17.2 onnx==1.20.0 onnxruntime==1.30.0
MLFLOW_DISABLE_TELEMETRY=true venv/bin/python save.py
echo 'as described'
