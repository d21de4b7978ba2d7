"""A detector of 80 classes at 640 px, for the bytes that class evidence and box maps add.

python eighty-classes.py bccd-yolov8n.onnx OUT.onnx   (ultralytics 8.4.190, torch 2.15.0, onnx 1.23.2)

The weights are those of the blood-cell model; of its last class convolutions, three rows become 80: random mixtures of the three (Dirichlet, 0.3), with noise of a tenth of
their standard deviation. So maps have the texture of a trained network. Ultralytics' metadata would say AGPL-3.0, as of the model that it is made from.
"""
import sys

import onnx
import torch
from onnx import numpy_helper
from ultralytics.nn.tasks import DetectionModel

source, target = sys.argv[1:]
classes, size = 80, 640
weights = {one.name: torch.tensor(numpy_helper.to_array(one).copy()) for one in onnx.load(source).graph.initializer}
network = DetectionModel("yolov8n.yaml", nc=3, verbose=False).eval().fuse(verbose=False)
head = network.model[-1]
for branch in head.cv3:
    branch[2] = torch.nn.Conv2d(branch[2].in_channels, classes, 1)
head.nc, head.no = classes, classes + 4 * head.reg_max
torch.manual_seed(0)
mixtures = torch.distributions.Dirichlet(torch.full((3,), 0.3)).sample((classes,))


def widened(rows):
    mixed = torch.einsum("kc,c...->k...", mixtures, rows)
    return mixed + 0.1 * rows.std() * torch.randn(mixed.shape)


state = {
    key: weights[key] if weights[key].shape == value.shape else widened(weights[key])
    for key, value in network.state_dict().items()
}
network.load_state_dict(state)
network.requires_grad_(False).eval()
head.export, head.format = True, "onnx"
image = torch.zeros(1, 3, size, size)
network(image)
torch.onnx.export(network, image, target, opset_version=17, input_names=["images"], output_names=["output0"], dynamo=False)
file = onnx.load(target)
names = str({number: f"class {number}" for number in range(classes)})
for key, value in {"task": "detect", "stride": "32", "names": names, "imgsz": f"[{size}, {size}]", "batch": "1"}.items():
    file.metadata_props.add(key=key, value=value)
onnx.save(file, target)
