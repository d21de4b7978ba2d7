"""What Ultralytics' `predict` finds, and Eigen-CAM by numpy, as `bench/support/export-reference.ts` reads them."""
import cv2
import numpy as np
import torch

from ultralytics.data.augment import LetterBox, classify_transforms

CONF, IOU, MAX_DET = 0.05, 0.7, 300


def prepared(image, task, size, channels=3, stretched=False, rect=False):
    """As Ultralytics lays an image (BGR) out: [1, c, h, w] from 0 to 1, and the part that it covers: left, top, right, bottom."""
    height, width = (size, size) if isinstance(size, int) else size
    if task == "classify":
        from PIL import Image

        pixels = classify_transforms(size)(Image.fromarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB)))
        return pixels[None].numpy(), (0, 0, width, height)
    laid = LetterBox((height, width), auto=rect, scale_fill=stretched, stride=32)(image=image)
    laid = laid[..., None] if laid.ndim == 2 else laid
    height, width = laid.shape[:2]
    across, down = image.shape[1], image.shape[0]
    share = min(height / down, width / across)
    w, h = (width, height) if stretched else (round(across * share), round(down * share))
    left, top = round((width - w) / 2 - 0.1), round((height - h) / 2 - 0.1)
    laid = laid[..., ::-1] if channels == 3 else laid
    return np.ascontiguousarray(laid.transpose(2, 0, 1)[None]).astype(np.float32) / 255, (left, top, left + w, top + h)


def first_component(activation, content, size):
    """[c, h, w] to the map [h, w] of the first right singular vector, centered over the cells that overlap the content, zero elsewhere; and how near the second is."""
    channels, height, width = activation.shape
    left, top, right, bottom = content
    down, across = size[0] / height, size[1] / width
    inside = lambda count, step, first, last: (np.arange(count) * step < last) & ((np.arange(count) + 1) * step > first)
    mask = np.outer(inside(height, down, top, bottom), inside(width, across, left, right))
    cells = activation.astype(np.float64)[:, mask]
    cells -= cells.mean(1, keepdims=True)
    _, sizes, rows = np.linalg.svd(cells, full_matrices=False)
    out = np.zeros((height, width))
    out[mask] = rows[0] * sizes[0]
    return out, float(sizes[1] / sizes[0]) if len(sizes) > 1 and sizes[0] > 0 else 0.0


def answers(result):
    """One result of `predict` as plain numbers, in the pixels of the image."""
    height, width = result.orig_shape
    found = {"image": result.path.rsplit("/", 1)[-1], "width": width, "height": height}
    if result.obb is not None:
        found["obb"] = result.obb.data.tolist()
    elif result.boxes is not None:
        found["boxes"] = result.boxes.data.tolist()
    if result.keypoints is not None:
        found["keypoints"] = result.keypoints.data.tolist()
    if result.probs is not None:
        found["probs"] = result.probs.data.tolist()
    return found


def predicted(model, images, size, rect):
    results = model.predict(images, conf=CONF, iou=IOU, max_det=MAX_DET, imgsz=size, rect=rect, batch=1, verbose=False, device="cpu")
    height, width = (size, size) if isinstance(size, int) else size
    return {"conf": CONF, "iou": IOU, "max_det": MAX_DET, "imgsz": [height, width], "results": [answers(one) for one in results]}


def network_maps(network, inputs, layers):
    """Maps of the modules `layers` for each prepared image; and the nearest second singular value of each layer."""
    seen = {}
    hooks = [network.model[at].register_forward_hook(lambda _, __, output, at=at: seen.__setitem__(at, output)) for at in layers]
    maps = []
    with torch.no_grad():
        for tensor, content in inputs:
            network(torch.from_numpy(tensor))
            maps.append({at: first_component(seen[at][0].numpy(), content, tensor.shape[2:]) for at in layers})
    for hook in hooks:
        hook.remove()
    return maps
