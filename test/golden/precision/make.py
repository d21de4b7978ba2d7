"""What `val` of Ultralytics 8.4.190 finds and computes, for the matching and the average precision of eigenfleet.

python make.py REPOSITORY MODELS IMAGES   (ultralytics 8.4.190, torch 2.15.0, onnxruntime 1.32.0, numpy 2.4.6, pycocotools 2.0.11, opencv-python 5.0.0, pillow)

MODELS holds bccd-yolov8n.onnx (320 px) and tiny-seg, -pose, -obb and -cls.onnx; IMAGES the blood-cell dataset (images/test, labels/test). The tiny models know nothing, so their labels
are made: some of their own predictions of a score above 0.05, moved by a few pixels, some with another class.

<name>.npz: `counts` of candidates by image; of all images together `scores`, `classes`, `boxes`, `rotated`, `keypoints`, and `tp`, `tp_mask`, `tp_keypoints` (0 or 1, [candidates, 10]);
`label_masks`, [images, height, width]: 1 + the place of a label by falling area, 0 for none. <name>.json: label files, geometry, masks of candidates and val's own figures.
"""
import json
import os
import random
import shutil
import sys
import tempfile
from pathlib import Path

os.environ["YOLO_OFFLINE"] = "true"
os.environ["YOLO_CONFIG_DIR"] = tempfile.mkdtemp()
import numpy as np
import torch
from PIL import Image
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from ultralytics import YOLO
from ultralytics.models.yolo.detect import DetectionValidator
from ultralytics.models.yolo.obb import OBBValidator
from ultralytics.models.yolo.pose import PoseValidator
from ultralytics.models.yolo.segment import SegmentationValidator
from ultralytics.utils.metrics import smooth

torch.set_num_threads(1)
repository, models, dataset = map(Path, sys.argv[1:4])
golden = repository / "test/golden/precision"
names = {0: "RBC", 1: "WBC", 2: "Platelets"}


def spying(base):
    """A validator that keeps what it matches."""

    class Spy(base):
        seen_images = []

        def update_metrics(self, preds, batch):
            super().update_metrics(preds, batch)
            for si, pred in enumerate(preds):
                pbatch = self._prepare_batch(si, batch)
                (gain_h, gain_w), (left, top) = pbatch["ratio_pad"]
                height, width = pbatch["ori_shape"]
                Spy.seen_images.append(
                    {
                        "file": pbatch["im_file"],
                        "pred": {k: v.cpu().numpy() for k, v in pred.items()},
                        "tp": {k: v[-1] for k, v in self.metrics.stats.items() if k.startswith("tp")},
                        "masks": batch["masks"][si].cpu().numpy() if "masks" in batch else None,
                        "labels": {k: v.cpu().numpy() for k, v in pbatch.items() if k in ("cls", "bboxes", "masks")},
                        "geometry": {
                            "width": width, "height": height, "newWidth": round(width * gain_w), "newHeight": round(height * gain_h),
                            "left": left, "top": top, "inputWidth": pbatch["imgsz"][1], "inputHeight": pbatch["imgsz"][0],
                        },
                    }
                )

    return Spy


def figures(metric):
    best = int(smooth(metric.f1_curve.mean(0), 0.1).argmax())
    return {
        "map50": float(metric.map50), "map": float(metric.map), "classes": [int(c) for c in metric.ap_class_index],
        "ap": metric.all_ap.tolist(), "p": metric.p.tolist(), "r": metric.r.tolist(), "f1": metric.f1.tolist(),
        "threshold": float(metric.px[best]),
        "curves": {k: getattr(metric, k)[:, ::111].tolist() for k in ("p_curve", "r_curve", "f1_curve")},
    }


def run(name, model, task, base, data, conf):
    folder = Path(data["path"])
    (folder / "data.yaml").write_text(json.dumps(data))
    spy = spying(base)
    found = YOLO(model, task=task).val(
        validator=spy, data=str(folder / "data.yaml"), imgsz=320, batch=1, rect=False, iou=0.7, conf=conf, device="cpu", plots=False, verbose=False
    )
    images = spy.seen_images
    arrays = {
        "counts": np.array([len(i["pred"]["conf"]) for i in images], np.uint16),
        "scores": np.concatenate([i["pred"]["conf"] for i in images]).astype(np.float32),
        "classes": np.concatenate([i["pred"]["cls"] for i in images]).astype(np.uint8),
    }
    boxes = np.concatenate([i["pred"]["bboxes"] for i in images]).astype(np.float32)
    arrays["rotated" if task == "obb" else "boxes"] = boxes
    for key, stored in (("tp", "tp"), ("tp_m", "tp_mask"), ("tp_p", "tp_keypoints")):
        if key in images[0]["tp"]:
            arrays[stored] = np.concatenate([i["tp"][key] for i in images]).astype(np.uint8)
    if task == "pose":
        arrays["keypoints"] = np.concatenate([i["pred"]["keypoints"] for i in images]).astype(np.float32)
    if task == "segment":
        arrays["label_masks"] = np.stack([i["masks"].reshape(i["masks"].shape[-2:]) for i in images]).astype(np.uint8)
    np.savez_compressed(golden / f"{name}.npz", **arrays)
    story = {
        "task": task, "keypointShape": data.get("kpt_shape"),
        "figures": {"box": figures(found.box), **({"mask": figures(found.seg)} if task == "segment" else {}), **({"keypoints": figures(found.pose)} if task == "pose" else {})},
        "coco": coco(images, "bbox") if task == "detect" else coco(images, "segm") if task == "segment" else None,
        "images": [
            {
                "labels": (folder / "labels" / (Path(i["file"]).stem + ".txt")).read_text(), "geometry": i["geometry"],
                **({"masks": [run_lengths(m)["counts"] for m in i["pred"]["masks"]]} if task == "segment" else {}),
            }
            for i in images
        ],
    }
    (golden / f"{name}.json").write_text(json.dumps(story) + "\n")
    print(name, story["figures"]["box"]["map50"], story["figures"]["box"]["map"], story["coco"])


def run_lengths(mask):
    rle = coco_mask.encode(np.asfortranarray(mask.astype(np.uint8)))
    return {"size": rle["size"], "counts": rle["counts"].decode()}


def coco(images, kind):
    """pycocotools on the same detections and labels, in pixels of the input, up to 300 of an image."""
    annotations, results = [], []
    for image, one in enumerate(images):
        for i, (cls, box) in enumerate(zip(one["labels"]["cls"], one["labels"]["bboxes"])):
            x1, y1, x2, y2 = map(float, box)
            shape = {"segmentation": run_lengths(one["labels"]["masks"][i])} if kind == "segm" else {}
            annotations.append({"id": len(annotations) + 1, "image_id": image, "category_id": int(cls), "bbox": [x1, y1, x2 - x1, y2 - y1], "area": (x2 - x1) * (y2 - y1), "iscrowd": 0, **shape})
        pred = one["pred"]
        for i, (box, score, cls) in enumerate(zip(pred["bboxes"], pred["conf"], pred["cls"])):
            x1, y1, x2, y2 = map(float, box)
            shape = {"segmentation": run_lengths(pred["masks"][i])} if kind == "segm" else {"bbox": [x1, y1, x2 - x1, y2 - y1]}
            results.append({"image_id": image, "category_id": int(cls), "score": float(score), **shape})
    truth = COCO()
    truth.dataset = {"info": {}, "images": [{"id": i, "width": 80 if kind == "segm" else 320, "height": 80 if kind == "segm" else 320} for i in range(len(images))], "annotations": annotations, "categories": [{"id": c} for c in names]}
    truth.createIndex()
    evaluation = COCOeval(truth, truth.loadRes(results), kind)
    evaluation.params.maxDets = [1, 10, 300]
    evaluation.params.areaRng, evaluation.params.areaRngLbl = [[0, 1e10]], ["all"]
    evaluation.evaluate()
    evaluation.accumulate()
    precision = evaluation.eval["precision"][:, :, :, 0, 2]
    precision = precision[:, :, [(precision[:, :, c] > -1).any() for c in range(precision.shape[2])]]
    return {"map50": float(precision[0].mean()), "map": float(precision.mean())}


def made_dataset(task, model, count):
    """Labels from the model's own predictions, moved a little."""
    random.seed(7)
    folder = Path(tempfile.mkdtemp())
    (folder / "images").mkdir()
    (folder / "labels").mkdir()
    sizes = [(640, 480), (500, 333), (217, 301), (320, 320)]
    for i, path in enumerate(sorted((dataset / "images/test").glob("*"))[:count]):
        picture = Image.open(path).convert("RGB").resize(sizes[i % len(sizes)])
        picture.save(folder / "images" / f"{i}.png")
    network = YOLO(model, task=task)
    for path in sorted((folder / "images").glob("*.png")):
        (result,) = network.predict(path, conf=0.05, iou=0.7, device="cpu", verbose=False)
        height, width = result.orig_shape
        objects = result.obb if task == "obb" else result.boxes
        chosen = random.sample(range(len(objects)), min(14, len(objects)))
        # An image without labels.
        if path.stem == "2":
            chosen = []
        rows = [row for row in (label_row(task, result, i, width, height) for i in chosen) if row]
        (folder / "labels" / f"{path.stem}.txt").write_text("".join(rows))
    return {"path": str(folder), "train": "images", "val": "images", "names": names, **({"kpt_shape": [5, 3]} if task == "pose" else {})}


def label_row(task, result, i, width, height):
    objects = result.obb if task == "obb" else result.boxes
    cls = int(objects.cls[i]) if random.random() < 0.8 else random.randrange(3)
    dx, dy = random.gauss(0, 0.02), random.gauss(0, 0.02)
    clip = lambda v: min(max(v, 0.0), 1.0)
    if task == "segment":
        outline = result.masks.xyn[i]
        return outline_row(cls, [(clip(x + dx), clip(y + dy)) for x, y in outline]) if len(outline) > 3 else None
    if task == "obb":
        corners = objects.xyxyxyxyn[i].tolist()
        moved = [(x + dx, y + dy) for x, y in corners]
        # Corners that were clipped may leave two rectangles of one area to choose from.
        return outline_row(cls, moved) if all(0 <= v <= 1 for point in moved for v in point) else None
    x, y, w, h = objects.xywhn[i].tolist()
    # Inside the image: eigenfleet clips labels to it.
    w, h = min(w, 0.9), min(h, 0.9)
    x, y = (min(max(at + d / 4, size / 2 + 1e-4), 1 - size / 2 - 1e-4) for at, d, size in ((x, dx, w), (y, dy, h)))
    points = []
    for kx, ky, _ in result.keypoints.data[i].tolist():
        points += [clip(kx / width + random.gauss(0, 0.003)), clip(ky / height + random.gauss(0, 0.003)), random.choice([0, 1, 2, 2])]
    return " ".join(f"{v:.6g}" for v in [cls, x, y, w, h, *points]) + "\n"


def outline_row(cls, points):
    return " ".join([str(cls)] + [f"{v:.6g}" for point in points for v in point]) + "\n"


def blood_cells():
    folder = Path(tempfile.mkdtemp())
    shutil.copytree(dataset / "images/test", folder / "images")
    shutil.copytree(dataset / "labels/test", folder / "labels")
    return {"path": str(folder), "train": "images", "val": "images", "names": names}


def classify():
    """Top-1 and top-5 of a model of three classes: the scores of each image, best first, and its class."""
    folder = Path(tempfile.mkdtemp()) / "cells"
    shutil.copytree(dataset.parent / "blood-cells-classify/test", folder / "test")
    shutil.copytree(folder / "test", folder / "train")
    found = YOLO(models / "tiny-cls.onnx", task="classify").val(data=str(folder), split="test", imgsz=64, batch=1, device="cpu", plots=False, verbose=False)
    network = YOLO(models / "tiny-cls.onnx", task="classify")
    images = []
    for path in sorted((folder / "test").glob("*/*")):
        (result,) = network.predict(path, imgsz=64, device="cpu", verbose=False)
        names_of = {v: k for k, v in result.names.items()}
        images.append({"label": names_of[path.parent.name], "top": result.probs.top5, "scores": result.probs.top5conf.tolist()})
    story = {"top1": found.top1, "top5": found.top5, "confusion": found.confusion_matrix.matrix.astype(int).tolist(), "images": images}
    (golden / "tiny-cls.json").write_text(json.dumps(story) + "\n")
    print("tiny-cls", story["top1"], story["top5"])


run("bccd", models / "bccd-yolov8n.onnx", "detect", DetectionValidator, blood_cells(), 0.001)
for short, task, base, count, conf in (("seg", "segment", SegmentationValidator, 5, 0.001), ("pose", "pose", PoseValidator, 5, 0.001), ("obb", "obb", OBBValidator, 12, 0.01)):
    model = models / f"tiny-{short}.onnx"
    run(f"tiny-{short}", model, task, base, made_dataset(task, model, count), conf)
classify()
