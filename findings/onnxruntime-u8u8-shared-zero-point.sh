#!/usr/bin/env bash
# onnxruntime 1.30.0 and 1.32.0, x64 without VNNI: with the session entry that guards against overflow, a valid quantized model does not load.
#
# Products of uint8 and int8 overflow 16 bits on such processors, and "session.x64quantprecision" = "1" is ONNX Runtime's remedy: int8 weights are made uint8 when a session is
# opened. Where two nodes read the same zero point (or the same weights) and some weight is large, it is made twice under one name, and opening the session fails with
# "Attempt to replace the existing tensor". Quantizers write such files: a constant that is 0 stands once.
#
# Seen here: without the entry both products are right; with it the session is refused; with a zero point of its own for each node it opens, and the products are right.
#
# Needs python3 (3.11 or newer), on Linux on an x64 processor without VNNI: others ignore the entry.
set -euo pipefail
if grep -qw -e avx512_vnni -e avx_vnni /proc/cpuinfo; then
  echo 'This processor has VNNI: the entry does nothing here.' >&2
  exit 2
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >products.py <<'PY'
import sys
import numpy as np, onnx, onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper

weights = np.array([[127, -127], [100, 120]], np.int8)
constants = {"w": weights, "v": weights, "x_zero": np.uint8(0), "w_zero": np.int8(0), "v_zero": np.int8(0)}
value = lambda name, kind: helper.make_tensor_value_info(name, kind, [2, 2])

def model(second_zero):
    nodes = [
        helper.make_node("MatMulInteger", ["x", "w", "x_zero", "w_zero"], ["y"]),
        helper.make_node("MatMulInteger", ["x", "v", "x_zero", second_zero], ["z"]),
    ]
    outputs = [value(name, TensorProto.INT32) for name in ("y", "z")]
    initializers = [numpy_helper.from_array(np.array(one), name) for name, one in constants.items()]
    graph = helper.make_graph(nodes, "g", [value("x", TensorProto.UINT8)], outputs, initializers)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(made)
    return made.SerializeToString()

def answer(second_zero, entry):
    options = ort.SessionOptions()
    options.log_severity_level = 4
    options.add_session_config_entry("session.x64quantprecision", entry)
    x = np.array([[1, 2], [3, 4]], np.uint8)
    try:
        session = ort.InferenceSession(model(second_zero), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        return "refused" if "Attempt to replace the existing tensor" in str(error) else str(error)
    products = session.run(None, {"x": x})
    return "right" if all((one == x.astype(int) @ weights).all() for one in products) else "wrong"

answers = [answer("w_zero", "0"), answer("w_zero", "1"), answer("v_zero", "1")]
print(ort.__version__, answers)
sys.exit(answers != ["right", "refused", "right"])
PY
for version in 1.30.0 1.32.0; do
  python3 -m venv "$version"
  "$version/bin/pip" install --quiet --disable-pip-version-check numpy onnx==1.20.0 "onnxruntime==$version"
  "$version/bin/python" products.py
done
echo 'as described'
