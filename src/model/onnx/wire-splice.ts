import { concatenated, totalLength } from '../../shared/concatenated.ts';
import { type Replacement, reachOf } from './idle-nodes.ts';
import { type Field, fieldsOf, graphFields, lengthDelimited, textOf } from './onnx-fields.ts';

const valueInfoName = 1;

export interface GraphCut {
  /** A graph input to remove. */
  readonly inputName?: string;
  /** Tensors that will be used: nodes that none of them depends on are removed too. */
  readonly wanted: readonly string[];
  /** What new nodes make instead. */
  readonly replaced?: readonly Replacement[];
}

export interface CutParts {
  /** End to end they are the model that is left. */
  readonly parts: readonly Uint8Array[];
  /** All tensors of the file that what is wanted depends on. */
  readonly needed: ReadonlySet<string>;
}

/**
 * Cuts all graph outputs, what only they need, and one graph input out of an encoded ONNX model, without decoding it: everything else is copied
 * byte for byte, so that a model of hundreds of megabytes takes milliseconds. The tensors that the outputs named can be used if they are wanted.
 * ONNX Runtime would compute and keep unread tensors; exporters leave almost none. Throws `EigenfleetError('model')` for bytes that are
 * no protobuf message.
 */
export function cutGraph(bytes: Uint8Array, cut: GraphCut): Uint8Array {
  return concatenated(cutParts(bytes, cut).parts);
}

/** The same in parts, most of them views of `bytes`: what joins them with more copies the weights once and not twice. */
export function cutParts(bytes: Uint8Array, cut: GraphCut): CutParts {
  const fields = [...fieldsOf(bytes, 0, bytes.length)];
  const graphs = fields.filter(({ number }) => number === graphFields.graph);
  const { idle, needed } = reachOf(bytes, graphs, cut);
  const parts = fields.flatMap((field) => {
    if (field.number !== graphFields.graph) return [bytes.subarray(field.start, field.end)];
    const kept = graphParts(bytes, field, (part) => {
      if (part.number === graphFields.node) return idle.has(part.start);
      if (part.number === graphFields.output) return true;
      return part.number === graphFields.input && nameOf(bytes, part) === cut.inputName;
    });
    const tag = graphFields.graph * 8 + lengthDelimited;
    return [varint(tag), varint(totalLength(kept)), ...kept];
  });
  return { parts, needed };
}

/** Runs of fields that stay, as views of `bytes`. */
function graphParts(
  bytes: Uint8Array,
  graph: Field,
  isCut: (field: Field) => boolean,
): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let runStart = graph.contentStart;
  for (const field of fieldsOf(bytes, graph.contentStart, graph.end)) {
    if (!isCut(field)) continue;
    parts.push(bytes.subarray(runStart, field.start));
    runStart = field.end;
  }
  parts.push(bytes.subarray(runStart, graph.end));
  return parts;
}

function nameOf(bytes: Uint8Array, valueInfo: Field): string {
  for (const field of fieldsOf(bytes, valueInfo.contentStart, valueInfo.end)) {
    if (field.number === valueInfoName) return textOf(bytes, field);
  }
  return '';
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}
