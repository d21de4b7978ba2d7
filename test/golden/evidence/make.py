"""Class evidence from raw outputs with numpy, and the class activation maps of tiny-cls with PyTorch itself.

python make.py REPOSITORY   (numpy 2.4.6, onnx 1.23.2, onnxruntime 1.32.0, torch 2.15.0, ultralytics 8.4.190, pillow)

expected.npz: `<model>_class_<id>`, float32 [gridHeight, gridWidth] over the image of test/golden/cam/BloodImage_00007.npz (320 x 320, content in
rows 40 to 279): relu(logit - median) on the grid with the highest score of the class, median over the content. `tiny-cls_class_<id>`: activation maps of
test/golden/classify/BloodImage_00007_0.64x64.png, computed by the network in PyTorch with the weights of the file; `tiny-cls_logits` are its logits and
`tiny-cls_bias` the bias of its last layer.
"""
import sys

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import numpy_helper
from PIL import Image
from ultralytics.nn.tasks import ClassificationModel

root = sys.argv[1]
models = {name: f"test/fixtures/models/{name}.onnx" for name in ("tiny-det", "tiny-seg", "tiny-pose", "tiny-obb")}
models["bccd"] = "examples/blood-cells/bccd-yolov8n.onnx"
extra = {"tiny-det": 0, "tiny-seg": 32, "tiny-pose": 15, "tiny-obb": 1, "bccd": 0}
top, bottom, size = 40, 280, 320
expected = {}


def evidence(scores):
    start, best = 0, None
    for stride in (8, 16, 32):
        side = size // stride
        level = scores[start : start + side * side].reshape(side, side).astype(np.float64)
        start += side * side
        first, end = top // stride, -(-bottom // stride)
        content = np.zeros((side, side), bool)
        content[first:end] = True
        if best is None or level[content].max() > best[0]:
            best = (level[content].max(), level, content)
    _, level, content = best
    logits = np.log(level / (1 - level))
    return np.where(content, np.maximum(0, logits - np.median(logits[content])), 0)


picture = np.load(f"{root}/test/golden/cam/BloodImage_00007.npz")["pixels_hwc"]
pixels = np.ascontiguousarray(picture.transpose(2, 0, 1)[None]).astype(np.float32) / 255
for name, path in models.items():
    session = onnxruntime.InferenceSession(f"{root}/{path}")
    output = session.run(None, {session.get_inputs()[0].name: pixels})[0][0]
    for class_id, scores in enumerate(output[4 : output.shape[0] - extra[name]]):
        expected[f"{name}_class_{class_id}"] = evidence(scores).astype(np.float32)

file = onnx.load(f"{root}/test/fixtures/models/tiny-cls.onnx")
weights = {one.name: torch.tensor(numpy_helper.to_array(one)) for one in file.graph.initializer}
classes = weights["model.9.linear.bias"].numel()
yaml = {
    "nc": classes,
    "scales": {"n": [0.33, 0.125, 1024]},
    "scale": "n",
    "backbone": [
        [-1, 1, "Conv", [64, 3, 2]],
        [-1, 1, "Conv", [128, 3, 2]],
        [-1, 3, "C2f", [128, True]],
        [-1, 1, "Conv", [256, 3, 2]],
        [-1, 6, "C2f", [256, True]],
        [-1, 1, "Conv", [512, 3, 2]],
        [-1, 6, "C2f", [512, True]],
        [-1, 1, "Conv", [1024, 3, 2]],
        [-1, 3, "C2f", [1024, True]],
    ],
    "head": [[-1, 1, "Classify", ["nc"]]],
}
network = ClassificationModel(yaml, verbose=False).eval().fuse(verbose=False)
state = network.state_dict()
missing = [key for key in state if key not in weights]
assert not missing, missing
network.load_state_dict({key: weights[key] for key in state})
head = network.model[-1]
kept = {}
head.pool.register_forward_hook(lambda _, inputs, __: kept.update(features=inputs[0]))
head.linear.register_forward_hook(lambda _, __, logits: kept.update(logits=logits))
crop = np.asarray(Image.open(f"{root}/test/golden/classify/BloodImage_00007_0.64x64.png").convert("RGB"))
with torch.no_grad():
    network(torch.tensor(crop.transpose(2, 0, 1)[None].astype(np.float32) / 255))
    maps = torch.einsum("kc,chw->khw", head.linear.weight, kept["features"][0])
for class_id, one in enumerate(maps):
    expected[f"tiny-cls_class_{class_id}"] = one.numpy()
expected["tiny-cls_logits"] = kept["logits"][0].numpy()
expected["tiny-cls_bias"] = head.linear.bias.detach().numpy()
np.savez_compressed(f"{root}/test/golden/evidence/expected.npz", **expected)
print({key: value.shape for key, value in expected.items()})
