import type { NodeProto } from 'onnx-buf';
import { dataInputs, type GraphFlow } from '../graph/graph-flow.ts';
import { isPassThrough } from '../graph/operators.ts';

/** `/model.15/cv2/conv/Conv`; wrappers (`nms=True`) put scopes before it: `/model/model.15/...`. */
const outermostScope = /^(?:\/[^/]+)*?\/(?:\w+\.)*?model\.(\d+)\//;
/** A wrapper that is numbered itself, `/model.0/model.15/...`: the number behind it counts. */
const innermostScope = /^(?:\/[^/]+)*\/(?:\w+\.)*model\.(\d+)\//;

/** Behind a prefix, as a tool that joins models into one puts before all names of each: `yolo_/model.15/...`. */
const prefixedScope = /^[^/]+\/+(?:[^/]+\/+)*?(?:\w+\.)*?model\.(\d+)\//;

/** Where PyTorch's newer exporter ("dynamo") notes the modules around a node: `['', 'model.19', 'conv', 'conv2d_40']`. */
const scopesKey = 'pkg.torch.onnx.name_scopes';

/**
 * Modules of nodes by the nodes' own names, or by what PyTorch's newer exporter notes beside them. A node whose name was lost belongs to the module
 * whose data it reads. `undefined` when the names do not tell modules apart.
 */
export function modulesByNames(flow: GraphFlow): Map<NodeProto, number> | undefined {
  for (const pathOf of [nameOf, notedScopes]) {
    for (const scope of [outermostScope, innermostScope, prefixedScope]) {
      const own = ownModules(flow, (node) => scope.exec(pathOf(node))?.[1]);
      if (new Set(own.values()).size < 2) continue;
      const isPrefixed = scope === prefixedScope;
      return withInherited(flow, own, (node) =>
        isPrefixed ? nameOf(node).includes('/') : nameOf(node).startsWith('/'),
      );
    }
  }
  return undefined;
}

/** What ONNX Runtime puts before the name of a node that it computes in float32, where the file has float16. */
const inserted = /^InsertedPrecisionFreeCast_/;

const nameOf = ({ name }: NodeProto) => name.replace(inserted, '');

function notedScopes({ metadataProps }: NodeProto): string {
  const list = metadataProps.find(({ key }) => key === scopesKey)?.value ?? '';
  const scopes = [...list.matchAll(/'([^']*)'|"([^"]*)"/g)].map((match) => match[1] ?? match[2]);
  return `/${scopes.filter((scope) => scope !== '').join('/')}/`;
}

function ownModules(
  { nodes }: GraphFlow,
  numberOf: (node: NodeProto) => string | undefined,
): Map<NodeProto, number> {
  const modules = new Map<NodeProto, number>();
  for (const node of nodes) {
    if (isPassThrough(node)) continue;
    const number = numberOf(node);
    if (number !== undefined) modules.set(node, Number(number));
  }
  return modules;
}

function withInherited(
  flow: GraphFlow,
  own: Map<NodeProto, number>,
  isScoped: (node: NodeProto) => boolean,
): Map<NodeProto, number> {
  for (const node of flow.nodes) {
    // What a scope was written for and lies outside of all modules stays there: suppression behind the head.
    if (own.has(node) || isScoped(node) || isPassThrough(node)) continue;
    const sources = dataInputs(flow, node).map((input) => {
      const maker = flow.makers.get(input);
      return maker === undefined ? undefined : own.get(maker);
    });
    const [only] = sources;
    if (only !== undefined && sources.every((source) => source === only)) own.set(node, only);
  }
  return own;
}
