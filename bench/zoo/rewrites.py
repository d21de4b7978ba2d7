"""Kinds that are made of a finished file, by ONNX Runtime, its quantizers, simplifiers, converters, or by hand."""
import shutil

import numpy as np
import onnx
import onnxruntime as ort
from onnx import numpy_helper
from onnxruntime import quantization as q


def optimized(level):
    def make(source, target, _):
        options = ort.SessionOptions()
        options.graph_optimization_level = getattr(ort.GraphOptimizationLevel, f"ORT_ENABLE_{level}")
        options.optimized_model_filepath = str(target)
        options.log_severity_level = 3
        ort.InferenceSession(str(source), options, providers=["CPUExecutionProvider"])
        keep_metadata(source, target)

    return make


def keep_metadata(source, target):
    model, old = onnx.load(target), onnx.load(source, load_external_data=False)
    have = {entry.key for entry in model.metadata_props}
    model.metadata_props.extend(entry for entry in old.metadata_props if entry.key not in have)
    onnx.save(model, target)


class Reader(q.CalibrationDataReader):
    def __init__(self, name, inputs):
        self.rows = iter([{name: tensor} for tensor in inputs])

    def get_next(self):
        return next(self.rows, None)


def static(operators=None, form=q.QuantFormat.QDQ, **options):
    def make(source, target, inputs):
        name = onnx.load(source).graph.input[0].name
        q.quantize_static(str(source), str(target), Reader(name, inputs), quant_format=form, op_types_to_quantize=operators, **options)
        keep_metadata(source, target)

    return make


def dynamic(**options):
    def make(source, target, _):
        q.quantize_dynamic(str(source), str(target), **options)
        keep_metadata(source, target)

    return make


def edited(edit):
    def make(source, target, _):
        model = onnx.load(source)
        onnx.save(edit(model) or model, target)

    return make


def without_metadata(model):
    del model.metadata_props[:]


def names_stripped(model):
    graph = model.graph
    keep = {value.name for value in [*graph.input, *graph.output]} | {""}
    names = {}
    for node in graph.node:
        for name in [*node.input, *node.output]:
            names.setdefault(name, name if name in keep else f"t{len(names)}")
    for at, node in enumerate(graph.node):
        node.name = f"n{at}"
        node.input[:] = [names[name] for name in node.input]
        node.output[:] = [names[name] for name in node.output]
        del node.metadata_props[:]
    for weight in graph.initializer:
        weight.name = names.get(weight.name, weight.name)
    del graph.value_info[:]


def stripped_all(model):
    names_stripped(model)
    without_metadata(model)


def constants(model):
    """Weights as Constant nodes."""
    nodes = [onnx.helper.make_node("Constant", [], [weight.name], value=weight) for weight in model.graph.initializer]
    del model.graph.initializer[:]
    rest = list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend([*nodes, *rest])


def shuffled(model):
    """Nodes in another order, which ONNX Runtime accepts though the specification does not."""
    nodes = list(model.graph.node)
    np.random.default_rng(0).shuffle(nodes)
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def as_functions(model):
    """Every Conv, Sigmoid and Mul of a SiLU in a function of the model."""
    body = [onnx.helper.make_node("Sigmoid", ["x"], ["s"]), onnx.helper.make_node("Mul", ["x", "s"], ["y"])]
    opset = next(entry for entry in model.opset_import if entry.domain == "")
    model.functions.append(onnx.helper.make_function("local", "SiLU", ["x"], ["y"], body, [opset]))
    model.opset_import.append(onnx.helper.make_opsetid("local", 1))
    makers = {node.output[0]: node for node in model.graph.node}
    sigmoids = set()
    for node in model.graph.node:
        gates = [makers[name] for name in node.input if node.op_type == "Mul" and name in makers and makers[name].op_type == "Sigmoid"]
        if gates and gates[0].input[0] in node.input:
            x = gates[0].input[0]
            sigmoids.add(gates[0].output[0])
            node.op_type, node.domain = "SiLU", "local"
            node.input[:] = [x]
    left = [node for node in model.graph.node if node.output[0] not in sigmoids]
    del model.graph.node[:]
    model.graph.node.extend(left)
    model.ir_version = max(model.ir_version, 8)


def batch_free(model):
    """A free batch, by hand: shapes of tensors are kept as they are."""
    for value in [*model.graph.input, *model.graph.output]:
        value.type.tensor_type.shape.dim[0].dim_param = "N"


def no_shapes(model):
    del model.graph.value_info[:]
    for value in model.graph.output:
        value.type.tensor_type.ClearField("shape")


def old_metadata(model):
    """8.0.0 wrote the stride and the names."""
    kept = [entry for entry in model.metadata_props if entry.key in ("stride", "names")]
    kept = [(entry.key, entry.value) for entry in kept]
    del model.metadata_props[:]
    for key, value in kept:
        model.metadata_props.add(key=key, value=value)


def onnxsim(model):
    import onnxsim as tool

    return tool.simplify(model)[0]


def fp16_by_converter(model):
    from onnxconverter_common import float16

    del model.graph.value_info[:]
    return float16.convert_float_to_float16(model, keep_io_types=True)


def fp16_whole(model):
    from onnxconverter_common import float16

    del model.graph.value_info[:]
    return float16.convert_float_to_float16(model, keep_io_types=False)


def converted(version):
    return lambda model: onnx.version_converter.convert_version(model, version)


def with_features(model):
    """An inner tensor as one more output, as tools for maps add it."""
    inferred = onnx.shape_inference.infer_shapes(model)
    known = {value.name: value for value in inferred.graph.value_info}
    name = next(node.output[0] for node in model.graph.node if node.op_type == "Concat" and node.output[0] in known)
    model.graph.output.append(known[name])


def external(source, target, _):
    model = onnx.load(source)
    onnx.save(model, target, save_as_external_data=True, all_tensors_to_one_file=True, location=f"{target.stem}.data", size_threshold=1024)


def linked(source, target, _):
    """As in the cache of Hugging Face: the model and its weights are links to blobs."""
    blobs = target.parent / "blobs"
    blobs.mkdir(exist_ok=True)
    external(source, target, None)
    for file in (target, target.parent / f"{target.stem}.data"):
        shutil.move(file, blobs / file.name)
        file.symlink_to(f"blobs/{file.name}")


# kind: (how, precision, whether the reference is that of the default export)
REWRITES = {
    "saved by ONNX Runtime, basic": (optimized("BASIC"), "float", False),
    "saved by ONNX Runtime, extended": (optimized("EXTENDED"), "float", False),
    "saved by ONNX Runtime, all": (optimized("ALL"), "float", False),
    "dynamic quantization": (dynamic(), "quantized", False),
    "dynamic quantization, uint8 by channel": (dynamic(weight_type=q.QuantType.QUInt8, per_channel=True), "quantized", False),
    "QDQ, Conv only": (static(["Conv"]), "quantized", False),
    "QDQ, Conv only, uint8": (static(["Conv"], activation_type=q.QuantType.QUInt8, weight_type=q.QuantType.QInt8, per_channel=True), "quantized", False),
    "QDQ, Conv only, int16": (static(["Conv"], activation_type=q.QuantType.QInt16, weight_type=q.QuantType.QInt8, extra_options={"UseQDQContribOps": True}), "quantized", False),
    "QDQ, all operators": (static(), "quantized", False),
    "QOperator, Conv only": (static(["Conv"], q.QuantFormat.QOperator), "quantized", False),
    "QOperator, all operators": (static(None, q.QuantFormat.QOperator), "quantized", False),
    "no metadata": (edited(without_metadata), "float", True),
    "metadata of 8.0.0 (stride and names)": (edited(old_metadata), "float", True),
    "stripped of names": (edited(names_stripped), "float", False),
    "stripped of names and metadata": (edited(stripped_all), "float", True),
    "weights as Constant nodes": (edited(constants), "float", False),
    "nodes in another order": (edited(shuffled), "float", False),
    "activations as functions": (edited(as_functions), "float", False),
    "batch freed by hand": (edited(batch_free), "float", False),
    "no shapes inside, none of the output": (edited(no_shapes), "float", True),
    "simplified by onnxsim": (edited(onnxsim), "float", False),
    "fp16 by onnxconverter-common": (edited(fp16_by_converter), "fp16", False),
    "fp16 by onnxconverter-common, whole": (edited(fp16_whole), "fp16", False),
    "opset 21 by onnx": (edited(converted(21)), "float", False),
    "opset 24 by onnx": (edited(converted(24)), "float", False),
    "features as one more output": (edited(with_features), "float", True),
    "external data": (external, "float", False),
    "external data, links as of Hugging Face": (linked, "float", False),
}
