import type { ObjectRow } from '../../evaluate/result/object-row.ts';
import { visibleSkeleton } from '../../image/overlay/skeleton.ts';
import { classColorHex } from '../../shared/catalog/class-color.ts';
import type { Detection } from '../../shared/run/detection.ts';
import type { LabeledObject } from '../../shared/run/labels/sample-labels.ts';
import type { SampleRow } from '../../shared/run/sample-row.ts';
import {
  dark,
  dotsPath,
  limbsPath,
  type Outlined,
  outlinesOf,
  skeletons,
  svgStart,
  withMask,
} from '../gallery/objects-drawing.ts';
import type { Region } from '../gallery/photos.ts';
import { reachesInto } from './crop-region.ts';

/** Neighbors drawn on a crop of each kind; more would cover it. */
const mostNeighbors = 30;
/** The same of keypoints, of which each has many. */
const mostSkeletons = 8;
/** Bytes of the outlines of masks on one crop. */
const mostOutlineBytes = 700;

/**
 * What lies around an object as an SVG file in the original's pixels: boxes solid in the color of their class, labels dashed in white, with their keypoints; the object itself
 * stands out by thicker lines, a missed label also by the color of its class.
 */
export function drawObject(
  object: ObjectRow,
  { detections, labels }: Pick<SampleRow, 'detections' | 'labels'>,
  region: Region,
): string {
  const { left, top, width, height } = region;
  const own = object.outcome === 'fn' ? undefined : detections[object.detection ?? -1];
  const miss = object.outcome === 'fn' ? labels?.objects[object.label ?? -1] : undefined;
  const near = detections.filter((one) => one !== own && reachesInto(one.box, region));
  const labeled = (labels?.objects ?? []).filter(
    (one) => one !== miss && one.crowd !== true && reachesInto(one.box, region),
  );
  const path = (all: readonly Outlined[]) => outlines(all, region);
  const others = classesOf(near).map(
    (classId) =>
      `<path stroke="${classColorHex(classId)}" stroke-width="1.3" d="${path(near.filter((one) => one.classId === classId).slice(0, mostNeighbors))}"/>`,
  );
  const around = near.filter(hasKeypoints).slice(0, mostSkeletons);
  const found = `${others.join('')}${own ? solid(own, path([own])) : ''}${skeletons(own ? [...around, own] : around, sizeAround(region), 1)}`;
  const dashes = path(labeled.slice(0, mostNeighbors).map(withMask));
  const named = labeled.filter(hasKeypoints).slice(0, mostSkeletons);
  const known = `${dashed(dashes, '#fff', 1.6)}${labeledPoints(named, region, '#fff')}`;
  const missed = miss ? missedLabel(miss, path([withMask(miss)]), region) : '';
  return `<svg viewBox="${[left, top, width, height].map(tenth).join(' ')}" ${svgStart}${found}${known}${missed}</svg>`;
}

function missedLabel(miss: LabeledObject, path: string, region: Region): string {
  const color = classColorHex(miss.classId);
  return `${dashed(path, color, 2.6)}${labeledPoints([miss], region, color)}`;
}

function hasKeypoints({ keypoints }: Pick<Detection, 'keypoints'>): boolean {
  return keypoints !== undefined;
}

/** Limbs of labels in dashes, and their keypoints as dots that are smaller than those of what was found. */
function labeledPoints(
  labels: readonly Pick<LabeledObject, 'keypoints'>[],
  region: Region,
  color: string,
): string {
  const shown = labels.map(({ keypoints = [] }) => visibleSkeleton(keypoints, sizeAround(region)));
  const dots = dotsPath(
    shown.flatMap(({ points }) => points),
    1,
  );
  if (dots === '') return '';
  const limbs = limbsPath(
    shown.flatMap((one) => one.limbs),
    1,
  );
  return `${dashed(limbs, color, 1.6)}<path ${dark} stroke-width="4.2" d="${dots}"/><path stroke="${color}" stroke-width="2.4" d="${dots}"/>`;
}

function outlines(all: readonly Outlined[], region: Region): string {
  const decimals = Math.max(region.width, region.height) < 400 ? 1 : 0;
  return outlinesOf(all, region, decimals, mostOutlineBytes).join('');
}

/** Keypoints are left out beyond the picture, which for a crop is anywhere below its end. */
function sizeAround({ left, top, width, height }: Region) {
  return { width: left + width, height: top + height };
}

function solid({ classId }: Pick<Detection, 'classId'>, path: string): string {
  return `<path ${dark} stroke-width="5" d="${path}"/><path stroke="${classColorHex(classId)}" stroke-width="2.6" d="${path}"/>`;
}

function dashed(path: string, color: string, width: number): string {
  if (path === '') return '';
  return `<g stroke-dasharray="5 4"><path ${dark} stroke-width="${width * 2}" d="${path}"/><path stroke="${color}" stroke-width="${width}" d="${path}"/></g>`;
}

function classesOf(all: readonly Pick<Detection | LabeledObject, 'classId'>[]): number[] {
  return [...new Set(all.map(({ classId }) => classId))];
}

function tenth(value: number): string {
  return String(Number(value.toFixed(1)));
}
