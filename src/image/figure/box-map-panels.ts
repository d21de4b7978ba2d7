import { type ContentCells, contentCells } from '../../maps/content-cells.ts';
import { mapToImage } from '../../maps/map-to-image.ts';
import { objectCoverage } from '../../maps/object-coverage.ts';
import { classColor } from '../../shared/catalog/class-color.ts';
import type { Detection } from '../../shared/run/detection.ts';
import type { BoxMap } from '../../shared/run/evidence/box-map.ts';
import { blendMap } from '../overlay/blend-map.ts';
import { colorTable } from '../overlay/color-map.ts';
import { classLabel, drawDetections, labelText } from '../overlay/draw-detections.ts';
import type { RgbImage } from '../rgb-image.ts';
import { plain } from './figure-caption.ts';
import { inRows } from './figure-layout.ts';
import type { FigurePlan, Panel } from './figure-plan.ts';
import { shareText } from './share-text.ts';

/** What is said wherever a box map is drawn. */
export const boxMapCaveat =
  'A box map is where features are like those of the box: similar features, not a cause.';

/** Panels of boxes in one figure: more would make it too tall to look at. */
const mostPanels = 24;
const columns = 4;

/** A panel for each of the strongest boxes: where in the image its features point, on the grid that it came from, with the box. */
export function boxMapPanels(plan: FigurePlan, photo: RgbImage): readonly (readonly Panel[])[] {
  const { boxMaps = [], detections = [] } = plan;
  const panels = boxMaps.slice(0, mostPanels).flatMap((one) => {
    const detection = detections[one.detection];
    return detection === undefined ? [] : [boxMapPanel(plan, photo, { ...one, detection })];
  });
  return inRows(panels, columns);
}

type OwnMap = Omit<BoxMap, 'detection'> & { readonly detection: Detection };

function boxMapPanel(plan: FigurePlan, photo: RgbImage, own: OwnMap): Panel {
  const { geometry, classNames, colorMap } = plan;
  const { map, layer, gridWidth, gridHeight, detection } = own;
  const { classId, score } = detection;
  const { width, height } = photo;
  const values = mapToImage({ map, gridWidth, gridHeight, geometry, width, height });
  const picture = blendMap(photo, values, colorTable(colorMap));
  const scale = { scaleX: width / geometry.width, scaleY: height / geometry.height };
  const frame = { x: 0, y: 0, width, height, ...scale, ground: 'heat' as const };
  drawDetections(picture, [detection], classNames, frame);
  return {
    title: `Why ${labelText(classId, score, classNames)}`,
    lines: [
      plain(`similar features, ${layer}, ${gridWidth} x ${gridHeight} cells`),
      plain(shareWords(plan, own)),
    ],
    picture,
    swatch: classColor(classId),
  };
}

/** "12 % of the heat in it, 60 % in other boxes of RBC" */
function shareWords(plan: FigurePlan, own: OwnMap): string {
  const { geometry, classNames, detections = [] } = plan;
  const { detection } = own;
  const cells = contentCells(geometry, own);
  const others = detections.filter(
    (other) => other !== detection && other.classId === detection.classId,
  );
  const inside = objectCoverage([boxOf(detection)], geometry)?.(cells);
  const beside = objectCoverage(others.map(boxOf), geometry)?.(cells);
  const itself = `${shareText(shareOf(own.map, cells, inside))} of the heat in it`;
  if (beside === undefined) return itself;
  const free = beside.map((share, cell) => Math.max(0, share - (inside?.[cell] ?? 0)));
  const label = classLabel(detection.classId, classNames);
  const form = detection.rotated === undefined ? 'boxes' : 'rotated boxes';
  return `${itself}, ${shareText(shareOf(own.map, cells, free))} in other ${form} of ${label}`;
}

/** A box map is of the box, whatever else the model tells of the object. */
function boxOf({ box, rotated }: Detection): Pick<Detection, 'box' | 'rotated'> {
  return { box, ...(rotated && { rotated }) };
}

/** Share of a map's heat within what is covered. */
function shareOf(map: Float32Array, { areas }: ContentCells, coverage?: Float32Array): number {
  let [inside, total] = [0, 0];
  map.forEach((value, cell) => {
    const heat = value * (areas[cell] ?? 0);
    total += heat;
    inside += heat * (coverage?.[cell] ?? 0);
  });
  return total > 0 ? inside / total : 0;
}
