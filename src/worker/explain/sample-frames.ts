import {
  type ContentCells,
  columnSpan,
  contentCells,
  type GridMap,
  rowSpan,
} from '../../maps/content-cells.ts';
import { frameMap, planFrame } from '../../maps/frame-map.ts';
import { rememberedByObject } from '../../shared/host/remembered.ts';
import type { Detection } from '../../shared/run/detection.ts';
import type { ClassEvidence } from '../../shared/run/evidence/class-evidence.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import { boxFrameSize } from '../../shared/statistics/class-accumulator.ts';
import { noLevel, writeMapLevels } from '../../shared/statistics/map-sum.ts';
import { meanFrameSize } from '../../shared/statistics/statistics-accumulator.ts';
import { type EvidenceFrame, evidenceFrames } from './evidence-frames.ts';

/** Maps of one sample, normalized to [0, 1]. */
export interface SampleMaps {
  readonly fused: GridMap;
  readonly layers: readonly (GridMap & { readonly column: string })[];
  /** Absent where the run or the model has none. */
  readonly evidence?: readonly ClassEvidence[];
}

/** What one sample adds to mean maps and box maps, in the levels of `writeMapLevels`: only integers remain to be summed. */
export interface SampleFrames {
  /** Of the fused map and of each layer, [meanFrameSize, meanFrameSize] over the original image; all in one buffer. */
  readonly means: readonly { readonly column: string; readonly levels: Int16Array<ArrayBuffer> }[];
  /** Absent as above. */
  readonly evidence?: readonly EvidenceFrame[];
  /** [detections, boxFrameSize, boxFrameSize]: around each box the evidence of its class over its greatest value; where there is no evidence, the fused map. */
  readonly boxes: Int16Array<ArrayBuffer>;
}

export function sampleFrames(
  maps: SampleMaps,
  geometry: LetterboxGeometry,
  detections: readonly Detection[],
): SampleFrames {
  const size = meanFrameSize * meanFrameSize;
  const all = new Int16Array((1 + maps.layers.length) * size);
  return {
    means: [{ ...maps.fused, column: 'fused' }, ...maps.layers].map((layer, index) => {
      const levels = all.subarray(index * size, (index + 1) * size);
      const plan = planMeanFrame(contentCells(geometry, layer));
      writeMapLevels(frameMap(layer.map, plan), levels, 0);
      return { column: layer.column, levels };
    }),
    ...(maps.evidence && { evidence: evidenceFrames(maps.evidence, geometry, detections) }),
    boxes: boxesLevels(maps, geometry, detections),
  };
}

/** The levels around the `index`th box. */
export function boxLevels({ boxes }: SampleFrames, index: number): Int16Array {
  const size = boxFrameSize * boxFrameSize;
  return boxes.subarray(index * size, (index + 1) * size);
}

/** The frame of the original image, also where a crop showed only part of it. */
const planMeanFrame = rememberedByObject((cells: ContentCells) =>
  planFrame(cells, {
    across: columnSpan(cells, 0, cells.geometry.width),
    down: rowSpan(cells, 0, cells.geometry.height),
    width: meanFrameSize,
    height: meanFrameSize,
  }),
);

/** Around each box a frame twice its size: the object and as much of what surrounds it. */
function boxesLevels(
  { fused, evidence }: SampleMaps,
  geometry: LetterboxGeometry,
  detections: readonly Detection[],
): Int16Array<ArrayBuffer> {
  const size = boxFrameSize * boxFrameSize;
  const levels = new Int16Array(detections.length * size).fill(noLevel);
  const shares = new Map((evidence ?? []).map((one) => [one.classId, shareOfHighest(one)]));
  detections.forEach(({ classId, box: [left, top, right, bottom] }, index) => {
    const map = evidence === undefined ? fused : shares.get(classId);
    if (map === undefined) return;
    const cells = contentCells(geometry, map);
    const marginX = (right - left) / 2;
    const marginY = (bottom - top) / 2;
    const frame = {
      across: columnSpan(cells, left - marginX, right + marginX),
      down: rowSpan(cells, top - marginY, bottom + marginY),
      width: boxFrameSize,
      height: boxFrameSize,
    };
    writeMapLevels(frameMap(map.map, planFrame(cells, frame)), levels, index * size);
  });
  return levels;
}

function shareOfHighest({ map, high, gridHeight, gridWidth }: ClassEvidence): GridMap {
  const shares = new Float32Array(map.length);
  // `map.map` calls a function a cell, which takes longer than the division.
  if (high > 0) for (let cell = 0; cell < shares.length; cell++) shares[cell] = map[cell]! / high;
  return { gridHeight, gridWidth, map: shares };
}
