import { classLabel } from '../../image/overlay/draw-detections.ts';
import type { GridMap } from '../../maps/content-cells.ts';
import { evidenceHeat } from '../../maps/evidence-heat.ts';
import { gridMask } from '../../maps/grid-mask.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import type { ExplainOptions } from '../../shared/run/run-spec.ts';
import type { InterpretedSample } from './interpret-sample.ts';

/** The map of an overlay, in [0, 1]. */
export interface OverlayMap extends GridMap {
  /** What it is, where it is not the fused map. */
  readonly title?: string;
  /** Why it has no heat. */
  readonly degenerateReason?: string;
}

interface Choice {
  /** The class whose evidence is wanted; `undefined`: the fused map. */
  readonly classId: number | undefined;
  readonly classNames: readonly string[];
  readonly padding: ExplainOptions['padding'];
}

/** What an overlay of this image shows: the fused map, or the evidence of one class. */
export function overlayMapOf(
  { fused, evidence }: Pick<InterpretedSample, 'fused' | 'evidence'>,
  geometry: LetterboxGeometry,
  { classId, classNames, padding }: Choice,
): OverlayMap {
  if (classId === undefined) return fused;
  const title = `class evidence: ${classLabel(classId, classNames)}`;
  const wanted = evidence?.find((one) => one.classId === classId);
  if (wanted === undefined) {
    const degenerateReason = 'the class is not among those found here';
    return { ...fused, title, degenerateReason };
  }
  const { gridHeight, gridWidth } = wanted;
  const map = evidenceHeat(wanted, gridMask(wanted, geometry, padding));
  const flat = wanted.high > 0 ? {} : { degenerateReason: 'no cell speaks for the class' };
  return { map, gridHeight, gridWidth, title, ...flat };
}
