"""What Ultralytics' val keeps of answers, for candidates.test.ts.

Ultralytics 8.4.190, torch 2.15.0, torchvision 0.29.2, numpy 2.4.6, onnxruntime 1.32.0.
python make.py ../../../examples/blood-cells/bccd-yolov8n.onnx ../../../examples/blood-cells/images/test/BloodImage_00007.jpg
"""

import sys
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import onnxruntime
import torch
import torchvision  # noqa: F401  val takes its nms where it is loaded
from ultralytics.data.augment import LetterBox
from ultralytics.models.yolo.detect import DetectionValidator
from ultralytics.models.yolo.obb import OBBValidator
from ultralytics.models.yolo.pose import PoseValidator
from ultralytics.models.yolo.segment import SegmentationValidator
from ultralytics.utils import ops

classes = 3


def validator(kind, task, end2end=False):
    made = kind.__new__(kind)
    made.args = SimpleNamespace(
        conf=0.01 if task == "obb" else 0.001,
        iou=0.7, task=task, single_cls=False, agnostic_nms=False, max_det=300,
    )
    made.nc, made.end2end, made.device = classes, end2end, torch.device("cpu")
    made.kpt_shape, made.process = [2, 3], ops.process_mask
    return made


def real(model, image):
    """The answer to a photograph, the 700 anchors with the best scores, some of them equal."""
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    pixels = LetterBox((320, 320), auto=False)(image=cv2.imread(image))
    inputs = np.ascontiguousarray(pixels[..., ::-1].transpose(2, 0, 1))[None].astype(np.float32) / 255
    answer = session.run(None, {session.get_inputs()[0].name: inputs})[0]
    best = np.sort(np.argsort(-answer[0, 4:].max(0), kind="stable")[:700])
    answer = np.ascontiguousarray(answer[:, :, best])
    answer[:, 4:] = np.round(answer[:, 4:], 4)
    return answer


def made(random, extra, anchors=220, size=80):
    centers = random.uniform(0, size, (2, anchors))
    sides = random.uniform(4, 40, (2, anchors))
    # Every third lies nearly where the one before lies.
    for at in range(2, anchors, 3):
        centers[:, at] = centers[:, at - 1] + random.uniform(-2, 2, 2)
        sides[:, at] = sides[:, at - 1] * random.uniform(0.9, 1.1, 2)
    scores = random.uniform(0, 1, (classes, anchors)) ** 6
    return np.concatenate([centers, sides, scores, extra(anchors)]).astype(np.float32)[None]


def main(model, image):
    random = np.random.default_rng(15)
    found = {}

    def keep(name, kind, task, answer, prototypes=None, end2end=False):
        given = torch.from_numpy(answer.copy())
        preds = [given, torch.from_numpy(prototypes)] if prototypes is not None else given
        (kept,) = validator(kind, task, end2end).postprocess(preds)
        found[f"{name}_answer"] = answer
        if prototypes is not None:
            found[f"{name}_prototypes"] = prototypes
        for key, values in kept.items():
            if values.numel() > 0:
                found[f"{name}_{key}"] = values.numpy().astype(np.uint8 if key == "masks" else np.float32)

    keep("detect", DetectionValidator, "detect", real(model, image))
    prototypes = random.normal(0, 1, (1, 8, 20, 20)).astype(np.float32)
    coefficients = lambda anchors: random.normal(0, 1, (8, anchors))
    keep("segment", SegmentationValidator, "segment", made(random, coefficients), prototypes)
    points = lambda anchors: random.uniform(0, 80, (6, anchors))
    keep("pose", PoseValidator, "pose", made(random, points))
    angles = lambda anchors: random.uniform(-0.7, 2.3, (1, anchors))
    keep("obb", OBBValidator, "obb", made(random, angles))
    rows = np.zeros((1, 40, 6), np.float32)
    rows[0, :25, :4] = random.uniform(0, 80, (25, 4))
    rows[0, :25, 4] = np.sort(random.uniform(0, 0.01, 25))[::-1]
    rows[0, :25, 5] = random.integers(0, classes, 25)
    keep("nms", DetectionValidator, "detect", rows, end2end=True)
    np.savez_compressed(Path(__file__).with_name("candidates.npz"), **found)
    print({key: values.shape for key, values in found.items()})


main(*sys.argv[1:])
