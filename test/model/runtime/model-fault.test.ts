import assert from 'node:assert/strict';
import { it } from 'node:test';
import { modelFault } from '../../../src/model/runtime/model-fault.ts';

/** As ONNX Runtime 1.2x says it, beginnings shortened where they only repeat types. */
const messages: readonly (readonly [string, string])[] = [
  [
    '/onnxruntime_src/onnxruntime/core/graph/model.cc:202 onnxruntime::Model::Model(onnx::ModelProto&&, const onnxruntime::ModelOptions&) Unsupported model IR version: 99, max supported IR version: 13\n',
    'it is of ONNX IR version 99, and version 13 is the newest supported',
  ],
  [
    '/onnxruntime_src/onnxruntime/core/graph/model_load_utils.h:46 void onnxruntime::model_load_utils::ValidateOpsetForDomain(const std::string&, int) ONNX Runtime only *guarantees* support for models stamped with official released onnx opset versions. Opset 99 is under development and support for this is limited. Current official support for domain ai.onnx is till opset 26.',
    'it uses operator set 99, and 26 is the newest supported',
  ],
  [
    'External data path validation failed for initializer: a.bias. Error: tensorprotoutils.cc:461 ValidateExternalDataPathFromDir External data path does not exist: "/models/missing.bin"',
    'the file with its weights, missing.bin, is not beside it',
  ],
  [
    'External data path validation failed for initializer: a. Error: External data path escapes model directory. External data path: "x" resolved path: "/y"',
    'it keeps weights outside its own folder, which is not followed',
  ],
  [
    'parse_string.h:116 ParseStringWithClassicLocale Failed to parse value: "x"',
    'what it says about its weights file does not match that file',
  ],
  [
    'Deserialize tensor /a failed.tensorprotoutils.cc:594 GetExternalDataInfo TensorProto: /a external data size mismatch. Computed size: 16800, external_data.length: 9',
    'what it says about its weights file does not match that file',
  ],
  [
    'This is an invalid model. In Node, ("/c", Conv, "evil.example", -1) : ("a": tensor(float),) -> ("b": tensor(float),) , Error No opset import for domain \'evil.example\'',
    'it uses operators of the domain "evil.example", which it does not declare',
  ],
  [
    'Fatal error: com.microsoft:Slice(-1) is not a registered function/op',
    'it uses the unknown operator com.microsoft:Slice',
  ],
  [
    'This is an invalid model. In Node, ("/m", Nope, "", -1) : ("a": tensor(float),) -> ("b": tensor(float),) , Error No Op registered for Nope with domain_version of 18',
    'it uses the operator Nope, which is unknown in its operator set',
  ],
  ['This is an invalid model. Error: the graph is not acyclic.', 'its nodes form a cycle'],
  [
    "Invalid model. Node input 'c' is not a graph input, initializer, or output of a previous node.",
    'a node reads "c", which nothing in the file computes',
  ],
  [
    'Deserialize tensor a.weight failed.endian_utils.cc:66 CopyLittleEndian source and destination buffer size mismatch',
    'its weights "a.weight" do not hold as many bytes as their shape says',
  ],
  [
    'Type Error: Type parameter (T) of Optype (Conv) bound to different types (tensor(float) and tensor(float16) in node (/c/Conv).',
    'its node "/c/Conv" is given numbers of a type that its operator does not take',
  ],
  [
    "Node (/c) Op (Concat) [ShapeInferenceError] Can't merge shape info. Inferred=1 Declared=2 Dimension=3",
    'the shapes and settings of its node "/c" (Concat) contradict each other',
  ],
  [
    "Non-zero status code returned while running ConstantOfShape node. Name:'' Status Message: /onnxruntime_src/onnxruntime/core/framework/bfc_arena.cc:360 void* onnxruntime::BFCArena::AllocateRawInternal(size_t, bool, onnxruntime::Stream*) Failed to allocate memory for requested buffer of size 274877906944",
    'it needs more memory than available',
  ],
  [
    "Non-zero status code returned while running Conv node. Name:'/c' Status Message: Invalid input shape: {32,32}",
    'its node "/c" (Conv) fails on the images',
  ],
  [
    'This is an invalid model. In Node, ("/s", Reshape, "", -1) : ("a": tensor(float),) -> ("b": tensor(float),) , Error Node(/s) with schema(::Reshape:14) has output size 2 not in range [min=1, max=1].',
    'its node "/s" is invalid for the operator Reshape',
  ],
  [
    "Non-zero status code returned while running FusedMatMul node. Name:'eigenfleet/explain/MatMul_21/' Status Message: matmul_helper.h:59 Compute MatMul dimension mismatch",
    'its layers have other shapes than it declares',
  ],
  [
    'Failed to load model because protobuf parsing failed.',
    'its ONNX structure does not hold together',
  ],
];

for (const [message, words] of messages) {
  it(`says in our words: ${words}`, () => assert.equal(modelFault(message), words));
}

it('passes no source line of ONNX Runtime on, and any short reason of others', () => {
  const unknown = '/onnxruntime_src/core/x.cc:12 onnxruntime::Thing::Do(int) something new';
  assert.equal(modelFault(unknown), 'ONNX Runtime cannot compute it');
  assert.equal(modelFault('no available\n backend found.'), 'no available backend found');
});
