"""The peers' way to Eigen-CAM on images: the activations leave the network, and pytorch-grad-cam's own function takes their SVD.

pytorch-grad-cam's EigenCAM and YOLO-V8-CAM's share that function (get_2d_projection); the latter brings YOLO to it. The network runs in
ONNX Runtime here, which is faster than torch on a CPU, so that what differs is the method.

    python peers.py MODEL.onnx FOLDER IMAGES
"""
import json
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import onnx
import onnxruntime
from pytorch_grad_cam.utils.image import scale_cam_image
from pytorch_grad_cam.utils.svd_on_activations import get_2d_projection

LAYERS = (15, 18, 21)


def with_layers(path):
    """The model with the outputs of the layers as its own, and their names."""
    model = onnx.load(path)
    last = {}
    for node in model.graph.node:
        for layer in LAYERS:
            if f"/model.{layer}/" in node.name:
                last[layer] = node.output[0]
    for name in last.values():
        model.graph.output.append(onnx.helper.make_empty_tensor_value_info(name))
    return model.SerializeToString(), [last[layer] for layer in LAYERS]


def letterboxed(file, side):
    image = cv2.imread(str(file))
    scale = side / max(image.shape[:2])
    height, width = (round(size * scale) for size in image.shape[:2])
    image = cv2.resize(image, (width, height))
    top, left = (side - height) // 2, (side - width) // 2
    canvas = np.full((side, side, 3), 114, np.uint8)
    canvas[top : top + height, left : left + width] = image
    return canvas[:, :, ::-1].transpose(2, 0, 1)[None].astype(np.float32) / 255


def main(path, folder, count):
    data, names = with_layers(path)
    session = onnxruntime.InferenceSession(data)
    source = session.get_inputs()[0]
    side = source.shape[2]
    files = sorted(Path(folder).glob("*.jpg"))[: int(count)]
    session.run(names, {source.name: letterboxed(files[0], side)})
    forward_ms = svd_ms = 0.0
    for file in files:
        start = time.perf_counter()
        activations = session.run(names, {source.name: letterboxed(file, side)})
        middle = time.perf_counter()
        maps = [
            scale_cam_image(np.maximum(get_2d_projection(one), 0), (side, side))
            for one in activations
        ]
        np.mean(maps, axis=0)
        forward_ms += 1000 * (middle - start)
        svd_ms += 1000 * (time.perf_counter() - middle)
    each = {"forwardMs": forward_ms / len(files), "camMs": svd_ms / len(files)}
    print(json.dumps(each))


main(*sys.argv[1:])
