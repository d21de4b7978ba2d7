import type { NodeProto } from 'onnx-buf';
import { integerAttribute, integersAttribute } from '../graph/operators.ts';
import type { GraphParts } from './graph-parts.ts';
import { isOwn } from './own-node.ts';

export interface ChannelPart {
  /** [B, channels, h, w] */
  readonly output: string;
  readonly channels: number;
}

/** The channels of a tensor, apart. */
export interface ChannelParts {
  readonly whole: string;
  /** How many nodes read the whole. */
  readonly readers: number;
  /** Of `channels` in all; `undefined` where they are not known, or not each in one part. */
  of(channels: number): readonly ChannelPart[] | undefined;
}

const channelAxis = 1;

/** Tensors whose channels are split, by one Split or by several Slices. */
export function channelParts(graph: GraphParts): ChannelParts[] {
  const slices = new Map<string, NodeProto[]>();
  const splits: ChannelParts[] = [];
  for (const node of graph.nodes) {
    const [whole = ''] = node.input;
    if (isOwn(node, 'Slice')) slices.set(whole, [...(slices.get(whole) ?? []), node]);
    if (isOwn(node, 'Split') && (integerAttribute(node, 'axis') ?? 0) === channelAxis) {
      splits.push({ whole, readers: 1, of: (channels) => splitParts(node, channels, graph) });
    }
  }
  const sliced = [...slices].map(([whole, nodes]) => ({
    ...{ whole, readers: nodes.length },
    of: (channels: number) => sliceParts(nodes, channels, graph),
  }));
  return [...splits, ...sliced];
}

function splitParts(
  node: NodeProto,
  channels: number,
  { lists }: GraphParts,
): ChannelPart[] | undefined {
  const { input, output } = node;
  const [, stored] = input;
  const own = integersAttribute(node, 'split');
  const equal = output.map(() => channels / output.length);
  const sizes = stored === undefined ? (own.length === 0 ? equal : own) : lists.get(stored);
  if (sizes?.length !== output.length) return undefined;
  return wholeParts(
    output.map((name, part) => ({ output: name, channels: sizes[part] ?? 0 })),
    channels,
  );
}

function sliceParts(
  nodes: readonly NodeProto[],
  channels: number,
  graph: GraphParts,
): ChannelPart[] | undefined {
  const ranges = nodes.map((node) => rangeOf(node, channels, graph));
  const sorted = ranges.sort((a, b) => (a?.start ?? 0) - (b?.start ?? 0));
  const parts: ChannelPart[] = [];
  let from = 0;
  for (const range of sorted) {
    if (range?.start !== from) return undefined;
    parts.push({ output: range.output, channels: range.end - range.start });
    from = range.end;
  }
  return wholeParts(parts, channels);
}

interface ChannelRange {
  readonly output: string;
  readonly start: number;
  /** Behind the last one. */
  readonly end: number;
}

/** Of a Slice of one axis without steps. */
function rangeOf(
  node: NodeProto,
  channels: number,
  { lists }: GraphParts,
): ChannelRange | undefined {
  const [output = ''] = node.output;
  const [, ...names] = node.input;
  const given = (name: string, place: number) =>
    names.length === 0 ? integersAttribute(node, name) : (lists.get(names[place] ?? '') ?? []);
  const [starts, ends, axes] = [given('starts', 0), given('ends', 1), given('axes', 2)];
  const steps = names[3] === undefined ? [1] : lists.get(names[3]);
  const isOne = starts.length === 1 && ends.length === 1 && axes.join() === `${channelAxis}`;
  if (!isOne || steps?.join() !== '1') return undefined;
  const place = (at: number) => Math.min(channels, Math.max(0, at < 0 ? at + channels : at));
  return { output, start: place(starts[0] ?? 0), end: place(ends[0] ?? 0) };
}

function wholeParts(parts: ChannelPart[], channels: number): ChannelPart[] | undefined {
  const areWhole = parts.every((part) => Number.isInteger(part.channels) && part.channels > 0);
  const sum = parts.reduce((all, part) => all + part.channels, 0);
  return areWhole && sum === channels ? parts : undefined;
}
