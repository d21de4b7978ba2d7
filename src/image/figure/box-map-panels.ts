import { mapToImage } from '../../maps/map-to-image.ts';
import { classColor } from '../../shared/catalog/class-color.ts';
import type { Detection } from '../../shared/run/detection.ts';
import type { BoxMap } from '../../shared/run/evidence/box-map.ts';
import { blendMap } from '../overlay/blend-map.ts';
import { colorTable } from '../overlay/color-map.ts';
import { classLabel, drawDetections, labelText } from '../overlay/draw-detections.ts';
import type { RgbImage } from '../rgb-image.ts';
import { boxMapShares } from './box-map-caption.ts';
import { plain } from './figure-caption.ts';
import { inRows } from './figure-layout.ts';
import type { FigurePlan, Panel } from './figure-plan.ts';

/** Panels of boxes in one figure: more would make it too tall to look at. */
const mostPanels = 24;
const columns = 4;

/** A panel for each of the strongest boxes: where in the image its features point, on the grid that it came from, with the box. */
export function boxMapPanels(plan: FigurePlan, photo: RgbImage): readonly (readonly Panel[])[] {
  const { boxMaps = [], detections = [] } = plan;
  const panels = boxMaps.slice(0, mostPanels).flatMap((one) => {
    const detection = detections[one.detection];
    return detection === undefined ? [] : [boxMapPanel(plan, photo, one, detection)];
  });
  return inRows(panels, columns);
}

function boxMapPanel(
  plan: FigurePlan,
  photo: RgbImage,
  boxMap: BoxMap,
  detection: Detection,
): Panel {
  const { geometry, classNames, colorMap, detections = [] } = plan;
  const { map, layer, gridWidth, gridHeight } = boxMap;
  const { classId, score } = detection;
  const name = classLabel(classId, classNames);
  const words = boxMapShares({ geometry, detections }, boxMap, name) ?? '';
  const { width, height } = photo;
  const values = mapToImage({ map, gridWidth, gridHeight, geometry, width, height });
  const picture = blendMap(photo, values, colorTable(colorMap));
  const scale = { scaleX: width / geometry.width, scaleY: height / geometry.height };
  const frame = { x: 0, y: 0, width, height, ...scale, ground: 'heat' as const };
  drawDetections(picture, [detection], classNames, frame);
  return {
    title: `Why ${labelText(classId, score, classNames)}`,
    lines: [plain(`similar features, ${layer}, ${gridWidth} x ${gridHeight} cells`), plain(words)],
    picture,
    swatch: classColor(classId),
  };
}
