import { evidenceHeat } from '../../maps/evidence-heat.ts';
import { gridMask } from '../../maps/grid-mask.ts';
import { mapToImage } from '../../maps/map-to-image.ts';
import { classColor } from '../../shared/catalog/class-color.ts';
import type { ClassEvidence } from '../../shared/run/evidence/class-evidence.ts';
import { objectForm } from '../../shared/run/object-form.ts';
import { blendMap } from '../overlay/blend-map.ts';
import { colorTable } from '../overlay/color-map.ts';
import { drawDegenerate } from '../overlay/draw-degenerate.ts';
import { classLabel, drawDetections } from '../overlay/draw-detections.ts';
import type { RgbImage } from '../rgb-image.ts';
import { evidenceCaption, evidenceTitle } from './evidence-caption.ts';
import { plain } from './figure-caption.ts';
import { inRows } from './figure-layout.ts';
import type { FigurePlan, Panel } from './figure-plan.ts';

/** Panels of classes in one figure: more would make it too tall to look at. */
const mostPanels = 24;
const columns = 4;

/** A panel for each class whose evidence there is, on its own grid as components are, with the model's own objects of that class. */
export function evidencePanels(plan: FigurePlan, photo: RgbImage): readonly (readonly Panel[])[] {
  const shown = shownEvidence(plan.evidence ?? []);
  const panels = shown.map((one) => evidencePanel(plan, photo, one));
  const [first] = panels;
  const left = (plan.evidence?.length ?? 0) - shown.length;
  if (first === undefined || left === 0) return inRows(panels, columns);
  const rest = plain(`${left} more classes with lower scores are not drawn`);
  return inRows([{ ...first, lines: [...first.lines, rest] }, ...panels.slice(1)], columns);
}

/** All in their order; of too many those that score highest. */
export function shownEvidence(evidence: readonly ClassEvidence[]): readonly ClassEvidence[] {
  if (evidence.length <= mostPanels) return evidence;
  return evidence.toSorted((a, b) => b.high - a.high).slice(0, mostPanels);
}

function evidencePanel(plan: FigurePlan, photo: RgbImage, evidence: ClassEvidence): Panel {
  const { classId, gridWidth, gridHeight, high } = evidence;
  const { geometry, padding, classNames, colorMap } = plan;
  const label = classLabel(classId, classNames);
  const own = (plan.detections ?? []).filter((one) => one.classId === classId);
  const isClassified = (plan.classScores ?? []).length > 0;
  const facts = {
    title: evidenceTitle(label),
    lines: evidenceCaption(evidence, label, isClassified ? undefined : objectForm(own)),
    swatch: classColor(classId),
  };
  if (!(high > 0)) return { ...facts, picture: drawDegenerate(photo, flatReason, 'no heat') };
  const map = evidenceHeat(evidence, gridMask(evidence, geometry, padding));
  const { width, height } = photo;
  const values = mapToImage({ map, gridWidth, gridHeight, geometry, width, height });
  const picture = blendMap(photo, values, colorTable(colorMap));
  const scale = { scaleX: width / geometry.width, scaleY: height / geometry.height };
  const frame = { x: 0, y: 0, width, height, ...scale, ground: 'heat' as const, unlabeled: true };
  drawDetections(picture, own, classNames, frame);
  return { ...facts, picture };
}

/** Why there is nothing to draw. */
const flatReason = 'no cell speaks for this class';
