"""Small networks of every family: Ultralytics' YAML files at an eighth of their width, with random weights under which objects are found."""
import pathlib

import torch
import yaml
from torch import nn

import ultralytics
from ultralytics import RTDETR, YOLO, YOLOE, YOLOWorld

CONFIGURATIONS = pathlib.Path(ultralytics.__file__).parent / "cfg" / "models"
NAMES = ["RBC", "WBC", "Platelets"]
WIDTH = 0.125

# name: (YAML file, task, imgsz, what differs in the YAML)
NETWORKS = {
    "v3-tiny": ("v3/yolov3-tiny", "detect", 256, {"width_multiple": WIDTH}),
    "v5u": ("v5/yolov5", "detect", 256, {}),
    "v5u-p6": ("v5/yolov5-p6", "detect", 256, {}),
    "v6": ("v6/yolov6", "detect", 256, {}),
    "v8": ("v8/yolov8", "detect", 256, {}),
    "v8 (1 class)": ("v8/yolov8", "detect", 256, {"nc": 1}),
    "v8 (80 classes)": ("v8/yolov8", "detect", 256, {"nc": 80}),
    "v8 (gray)": ("v8/yolov8", "detect", 256, {"channels": 1}),
    "v8 (4 channels)": ("v8/yolov8", "detect", 256, {"channels": 4}),
    "v8-p2": ("v8/yolov8-p2", "detect", 256, {}),
    "v8-p6": ("v8/yolov8-p6", "detect", 256, {}),
    "v8-ghost": ("v8/yolov8-ghost", "detect", 256, {}),
    "v9t": ("v9/yolov9t", "detect", 256, {}),
    "v10": ("v10/yolov10n", "detect", 256, {}),
    "YOLO11": ("11/yolo11", "detect", 256, {}),
    "YOLO12": ("12/yolo12", "detect", 256, {"width": 0.25}),  # whose attention takes 32 channels at once
    "YOLO26": ("26/yolo26", "detect", 256, {}),
    "YOLO26-p2": ("26/yolo26-p2", "detect", 256, {}),
    "YOLO26-p6": ("26/yolo26-p6", "detect", 256, {}),
    "RT-DETR": ("v8/yolov8-rtdetr", "detect", 256, {"decoder": ["nc", 64, 100, 4, 8, 2, 128]}),
    "YOLO-World v2": ("v8/yolov8-worldv2", "detect", 256, {"nc": 80}),
    "YOLOE-v8": ("v8/yoloe-v8", "detect", 256, {}),
    "YOLOE-26": ("26/yoloe-26", "detect", 256, {}),
    "v8-seg": ("v8/yolov8-seg", "segment", 256, {}),
    "YOLO11-seg": ("11/yolo11-seg", "segment", 256, {}),
    "YOLO26-seg": ("26/yolo26-seg", "segment", 256, {}),
    "YOLOE-11-seg": ("11/yoloe-11-seg", "segment", 256, {}),
    "v8-pose": ("v8/yolov8-pose", "pose", 256, {"kpt_shape": [5, 3]}),
    "v8-pose (17 points)": ("v8/yolov8-pose", "pose", 256, {}),
    "v8-pose (no visibility)": ("v8/yolov8-pose", "pose", 256, {"kpt_shape": [5, 2]}),
    "YOLO11-pose": ("11/yolo11-pose", "pose", 256, {"kpt_shape": [5, 3]}),
    "YOLO26-pose": ("26/yolo26-pose", "pose", 256, {}),
    "v8-obb": ("v8/yolov8-obb", "obb", 256, {}),
    "YOLO11-obb": ("11/yolo11-obb", "obb", 256, {}),
    "YOLO26-obb": ("26/yolo26-obb", "obb", 256, {}),
    "v8-cls": ("v8/yolov8-cls", "classify", 224, {}),
    "YOLO11-cls": ("11/yolo11-cls", "classify", 224, {}),
    "YOLO26-cls": ("26/yolo26-cls", "classify", 224, {}),
    "YOLO26-sem": ("26/yolo26-sem", "semantic", 256, {}),
    "YOLO26-depth": ("26/yolo26-depth", "depth", 256, {"nc": 1}),
}


def build(name, folder, images):
    """The network `name`: weights by its seed, statistics and scores set on `images(size)` ([n, 3, size, size], 0 to 1)."""
    file, task, size, changes = NETWORKS[name]
    torch.manual_seed(sum(name.encode()))
    configuration = configured(yaml.safe_load((CONFIGURATIONS / f"{file}.yaml").read_text()), changes)
    path = folder / "yaml" / f"{pathlib.Path(file).name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(configuration))
    kind = {"RT-DETR": RTDETR, "YOLO-W": YOLOWorld, "YOLOE-": YOLOE}.get(name[:6] if name[:4] == "YOLO" else name, YOLO)
    model = kind(path) if kind is not YOLO else YOLO(path, task=task)
    if "channels" in changes:
        with_channels(model, path, changes["channels"])
    network = model.model.eval()
    if kind is YOLOE:
        network.set_classes(NAMES, torch.nn.functional.normalize(torch.randn(1, len(NAMES), 512), dim=-1))
    count = configuration["nc"]
    if kind is YOLOWorld:
        # As set_classes does; it is built with as many embeddings as COCO has classes.
        count = network.model[-1].nc = len(NAMES)
        network.txt_feats = torch.nn.functional.normalize(torch.randn(1, count, 512), dim=-1)
    network.names = dict(enumerate(NAMES if count == len(NAMES) else [f"class {at}" for at in range(count)]))
    batch = images(size)
    if changes.get("channels") == 1:
        batch = batch.mean(1, keepdim=True)
    if changes.get("channels") == 4:
        batch = torch.cat([batch, batch[:, :1]], 1)
    with torch.no_grad():
        settle_statistics(network, batch)
        settle_head(network, batch)
    return model, task, size


def with_channels(model, path, channels):
    """YOLO() builds for colors whatever the YAML says."""
    made = type(model.model)(str(path), ch=channels, verbose=False)
    made.args, made.task = model.model.args, model.model.task
    model.model = made


def configured(configuration, changes):
    changes = {"nc": len(NAMES), **changes}
    decoder = changes.pop("decoder", None)
    width = changes.pop("width", WIDTH)
    configuration.update(changes)
    if "scales" in configuration:
        depth, _, channels = configuration["scales"]["n"]
        configuration["scales"] = {"n": [depth, width, channels]}
    configuration["scale"] = "n"
    if decoder:
        configuration["head"][-1][-1] = decoder
    return configuration


def settle_statistics(network, batch):
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    for norm in norms:
        # Where activations are bent little: random networks make much of the last bits, which trained ones do not.
        norm.weight.data.fill_(0.5)
        norm.bias.data.fill_(0.5)
        norm.reset_running_stats()
        norm.momentum = None
        norm.train()
    network(batch)
    for norm in norms:
        norm.momentum = 0.03
        norm.eval()


def settle_head(network, batch):
    """Scores as of a trained network (2 % of the anchors above 0.05), boxes of many sizes."""
    head = network.model[-1]
    last = lambda branches: [branch[-1] for branch in branches or []]
    for prefix in ("", "one2one_"):
        boxes, classes = getattr(head, f"{prefix}cv2", None), getattr(head, f"{prefix}cv3", None)
        contrast = getattr(head, f"{prefix}cv4", None) if "World" in type(head).__name__ or "YOLOE" in type(head).__name__ else None
        if boxes is not None:
            for module in last(boxes):
                rescale(network, batch, module, spread=1.5, mean=None if head.reg_max > 1 else 2.5)
        for module in contrast or last(classes):
            rescale(network, batch, module, spread=2, mean=-7)
    if hasattr(head, "dec_score_head"):
        for module in [*head.dec_bbox_head, head.enc_bbox_head]:
            nn.init.normal_(module.layers[-1].weight, std=0.1)
        for module in [*head.dec_score_head, head.enc_score_head]:
            rescale(network, batch, module, spread=1.5, mean=-5)
    if type(head).__name__ == "Classify":
        rescale(network, batch, head.linear, spread=1.5, mean=0)


def rescale(network, batch, module, spread, mean):
    """Gives the outputs of a last convolution, matrix or contrastive head this standard deviation and, where wanted, mean."""
    seen = []
    hook = module.register_forward_hook(lambda _, __, output: seen.append(output.float()))
    network(batch)
    hook.remove()
    if not seen:
        return
    axis = 1 if seen[0].dim() == 4 else -1
    values = torch.cat([output.transpose(axis, -1).reshape(-1, output.shape[axis]) for output in seen])
    if hasattr(module, "logit_scale"):
        factor = spread / values.std().clamp(min=1e-6)
        module.bias.data.copy_(mean - factor * (values.mean() - module.bias.data))
        module.logit_scale.data += factor.log()
        return
    factor = spread / values.std(0).clamp(min=1e-6)
    offset = values.mean(0) * factor
    module.weight.data *= factor.view(-1, *[1] * (module.weight.dim() - 1))
    module.bias.data *= factor
    if mean is not None:
        module.bias.data += mean - offset
