import { normalizeMap } from '../../maps/fusion.ts';
import { gridMask } from '../../maps/grid-mask.ts';
import { fromBytes, toBytes } from '../../shared/results/byte-maps/byte-map.ts';
import { fromFloat16, toFloat16 } from '../../shared/results/float16.ts';
import type { ClassEvidence } from '../../shared/run/evidence/class-evidence.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import type { ExplainOptions } from '../../shared/run/run-spec.ts';
import { type ExplainedLayer, fuseLayers } from './interpret-sample.ts';
import type { SampleMaps } from './sample-frames.ts';

export type StoredLayer = Pick<
  ExplainedLayer,
  'column' | 'gridHeight' | 'gridWidth' | 'signed' | 'explainedVariance'
>;

/** One image from what is stored of it. */
export interface StoredSample {
  /** As float16 has them, or 8 bits. */
  readonly layers: readonly StoredLayer[];
  /** Those that are stored, as bytes have them. */
  readonly evidence: readonly ClassEvidence[] | undefined;
}

/**
 * The maps that statistics rest on, from what is stored of an image and not from finer numbers: so taking the image over without an inference gives the same sums to
 * the last digit.
 */
export function storedMaps(
  { layers, evidence }: StoredSample,
  geometry: LetterboxGeometry,
  options: Pick<ExplainOptions, 'fusion' | 'padding'>,
): SampleMaps & ReturnType<typeof fuseLayers> {
  const mapped = layers.map((layer) => {
    const first = layer.signed.subarray(0, layer.gridHeight * layer.gridWidth);
    return { ...layer, map: normalizeMap(first, gridMask(layer, geometry, options.padding)) };
  });
  const fused = fuseLayers(mapped, geometry, options);
  return { ...fused, layers: mapped, ...(evidence && { evidence }) };
}

/** A layer as a run stores it; only its first component counts in statistics. */
export function asStored(
  layer: ExplainedLayer,
  { mapBits }: Pick<ExplainOptions, 'mapBits'>,
): StoredLayer {
  const first = layer.signed.subarray(0, layer.gridHeight * layer.gridWidth);
  const halves = () => fromFloat16(toFloat16(first)) as Float32Array<ArrayBuffer>;
  const signed = mapBits === 8 ? fromBytes(toBytes(first)) : halves();
  return { ...layer, signed };
}
