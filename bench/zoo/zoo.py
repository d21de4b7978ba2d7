"""Makes a zoo of exports with what Ultralytics and numpy find through them: see README.md.

    python zoo.py FOLDER IMAGES [PATTERN]
"""
import json
import os
import pathlib
import re
import shutil
import sys
import warnings

FOLDER, IMAGES = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
PATTERN = sys.argv[3] if len(sys.argv) > 3 else ""
FOLDER.mkdir(parents=True, exist_ok=True)
os.environ |= {"YOLO_AUTOINSTALL": "false", "YOLO_OFFLINE": "true", "YOLO_VERBOSE": "false", "YOLO_CONFIG_DIR": str(FOLDER / "settings")}
warnings.filterwarnings("ignore")

import cv2
import numpy as np
import onnx
import onnxruntime as ort
import torch
from ultralytics import YOLO, RTDETR

from exports import KINDS, exporter
from matrix import plan
from networks import NETWORKS, build
from reference import first_component, network_maps, predicted, prepared
from rewrites import REWRITES



class Exact(ort.InferenceSession):
    """Without the overflow of 8-bit products on processors of AVX2 or AVX-512 without VNNI: the same answers on all."""

    def __init__(self, model, sess_options=None, **more):
        options = sess_options or ort.SessionOptions()
        options.add_session_config_entry("session.x64quantprecision", "1")
        try:
            super().__init__(model, options, **more)
        except Exception as error:
            # findings/onnxruntime-u8u8-shared-zero-point.sh
            if "Attempt to replace the existing tensor" not in str(error):
                raise
            super().__init__(own_constants(model), options, **more)


def own_constants(model):
    """The model, in which no two nodes read the same constant of signed bytes."""
    made = onnx.load_from_string(model) if isinstance(model, bytes) else onnx.load(model)
    constants = {one.name: one for one in made.graph.initializer if one.data_type == onnx.TensorProto.INT8}
    seen = set()
    for node in made.graph.node:
        for at, name in enumerate(node.input):
            if name in seen:
                copy = made.graph.initializer.add()
                copy.CopyFrom(constants[name])
                copy.name = node.input[at] = f"{name}/{len(made.graph.initializer)}"
            elif name in constants:
                seen.add(name)
    return made.SerializeToString()


ort.InferenceSession = Exact
TAKEN = 3
torch.set_num_threads(1)
paths = sorted(IMAGES.glob("*.jpg"))[:TAKEN]
pictures = [cv2.imread(str(path)) for path in paths]
scene = lambda size: torch.from_numpy(np.concatenate([prepared(picture, "detect", size)[0] for picture in pictures]))
maps_file = FOLDER / "pc1.npz"
maps = dict(np.load(maps_file)) if maps_file.exists() else {}


def slug(*parts):
    return re.sub(r"[^a-z0-9]+", "-", " ".join(part for part in parts if part).lower()).strip("-")


class Network:
    """A network, and what was made of it so far."""

    def __init__(self, name):
        self.name = name
        self.model, self.task, self.size = build(name, FOLDER, scene)
        module = self.model.model
        self.channels = NETWORKS[name][3].get("channels", 3)
        head = module.model[-1]
        sources = head.f if isinstance(head.f, list) else [head.f]
        self.layers = [at % len(module.model) if at >= 0 else len(module.model) - 1 + at for at in sources]
        self.stretched = type(head).__name__ == "RTDETRDecoder"
        self.files = {}
        self.predictions = {}

    def inputs(self, size, rect=False):
        turn = lambda picture: cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY) if self.channels == 1 else picture
        return [prepared(turn(picture), self.task, size, self.channels, self.stretched, rect) for picture in pictures]

    def export(self, kind):
        """The file of an export kind."""
        if kind not in self.files:
            spec = KINDS[kind]
            arguments = {"imgsz": self.size, "format": "onnx", "verbose": False, "device": "cpu", **spec["arguments"]}
            if arguments.get("quantize") == 8:
                arguments["data"] = str(data_file())
            with exporter(spec):
                made = pathlib.Path(self.model.export(**arguments))
            target = FOLDER / "files" / f"{slug(self.name, kind)}.onnx"
            target.parent.mkdir(exist_ok=True)
            data = made.with_suffix(".onnx.data")
            if data.exists():
                # The model names its data: both are written again under the new name.
                onnx.save(onnx.load(made), target, save_as_external_data=True, location=f"{target.stem}.data")
                made.unlink()
                data.unlink()
            else:
                shutil.move(made, target)
            self.files[kind] = target
        return self.files[kind]

    def maps(self, size, rect):
        key = f"{slug(self.name)}-{size if isinstance(size, int) else 'x'.join(map(str, size))}" + ("@rect" if rect else "")
        if self.channels == 4:
            return key
        if not any(name.startswith(f"{key}/") for name in maps):
            add_maps(key, network_maps(self.model.model.eval(), self.inputs(size, rect), self.layers))
        return key

    def predict(self, kind, file, size, rect):
        key = (str(file), rect)
        if key not in self.predictions:
            reader = RTDETR(file) if self.stretched else YOLO(file, task=self.task)
            self.predictions[key] = predicted(reader, [str(path) for path in paths], size, rect)
        return self.predictions[key]


def add_maps(key, found):
    for path, layers in zip(paths, found):
        for at, (values, nearest) in layers.items():
            maps[f"{key}/{path.name}/model.{at}"] = values
            maps[f"{key}/{path.name}/model.{at}/second"] = np.array(nearest)


def data_file():
    file = FOLDER / "data.yaml"
    file.write_text(json.dumps({"path": str(IMAGES.parent), "train": IMAGES.name, "val": IMAGES.name, "names": ["RBC", "WBC", "Platelets"]}))
    return file


def crossing(file):
    """Tensors that one module of a float export makes and another reads, by module."""
    graph = onnx.load(file).graph
    scope = lambda node: (re.match(r"^(?:/[^/]+)*?/model\.(\d+)/", node.name) or [None, None])[1]
    makers = {name: scope(node) for node in graph.node for name in node.output}
    return {int(makers[name]): name for node in graph.node for name in node.input if makers.get(name) and scope(node) and scope(node) != makers[name]}


def own_maps(network, file, key, size, rect):
    """Of the activations that the file itself has: fewer bits make other ones. A scale and a zero point change no singular vector."""
    tensors = crossing(network.export("default"))
    model = onnx.load(file)
    known = [name for node in model.graph.node for name in node.output]
    wanted = {}
    for at in network.layers:
        options = [name for name in known if name.endswith((tensors[at], f"{tensors[at]}_quantized"))]
        if not options:
            raise LookupError(f"no tensor of model.{at}")
        wanted[at] = options[0]
    model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in wanted.values())
    session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    found = []
    kind = {"tensor(float16)": np.float16}.get(session.get_inputs()[0].type, np.float32)
    for tensor, content in network.inputs(size, rect):
        values = session.run(list(wanted.values()), {session.get_inputs()[0].name: tensor.astype(kind)})
        found.append({at: first_component(value[0].astype(np.float64), content, tensor.shape[2:]) for at, value in zip(wanted, values)})
    add_maps(key + ("@rect" if rect else ""), found)


def make(network, kind, rewrite):
    spec = KINDS[kind]
    size = spec["arguments"].get("imgsz", network.size)
    base = network.export(kind)
    label = rewrite if rewrite and kind == "default" else f"{kind}, {rewrite}" if rewrite else kind
    name = slug(network.name, label)
    target = FOLDER / f"{name}.onnx"
    precision = spec.get("precision") or ("fp16" if "half" in kind or "float16" in kind else "float")
    as_default = spec.get("reference") == "as default"
    if rewrite:
        rewriting, finer, apart = REWRITES[rewrite]
        precision = finer if finer != "float" else precision
        as_default = as_default or apart
        rewriting(base, target, [tensor for tensor, _ in network.inputs(size)])
    elif base.with_suffix(".data").exists():
        onnx.save(onnx.load(base), target, save_as_external_data=True, location=f"{target.stem}.data")
    else:
        shutil.copy(base, target)
    loaded = onnx.load(target, load_external_data=False)
    shape = [one.dim_param or one.dim_value for one in loaded.graph.input[0].type.tensor_type.shape.dim]
    reference = {
        "file": target.name, "task": network.task, "family": network.name, "kind": label, "precision": precision,
        "maps": network.maps(size, False), "input": {"shape": shape},
    }
    # A rewrite that Ultralytics does not read as it is meant is held against the file that it was made of.
    source = network.export(kind if rewrite and not spec.get("reference") else "default") if as_default else target
    reference["predict"] = network.predict(kind, source, size, False)
    if len(shape) == 4 and isinstance(shape[2], str):
        network.maps(size, True)
        if network.task != "classify" and not network.stretched:
            rect_source = target if not as_default else network.export("dynamic")
            reference["predictRect"] = network.predict(kind, rect_source, size, True)
            height, width = network.inputs(size, True)[0][0].shape[2:]
            reference["predictRect"] = {**reference["predictRect"], "imgsz": [height, width]}
    if precision != "float" and network.task not in ("semantic", "depth"):
        reference["maps"] = f"{name}-own"
        for rect in {False, isinstance(shape[2], str)}:
            own_maps(network, target, reference["maps"], size, rect)
    if network.task in ("semantic", "depth"):
        # Explained as any vision model: there are no objects, and of maps other layers than the head's inputs.
        del reference["maps"]
        write(f"{name}-none", {**reference, "task": "none", "predict": {"conf": 0, "iou": 0, "max_det": 0, "imgsz": [network.size] * 2,
                               "results": [{"image": path.name, "width": 640, "height": 480} for path in paths]}})
        return
    write(name, reference)


def write(name, reference):
    np.savez(maps_file, **maps)
    (FOLDER / f"{name}.json").write_text(json.dumps(reference))


network = None
for name, kind, rewrite in plan():
    label = f"{name}: " + (kind if not rewrite else rewrite if kind == "default" else f"{kind} > {rewrite}")
    file = slug(name, rewrite if rewrite and kind == "default" else f"{kind}, {rewrite}" if rewrite else kind)
    if not re.search(PATTERN, label) or any((FOLDER / f"{file}{more}.json").exists() for more in ("", "-none")):
        continue
    try:
        if network is None or network.name != name:
            network = Network(name)
        make(network, kind, rewrite)
        print("made", label, flush=True)
    except Exception as error:
        print("FAILED", label, type(error).__name__, str(error).strip().split("\n")[0][:200], flush=True)
        if os.environ.get("ZOO_TRACE"):
            raise
