"""Which export of which network is made: (network, export kind, rewrite or None)."""
from exports import KINDS
from rewrites import REWRITES


def plan():
    rows = []

    def add(network, *kinds):
        for kind in kinds:
            base, _, rewrite = kind.partition(" > ")
            rows.append((network, base, rewrite or None) if base in KINDS else (network, "default", base))

    ends = [kind for kind in KINDS if kind.startswith("end to end") or "end to end" in kind]
    add("v8", *[kind for kind in KINDS if kind not in ends and kind != "outputs the other way around"], *REWRITES)
    add("v8", "dynamic > simplified by onnxsim", "embedded NMS > no metadata", "embedded NMS > stripped of names", "embedded NMS > dynamic quantization")
    add("v3-tiny", "default", "dynamic", "half", "opset 12", "torch dynamo", "torch dynamo, then onnxslim")
    add("v3-tiny", "stripped of names", "dynamic quantization", "QDQ, Conv only", "saved by ONNX Runtime, all")
    add("v5u", "default", "opset 12", "half")
    add("v5u-p6", "default")
    add("v6", "default", "opset 9", "half", "QDQ, all operators", "stripped of names", "saved by ONNX Runtime, all")
    add("v8 (1 class)", "default", "embedded NMS", "half", "no metadata")
    add("v8 (80 classes)", "default", "no metadata", "output transposed")
    add("v8 (gray)", "default", "dynamic")
    add("v8 (4 channels)", "default")
    add("v8-p2", "default", "dynamic", "stripped of names")
    add("v8-p6", "default", "dynamic", "half", "torch dynamo")
    add("v8-ghost", "default", "not simplified", "QDQ, Conv only")
    add("v9t", "default", "half", "embedded NMS", "simplified by onnxsim", "stripped of names", "dynamic quantization", "saved by ONNX Runtime, all")
    add("v10", "default", "end to end", "embedded NMS", "dynamic, not simplified, end to end", "end to end > stripped of names", "end to end > no metadata", "end to end, half")
    add("YOLO11", "default", "half", "dynamic, not simplified", "embedded NMS", "imgsz 64", "torch dynamo", "torch dynamo, then onnxslim", "opset 9")
    add("YOLO11", "dynamic quantization", "QDQ, Conv only", "QDQ, all operators", "saved by ONNX Runtime, all", "stripped of names and metadata")
    add("YOLO12", "default", "dynamic", "half", "dynamic quantization", "stripped of names")
    add("YOLO26", "default", "end to end", "dynamic", "dynamic, not simplified, end to end", "embedded NMS", "end to end, half", "torch dynamo", "opset 9", "opset 10")
    add("YOLO26", "dynamic quantization", "QDQ, Conv only", *[f"end to end > {rewrite}" for rewrite in
        ("no metadata", "stripped of names", "saved by ONNX Runtime, all", "simplified by onnxsim", "dynamic quantization", "QDQ, Conv only", "QDQ, all operators", "fp16 by onnxconverter-common")])
    add("YOLO26-p2", "default", "end to end")
    add("YOLO26-p6", "default", "end to end")
    add("RT-DETR", "default", "half", "dynamic", "dynamic, not simplified", "opset 17", "torch dynamo")
    add("RT-DETR", "no metadata", "stripped of names", "saved by ONNX Runtime, all", "saved by ONNX Runtime, extended", "dynamic quantization", "QDQ, Conv only", "fp16 by onnxconverter-common")
    add("YOLO-World v2", "default", "half", "stripped of names")
    add("YOLOE-v8", "default", "half")
    add("YOLOE-26", "default", "end to end")
    add("v8-seg", "default", "not simplified", "dynamic", "dynamic, not simplified", "half", "embedded NMS", "batch of 4", "imgsz 192x320", "torch dynamo", "torch dynamo, then onnxslim", "opset 9", "opset 10", "outputs the other way around")
    add("v8-seg", "no metadata", "stripped of names", "dynamic quantization", "QDQ, Conv only", "QDQ, all operators", "saved by ONNX Runtime, all", "fp16 by onnxconverter-common", "external data")
    add("YOLO11-seg", "default", "embedded NMS", "half")
    add("YOLO26-seg", "default", "end to end", "embedded NMS", "dynamic, not simplified, end to end", "end to end, half", "end to end > no metadata", "end to end > stripped of names")
    add("YOLOE-11-seg", "default")
    add("v8-pose", "default", "dynamic, not simplified", "half", "embedded NMS", "batch of 4", "imgsz 192x320", "torch dynamo", "opset 9")
    add("v8-pose", "no metadata", "stripped of names", "QDQ, Conv only", "dynamic quantization", "saved by ONNX Runtime, all")
    add("v8-pose (17 points)", "default", "embedded NMS", "no metadata")
    add("v8-pose (no visibility)", "default", "dynamic", "embedded NMS")
    add("YOLO11-pose", "default", "embedded NMS")
    add("YOLO26-pose", "default", "end to end", "embedded NMS", "end to end, half", "end to end > no metadata")
    add("v8-obb", "default", "dynamic", "dynamic, not simplified", "embedded NMS", "half", "batch of 4", "imgsz 192x320", "torch dynamo", "opset 9")
    add("v8-obb", "no metadata", "stripped of names", "QDQ, Conv only", "dynamic quantization", "saved by ONNX Runtime, all")
    add("YOLO11-obb", "default", "half", "embedded NMS")
    add("YOLO26-obb", "default", "end to end", "embedded NMS", "dynamic, not simplified", "end to end, half", "end to end > no metadata", "end to end > stripped of names")
    add("v8-cls", "default", "dynamic", "dynamic, not simplified", "half", "batch of 4", "imgsz 64", "opset 9", "torch dynamo")
    add("v8-cls", "no metadata", "stripped of names", "dynamic quantization", "QDQ, Conv only", "QDQ, all operators", "saved by ONNX Runtime, all")
    add("YOLO11-cls", "default", "half", "dynamic quantization")
    add("YOLO26-cls", "default", "dynamic")
    add("YOLO26-sem", "default", "dynamic", "half")
    add("YOLO26-depth", "default", "dynamic", "half")
    return rows
