import { runtimeReason } from './runtime-reason.ts';

type Fault = readonly [pattern: RegExp, words: (...found: string[]) => string];

/** Names in a file may be of any length. */
const named = (text = ''): string =>
  text === '' ? 'one of its nodes' : `its node "${text.slice(0, 80)}"`;

/**
 * ONNX Runtime 1.2x's messages about a model that it refuses, and words for people. It quotes its own source lines, C++ signatures and
 * whole type lists, which say nothing to somebody who only exported a model. The first match counts: causes come before the wrappers around them.
 */
const faults: readonly Fault[] = [
  [
    /External data path does not exist: "?([^")]*)/,
    (path = '') => `the file with its weights, ${path.split(/[/\\]/).at(-1)}, is not beside it`,
  ],
  [
    /External data path|escapes model directory/,
    () => 'it keeps weights outside its own folder, which is not followed',
  ],
  [/cannot get file size|Is a directory/, () => 'its weights file is not a file'],
  [
    /ParseStringWithClassicLocale|Failed to parse value|external_data|GetExternalDataInfo|[Ee]xternal (?:data|initializer)/,
    () => 'what it says about its weights file does not match that file',
  ],
  [
    /Unsupported model IR version: (\d+), max supported IR version: (\d+)/,
    (version, most) =>
      `it is of ONNX IR version ${version}, and version ${most} is the newest supported`,
  ],
  [
    /Opset (\d+) is under development.* till opset (\d+)/,
    (version, most) => `it uses operator set ${version}, and ${most} is the newest supported`,
  ],
  [
    /No opset import for domain '([^']*)'/,
    (domain) => `it uses operators of the domain "${domain}", which it does not declare`,
  ],
  [
    /([\w.]*:\w+)\(-?\d+\) is not a registered function/,
    (operator) => `it uses the unknown operator ${operator}`,
  ],
  [
    /No Op registered for (\S{1,80})/,
    (operator) => `it uses the operator ${operator}, which is unknown in its operator set`,
  ],
  [/Field 'op_type' of 'node'/, () => 'one of its nodes names no operator'],
  [/not acyclic|Cycle detected|must not be recursive/, () => 'its nodes form a cycle'],
  [
    /Node input '([^']{0,80})[^']*' is not a graph input/,
    (input) => `a node reads "${input}", which nothing in the file computes`,
  ],
  [
    /topologically sorted, however input '([^']{0,80})/,
    (input) => `a node reads "${input}" before anything computes it`,
  ],
  [
    /two nodes with same node name \(([^)]{0,80})/,
    (node) => `two of its nodes have the name "${node}"`,
  ],
  [/Duplicate definition/, () => 'two of its nodes compute the same tensor'],
  [
    /Graph output \(([^)]{0,80})\) does not exist/,
    (output) => `nothing in the file computes its output "${output}"`,
  ],
  [
    /Initializer '([^']{0,80})[^']*': raw_data size|Deserialize tensor (\S{1,80}) failed/,
    (first, second) =>
      `its weights "${first ?? second}" do not hold as many bytes as their shape says`,
  ],
  [
    /Invalid TensorProto|tensorprotoutils|CopyLittleEndian|initializer\.cc/,
    () => 'some of its weights do not hold as many bytes as their shape says',
  ],
  [
    /Type Error: .*?in node \(([^)]{0,200})\)/,
    (node) => `${named(node)} is given numbers of a type that its operator does not take`,
  ],
  [/Tensor does not have type information/, () => 'some of its weights are of no known type'],
  [
    /Node \(([^)]{0,200})\) Op \((\w*)\) \[\w+\]/,
    (node, operator) =>
      `the shapes and settings of ${named(node)} (${operator}) contradict each other`,
  ],
  [/protobuf parsing failed/i, () => 'its ONNX structure does not hold together'],
  [
    /Failed to allocate memory|bad_alloc|SafeInt|Integer overflow|array length|allocation failed/i,
    () => 'it needs more memory than available',
  ],
  // Nodes that we put behind its layers stand on the shapes that it states.
  [
    /running \w{1,80} node\. Name:'eigenfleet\//,
    () => 'its layers have other shapes than it declares',
  ],
  [
    /running (\w{1,80}) node\. Name:'([^']{0,200})/,
    (operator, node) => `${named(node)} (${operator}) fails on the images`,
  ],
  [
    /In Node, \("([^"]{0,200})[^"]*", (\S{0,80}),/,
    (node, operator) => `${named(node)} is invalid for the operator ${operator}`,
  ],
  [/Invalid dimension|negative/i, () => 'one of its shapes is impossible'],
];

/**
 * Returns why ONNX Runtime refuses a model or fails in it, as a phrase for people, from its message. Unknown messages that quote its source are not passed on: the
 * error's cause has it.
 */
export function modelFault(message: string): string {
  const text = runtimeReason(message);
  for (const [pattern, words] of faults) {
    const found = pattern.exec(text);
    if (found !== null) return words(...found.slice(1));
  }
  const isSource = /::|\.(?:cc|h):\d+|ONNXRuntimeError|Status Message/.test(text);
  return isSource || text.length > 200 ? 'ONNX Runtime cannot compute it' : text;
}
