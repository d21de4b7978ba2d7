"""Kinds of export that Ultralytics' exporter makes, or PyTorch's exporters in its place."""
import contextlib

import torch
from torch import nn

from ultralytics.utils.export import engine

CONF = 0.05


class Before(nn.Module):
    """Something done to the input first."""

    def __init__(self, model, change):
        super().__init__()
        self.model, self.change = model, change

    def forward(self, x):
        return self.model(self.change(x))


class After(nn.Module):
    """Something done to the answer."""

    def __init__(self, model, change):
        super().__init__()
        self.model, self.change = model, change

    def forward(self, x):
        return self.change(self.model(x))


def first(answer):
    return answer[0] if isinstance(answer, (tuple, list)) else answer


def corners(y):
    center, half, rest = y[:, :2], y[:, 2:4] / 2, y[:, 4:]
    return torch.cat([center - half, center + half, rest], 1)


def deepstream(y):
    y = corners(y).transpose(1, 2)
    score, label = y[..., 4:].max(-1, keepdim=True)
    return torch.cat([y[..., :4], score, label.to(y.dtype)], -1)


def shares(size):
    return lambda y: torch.cat([y[:, :4] / size, y[:, 4:]], 1)


def mean_and_deviation(x):
    mean = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
    deviation = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)
    return ((x - mean) / deviation) * deviation + mean


class RawLevels(nn.Module):
    """Of each level the features that boxes and scores are made of, as exports for accelerators have them."""

    def __init__(self, model, apart):
        super().__init__()
        self.model, self.apart = model, apart

    def forward(self, x):
        kept = {}
        head = self.model.model[-1]
        hook = head.register_forward_pre_hook(lambda _, inputs: kept.setdefault("levels", list(inputs[0])))
        self.model(x)
        hook.remove()
        pairs = [(box(level), score(level)) for box, score, level in zip(head.cv2, head.cv3, kept["levels"])]
        return tuple(one for pair in pairs for one in (pair if self.apart else (torch.cat(pair, 1),)))


def undecoded(model):
    """Scores before the sigmoid."""
    return After(model, lambda y: torch.cat([first(y)[:, :4], torch.logit(first(y)[:, 4:])], 1))


# kind: (what the exporter gets, what is done to the model, what torch.onnx.export gets, names of outputs, note for the reference)
# `as default`: the reference is that of the default export, since Ultralytics does not read the file as it is meant.
def plain(**arguments):
    return {"arguments": arguments}


def changed(change, export=None, names=None, reference="as default", arguments=None, example=None):
    return {"arguments": {"simplify": False, **(arguments or {})}, "change": change, "export": export or {}, "names": names, "reference": reference, "example": example}


KINDS = {
    "default": plain(),
    "not simplified": plain(simplify=False),
    "dynamic": plain(dynamic=True),
    "dynamic, not simplified": plain(dynamic=True, simplify=False),
    "half": plain(half=True),
    "half, not simplified": plain(half=True, simplify=False),
    "half, dynamic, not simplified": plain(half=True, dynamic=True, simplify=False),
    "half, embedded NMS": plain(half=True, nms=True, conf=CONF),
    "embedded NMS": plain(nms=True, conf=CONF),
    "dynamic, embedded NMS, batch 4": plain(nms=True, conf=CONF, dynamic=True, batch=4),
    "batch of 4": {**plain(batch=4), "reference": "as default"},
    "batch of 4, embedded NMS": {**plain(batch=4, nms=True, conf=CONF), "reference": "as default"},
    "end to end": plain(nms=False),
    "end to end, half": plain(nms=False, half=True),
    "dynamic, not simplified, end to end": plain(nms=False, dynamic=True, simplify=False),
    **{f"opset {opset}": plain(opset=opset) for opset in range(9, 21)},
    "opset 9, not simplified": plain(opset=9, simplify=False),
    "imgsz 64": plain(imgsz=64),
    "imgsz 32": plain(imgsz=32),
    "imgsz 192x320": plain(imgsz=[192, 320]),
    "imgsz 320x192, embedded NMS": plain(imgsz=[320, 192], nms=True, conf=CONF),
    "imgsz 1280": plain(imgsz=1280),
    "int8 by Ultralytics": {"arguments": {"quantize": 8}, "precision": "quantized"},
    "torch dynamo": changed(None, {"dynamo": True, "opset_version": 18}),
    "torch dynamo, dynamic": changed(None, {"dynamo": True, "opset_version": 18, "dynamic_shapes": ({0: torch.export.Dim.DYNAMIC, 2: torch.export.Dim.DYNAMIC, 3: torch.export.Dim.DYNAMIC},)}, arguments={"dynamic": True}),
    "torch dynamo, then onnxslim": changed(None, {"dynamo": True, "opset_version": 18}, arguments={"simplify": True}),
    "torch dynamo, external data": changed(None, {"dynamo": True, "opset_version": 18, "external_data": True}),
    "torch dynamo, not optimized": changed(None, {"dynamo": True, "opset_version": 18, "optimize": False}),
    "weights as inputs": changed(None, {"keep_initializers_as_inputs": True, "opset_version": 12}),
    "weights as inputs, constants not folded": changed(None, {"keep_initializers_as_inputs": True, "opset_version": 12, "do_constant_folding": False}),
    "named by its author": changed(None, {"input_names": ["input.1"], "output_names": ["out.853"]}),
    "divides by 255 itself": changed(lambda model: Before(model, lambda x: x / 255.0)),
    "multiplies by 1/255 itself": changed(lambda model: Before(model, lambda x: x * 0.00392156862745098)),
    "uint8 input": changed(lambda model: Before(model, lambda x: x.float() / 255.0), example=lambda x: (x * 255).to(torch.uint8)),
    "uint8 input, channels last": changed(lambda model: Before(model, lambda x: x.permute(0, 3, 1, 2).float() / 255.0), example=lambda x: (x * 255).to(torch.uint8).permute(0, 2, 3, 1).contiguous()),
    "float16 input and output": changed(lambda model: Before(After(model, lambda y: first(y).half()), lambda x: x.float()), reference=None, example=lambda x: x.half()),
    "float64": changed(lambda model: Before(After(model, lambda y: first(y).double()), lambda x: x.float()), example=lambda x: x.double()),
    "normalizes and undoes it": changed(lambda model: Before(model, mean_and_deviation)),
    "output transposed": changed(lambda model: After(model, lambda y: first(y).transpose(1, 2))),
    "boxes and scores apart": changed(lambda model: After(model, lambda y: (first(y)[:, :4], first(y)[:, 4:])), names=["boxes", "scores"]),
    "boxes and scores apart, transposed": changed(lambda model: After(model, lambda y: (first(y)[:, :4].transpose(1, 2), first(y)[:, 4:].transpose(1, 2))), names=["boxes", "scores"]),
    "boxes as shares of the input": changed(lambda model: After(model, lambda y: shares(256)(first(y)))),
    "boxes as corners": changed(lambda model: After(model, lambda y: corners(first(y)))),
    "scores before the sigmoid": changed(undecoded),
    "rows of corners, score, class": changed(lambda model: After(model, lambda y: deepstream(first(y)))),
    "levels before decoding": changed(lambda model: RawLevels(model, apart=False), names=["p3", "p4", "p5"]),
    "boxes and scores of each level": changed(lambda model: RawLevels(model, apart=True), names=["b3", "s3", "b4", "s4", "b5", "s5"]),
    "outputs the other way around": changed(lambda model: After(model, lambda y: (y[1], y[0])), names=["prototypes", "output0"]),
}


@contextlib.contextmanager
def exporter(kind):
    """Ultralytics' exporter, with PyTorch called as this kind wants it."""
    original = engine.torch2onnx

    def torch2onnx(model, im, output_file, opset=14, input_names=None, output_names=None, dynamic=None):
        change, options = kind.get("change"), dict(kind["export"])
        model = change(model) if change else model
        example = kind["example"](im) if kind.get("example") else im
        names = {"input_names": ["images"], "output_names": kind.get("names") or output_names or ["output0"]}
        with torch.no_grad():
            model.eval()(example)
        torch.onnx.export(model, (example,), str(output_file), **{"opset_version": opset, "dynamo": False, "verbose": False, **names, **options})
        return str(output_file)

    if "export" in kind:
        engine.torch2onnx = torch2onnx
    try:
        yield
    finally:
        engine.torch2onnx = original
