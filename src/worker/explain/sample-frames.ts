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
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import { boxFrameSize } from '../../shared/statistics/class-accumulator.ts';
import { writeMapLevels } from '../../shared/statistics/map-sum.ts';
import { meanFrameSize } from '../../shared/statistics/statistics-accumulator.ts';

/** Maps of one sample, normalized to [0, 1]. */
export interface SampleMaps {
  readonly fused: GridMap;
  readonly layers: readonly (GridMap & { readonly column: string })[];
}

/** What one sample adds to mean maps and box maps, in the levels of `writeMapLevels`: only integers remain to be summed. */
export interface SampleFrames {
  /** Of the fused map and of each layer, [meanFrameSize, meanFrameSize] over the original image; all in one buffer. */
  readonly means: readonly { readonly column: string; readonly levels: Int16Array<ArrayBuffer> }[];
  /** [detections, boxFrameSize, boxFrameSize]: the fused map around each box. */
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
    boxes: boxesLevels(maps.fused, geometry, detections),
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
  fused: GridMap,
  geometry: LetterboxGeometry,
  detections: readonly Detection[],
): Int16Array<ArrayBuffer> {
  const cells = contentCells(geometry, fused);
  const size = boxFrameSize * boxFrameSize;
  const levels = new Int16Array(detections.length * size);
  detections.forEach(({ box: [left, top, right, bottom] }, index) => {
    const marginX = (right - left) / 2;
    const marginY = (bottom - top) / 2;
    const frame = {
      across: columnSpan(cells, left - marginX, right + marginX),
      down: rowSpan(cells, top - marginY, bottom + marginY),
      width: boxFrameSize,
      height: boxFrameSize,
    };
    writeMapLevels(frameMap(fused.map, planFrame(cells, frame)), levels, index * size);
  });
  return levels;
}
