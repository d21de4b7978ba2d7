import type { GraphProto, NodeProto } from 'onnx-buf';
import { type Task, traitsOf } from '../../shared/run/task-traits.ts';
import { dataInputs } from '../graph/graph-flow.ts';
import { mergedParts, tensorViews } from '../graph/tensor-views.ts';
import type { TensorView } from '../onnx/tensor-view.ts';
import { blockKind } from './block-kind.ts';
import { walkBack } from './head-levels.ts';
import { type ScopedGraph, scopeGraph } from './scoped-graph.ts';
import { isPooling } from './structural-blocks.ts';

/** The output of one module of the network (one line of the model's YAML). */
export interface ModuleOutput {
  /** N of `model.N`. */
  readonly index: number;
  /** `model.N`; `block.N` where the file names no modules. */
  readonly name: string;
  /** Of a classifier's head: its last features before the pooling. Of another head: its output, which has no grid. */
  readonly tensor: string;
  /** Operator of the node that makes the tensor, as `Mul` or `Concat`. */
  readonly opType: string;
  /** What the module looks like by its operators: `Conv`, `C2f`, `SPPF`, `Concat`, ... For people. */
  readonly block: string;
  /** Modules that read it, ascending. */
  readonly readBy: readonly number[];
  readonly isHead: boolean;
}

/** The modules of a network and their connections; empty when neither names nor the graph show any. */
export interface ModuleGraph {
  /** In the order of the graph; a module without an output of its own (a dropped Identity) is not in it. */
  readonly modules: readonly ModuleOutput[];
  /** What modules are called: `block` where the file names none, and the graph alone tells them apart. */
  readonly modulePrefix: 'model' | 'block';
  /** Index of the module that makes the graph's output; -1 when there are no modules. */
  readonly headModule: number;
  /** Tensors of other modules that the head reads, in the head's own order: finest grid first for YOLOv8, coarsest last but one for YOLOv3-tiny. */
  readonly headInputs: readonly string[];
  /** Tensors that are explained when the user names none. */
  readonly defaultTargets: readonly string[];
  /** Every tensor that carries image data, in the order of the graph; no constants, no shape arithmetic. With modules' outputs that only views show. */
  readonly activationTensors: readonly string[];
  /** By tensor: how to read those that are not float activations as they stand. Mostly empty. */
  readonly views: Readonly<Record<string, TensorView>>;
}

/**
 * Finds the modules of an Ultralytics export by structure: the output of module N is the tensor made by a node of module N and read by
 * a node of another module (or, where no module reads it, by a node outside all modules, or as the graph's output). Where a module
 * hands out several, the last one made counts. Names of tensors, kinds of operators and numbers of layers are not relied on.
 */
export function findModules(graph: GraphProto, imageInput: string, task: Task): ModuleGraph {
  const { classifies } = traitsOf(task);
  const scoped = scopeGraph(graph, imageInput, { imageInput, pools: classifies });
  const headModule = findHead(scoped);
  const headInputs = inputsOfHead(scoped, headModule);
  const features = classifies ? pooledFeatures(scoped, headModule) : undefined;
  const head = { index: headModule, inputs: new Set(headInputs), features };
  const modules = moduleOutputs(scoped, head);
  const joined = new Map(modules.flatMap(({ parts, tensor }) => (parts ? [[tensor, parts]] : [])));
  const views = tensorViews(scoped);
  for (const [tensor, parts] of joined) views.set(tensor, { kind: 'join', parts });
  return {
    modules: modules.map(({ parts: _, ...module }) => module),
    modulePrefix: scoped.prefix,
    headModule,
    headInputs,
    defaultTargets: defaultTargets(modules, headInputs, features),
    activationTensors: withJoined(inHeadOrder([...scoped.activations], headInputs), joined),
    views: Object.fromEntries(views),
  };
}

/** Walks back from the graph's outputs, through nodes outside all modules (embedded NMS), to the last module. */
function findHead({ outputs, makers, moduleOf }: ScopedGraph): number {
  const pending = new Set(outputs);
  let head = -1;
  // A set visits what is added to it while it is walked, each tensor once.
  for (const tensor of pending) {
    const maker = makers.get(tensor);
    if (maker === undefined) continue;
    const index = moduleOf(maker);
    if (index !== undefined) head = Math.max(head, index);
    else for (const input of maker.input) pending.add(input);
  }
  return head;
}

/** In the order in which the head, from its output back, comes upon them. */
function inputsOfHead(scoped: ScopedGraph, head: number): string[] {
  const inputs = new Set<string>();
  if (head < 0) return [];
  for (const node of walkBack(scoped, () => false)) {
    if (scoped.moduleOf(node) !== head) continue;
    for (const tensor of dataInputs(scoped, node))
      if (isOutside(scoped, tensor, head)) inputs.add(tensor);
  }
  for (const tensor of scoped.activations) if (feedsHead(scoped, tensor, head)) inputs.add(tensor);
  return [...inputs];
}

function isOutside({ makers, moduleOf }: ScopedGraph, tensor: string, head: number): boolean {
  const maker = makers.get(tensor);
  return maker !== undefined && moduleOf(maker) !== head;
}

function feedsHead(scoped: ScopedGraph, tensor: string, head: number): boolean {
  if (!isOutside(scoped, tensor, head)) return false;
  return (scoped.readers.get(tensor) ?? []).some((reader) => scoped.moduleOf(reader) === head);
}

/** An output that a simplifier merged into a later Concat stands behind the last of its parts. */
function withJoined(
  tensors: readonly string[],
  joined: ReadonlyMap<string, readonly string[]>,
): string[] {
  const behind = new Map([...joined].map(([name, parts]) => [parts.at(-1), name]));
  return tensors.flatMap((tensor) => [tensor, behind.get(tensor) ?? []].flat());
}

/** What the head reads changes places among itself. */
function inHeadOrder(tensors: readonly string[], headInputs: readonly string[]): string[] {
  const read = new Set(headInputs);
  const next = headInputs.values();
  return tensors.map((tensor) => (read.has(tensor) ? (next.next().value ?? tensor) : tensor));
}

/** What a classifier's head averages over space: class activation maps and Eigen-CAM need it before the pooling. */
function pooledFeatures(scoped: ScopedGraph, head: number): string | undefined {
  const pooling = scoped.nodes.find(
    (node) => scoped.moduleOf(node) === head && isPooling(scoped, node),
  );
  return pooling && dataInputs(scoped, pooling)[0];
}

/** The head, as its modules' outputs depend on it. */
interface HeadFacts {
  readonly index: number;
  readonly inputs: ReadonlySet<string>;
  /** What a classifier's head pools. */
  readonly features: string | undefined;
}

/** `parts`: tensors that the output was made of, before a simplifier merged it into a later Concat. */
type FoundOutput = ModuleOutput & { readonly parts?: readonly string[] };

function moduleOutputs(scoped: ScopedGraph, head: HeadFacts): FoundOutput[] {
  const nodesOf = new Map<number, NodeProto[]>();
  for (const node of scoped.nodes) {
    const index = scoped.moduleOf(node);
    if (index === undefined) continue;
    const list = nodesOf.get(index);
    if (list === undefined) nodesOf.set(index, [node]);
    else list.push(node);
  }
  const order = new Map([...scoped.activations].map((tensor, place) => [tensor, place]));
  const placeOf = ({ parts, tensor }: FoundOutput) => order.get(parts?.at(-1) ?? tensor) ?? 0;
  return [...nodesOf]
    .map(([index, nodes]) => moduleOutput(scoped, { index, nodes }, head))
    .filter((output) => output !== undefined)
    .sort((a, b) => placeOf(a) - placeOf(b));
}

function moduleOutput(
  scoped: ScopedGraph,
  { index, nodes }: { index: number; nodes: readonly NodeProto[] },
  head: HeadFacts,
): FoundOutput | undefined {
  const isHead = index === head.index;
  const tensors = nodes.flatMap((node) =>
    node.output.filter((name) => scoped.activations.has(name)),
  );
  const readersOf = (tensor: string) => readingModules(scoped, tensor, index);
  const last =
    (isHead ? head.features : undefined) ??
    tensors.findLast((name) => head.inputs.has(name)) ??
    tensors.findLast((name) => readersOf(name).length > 0) ??
    tensors.findLast((name) => leavesModules(scoped, name));
  const maker = last === undefined ? undefined : scoped.makers.get(last);
  if (last === undefined || maker === undefined) return undefined;
  const own = new Set(tensors);
  const elsewhere = (scoped.readers.get(last) ?? []).filter(
    (node) => scoped.moduleOf(node) !== index,
  );
  const isWhole = isHead || head.inputs.has(last);
  const parts = isWhole ? [last] : mergedParts(elsewhere, last, (tensor) => own.has(tensor));
  return {
    index,
    name: `${scoped.prefix}.${index}`,
    tensor: parts.join(' + '),
    opType: parts.length > 1 ? 'Concat' : maker.opType,
    block: isHead ? 'head' : blockKind(nodes),
    readBy: readersOf(last),
    isHead,
    ...(parts.length > 1 && { parts }),
  };
}

function readingModules(scoped: ScopedGraph, tensor: string, own: number): number[] {
  const indices = (scoped.readers.get(tensor) ?? []).map(scoped.moduleOf);
  const others = indices.filter((index) => index !== undefined && index !== own);
  return [...new Set(others)].filter((index) => index !== undefined).sort((a, b) => a - b);
}

function leavesModules(scoped: ScopedGraph, tensor: string): boolean {
  const readers = scoped.readers.get(tensor) ?? [];
  return (
    readers.some((reader) => scoped.moduleOf(reader) === undefined) || scoped.outputs.has(tensor)
  );
}

/** Detection heads: what the head reads. Classifiers: the last two modules that still have a grid. */
function defaultTargets(
  modules: readonly ModuleOutput[],
  headInputs: readonly string[],
  features: string | undefined,
): readonly string[] {
  if (features === undefined) return headInputs;
  const withGrid = modules.filter((module) => !module.isHead || !headInputs.includes(features));
  return withGrid.slice(-2).map(({ tensor }) => tensor);
}
