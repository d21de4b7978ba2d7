"""Box maps by numpy in float64 from raw activations, with the suppression of Ultralytics and torchvision. Run in this folder:

pip install numpy==2.4.6 onnx==1.23.2 onnxruntime==1.32.0 torch==2.15.0 torchvision ultralytics==8.4.190 && python make.py

Per model: `<model>_anchors` (kept anchors, best first), `<model>_maps` (uint16: value x 65535; cos^2 of centered features where the cosine is positive, of one box after the
other, each over the cells of its level). conf 0.05, iou 0.7, the pixels of ../cam/BloodImage_00007.npz. Padding: none (all cells are content).
"""
import numpy as np
import onnx
import onnxruntime
import torch
import torchvision
from ultralytics.utils.metrics import batch_probiou

models = {
    "tiny-det": ("../../fixtures/models/tiny-det.onnx", 0),
    "tiny-seg": ("../../fixtures/models/tiny-seg.onnx", 32),
    "tiny-pose": ("../../fixtures/models/tiny-pose.onnx", 15),
    "tiny-obb": ("../../fixtures/models/tiny-obb.onnx", 1),
    "trained": ("../../../examples/blood-cells/bccd-yolov8n.onnx", 0),
}
conf, iou, most = 0.05, 0.7, 4


def answers(path, pixels):
    model = onnx.load(path)
    features = [f"/model.{index}/cv2/act/Mul_output_0" for index in (15, 18, 21)]
    for name in features:
        model.graph.output.append(onnx.helper.make_empty_tensor_value_info(name))
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    image = (pixels.transpose(2, 0, 1)[None] / 255).astype(np.float32)
    output, *levels = session.run(["output0", *features], {"images": image})
    return output[0], [level[0].reshape(level.shape[1], -1).astype(np.float64) for level in levels]


def kept(output, extra, rotated):
    classes = output.shape[0] - 4 - extra
    scores, ids = output[4 : 4 + classes].max(0), output[4 : 4 + classes].argmax(0)
    order = [anchor for anchor in np.argsort(-scores, kind="stable") if scores[anchor] > conf]
    boxes = torch.from_numpy(output[:4].T[order].copy())
    offset = torch.from_numpy(ids[order].astype(np.float32) * 7680)[:, None]
    if rotated:
        angle = torch.from_numpy(output[-1][order].copy())[:, None]
        overlaps = batch_probiou(*2 * (torch.cat((boxes[:, :2] + offset, boxes[:, 2:], angle), 1),)).triu_(1)
        picks = torch.nonzero((overlaps >= iou).sum(0) == 0).squeeze(-1)
    else:
        corners = torch.cat((boxes[:, :2] - boxes[:, 2:] / 2, boxes[:, :2] + boxes[:, 2:] / 2), 1)
        picks = torchvision.ops.nms(corners + offset, torch.from_numpy(scores[order].copy()), iou)
    return [order[pick] for pick in picks[:most]]


def box_map(levels, anchor):
    for level in levels:
        if anchor < level.shape[1]:
            break
        anchor -= level.shape[1]
    centered = level - level.mean(1, keepdims=True)
    lengths = np.linalg.norm(centered, axis=0)
    cosine = centered[:, anchor] @ centered / (lengths * lengths[anchor])
    return np.maximum(cosine, 0) ** 2


pixels = np.load("../cam/BloodImage_00007.npz")["pixels_hwc"]
arrays = {}
for name, (path, extra) in models.items():
    output, levels = answers(path, pixels)
    anchors = kept(output, extra, name.endswith("obb"))
    arrays[f"{name}_anchors"] = np.array(anchors, np.float32)
    arrays[f"{name}_maps"] = np.round(65535 * np.concatenate([box_map(levels, a) for a in anchors])).astype(np.uint16)
    print(name, output.shape, anchors)
np.savez_compressed("box-maps.npz", **arrays)
