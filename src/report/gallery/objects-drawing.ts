import { areCrowded } from '../../image/overlay/are-crowded.ts';
import { type Skeleton, visibleSkeleton } from '../../image/overlay/skeleton.ts';
import { simplifyPolygon } from '../../image/simplify-polygon.ts';
import { classColorHex } from '../../shared/catalog/class-color.ts';
import type { Detection, ObjectMask } from '../../shared/run/detection.ts';
import type { LabeledObject } from '../../shared/run/labels/sample-labels.ts';
import { rotatedCorners } from '../../shared/run/rotated-corners.ts';

/** Of an image, in pixels. */
interface Size {
  readonly width: number;
  readonly height: number;
}

/** Objects drawn on one picture; more would cover it. */
const mostObjects = 300;
/** Bytes of the outlines of masks on one picture; beyond it, all of them get coarser. */
const mostOutlineBytes = 4000;

/** Lines keep their width however a picture is scaled: a group cannot hand down `vector-effect`, a rule can. */
export const svgStart =
  'xmlns="http://www.w3.org/2000/svg" preserveAspectRatio="none" fill="none" stroke-linejoin="round" stroke-linecap="round"><style>path{vector-effect:non-scaling-stroke}</style>';

/**
 * The objects of a picture as an SVG file in its own pixels: masks, rotated boxes or boxes, those of a class as one path in its color over
 * a dark one, then skeletons. A file of its own is one node of the page however many classes it has, and its ids are its own.
 */
export function drawObjects(
  detections: readonly Detection[],
  { width, height }: Size,
  labeled: readonly LabeledObject[] = [],
): string {
  const drawn = detections.slice(0, mostObjects);
  const decimals = Math.max(width, height) < 400 ? 1 : 0;
  const outlines = outlinesOf(drawn, { width, height }, decimals);
  const classes = [...new Set(drawn.map(({ classId }) => classId))];
  const paths = classes.map((classId) => {
    const isIn = (_: unknown, i: number) => drawn[i]?.classId === classId;
    return { classId, path: outlines.filter(isIn).join('') };
  });
  const objects = twoLines('o', paths, areCrowded(drawn, { width, height }) ? 1.6 : 3.2);
  return `<svg viewBox="0 0 ${width} ${height}" ${svgStart}${objects}${labelDashes(labeled, { width, height }, decimals)}${skeletons(drawn, { width, height }, decimals)}</svg>`;
}

/** What people labeled, in dashes over what the model found: both stay visible where they agree. */
function labelDashes(labeled: readonly LabeledObject[], size: Size, decimals: number): string {
  if (labeled.length === 0) return '';
  const shown = labeled.slice(0, mostObjects).map((one) => withMask(one));
  const path = outlinesOf(shown, size, decimals).join('');
  return `<defs><path id="t" d="${path}"/></defs><g stroke-dasharray="4 4"><use href="#t" ${dark} stroke-width="3.2"/><use href="#t" stroke="#fff" stroke-width="1.6"/></g>`;
}

/** A label as what is outlined. */
export function withMask({ polygons, ...label }: LabeledObject): Outlined {
  return { ...label, ...(polygons && { mask: { polygons } }) };
}

/** What of an object is outlined. */
export type Outlined = Pick<Detection, 'box' | 'rotated'> & {
  readonly mask?: Pick<ObjectMask, 'polygons'>;
};

interface ClassPath {
  readonly classId: number;
  readonly path: string;
}

/** Dark lines, and over them, from the same paths, lines in the color of each class. */
function twoLines(name: string, paths: readonly ClassPath[], width: number): string {
  const shapes = paths.map(({ classId, path }) => `<path id="${name}${classId}" d="${path}"/>`);
  const under = paths.map(({ classId }) => `<use href="#${name}${classId}"/>`);
  const over = paths.map(
    ({ classId }) => `<use href="#${name}${classId}" stroke="${classColorHex(classId)}"/>`,
  );
  return `<defs>${shapes.join('')}</defs><g ${dark} stroke-width="${width}">${under.join('')}</g><g stroke-width="${width / 2}">${over.join('')}</g>`;
}

export const dark = 'stroke="#0b0d11" stroke-opacity=".75"';

/** One path an object; those of masks as fine as their bytes allow, from about a pixel of a card on. `size`: of the picture, in pixels of the original. */
export function outlinesOf(
  drawn: readonly Outlined[],
  size: Size,
  decimals: number,
  mostBytes = mostOutlineBytes,
): string[] {
  const side = Math.max(size.width, size.height);
  let masks = drawn.map(({ mask }) => mask?.polygons);
  for (let tolerance = side / 500; ; tolerance *= 1.5) {
    // From what the last round left: outlines of thousands of points are gone through once.
    masks = masks.map((polygons) => polygons && simplified(polygons, tolerance));
    const paths = masks.map((polygons) => polygons && polygonsPath(polygons, decimals));
    const bytes = paths.reduce((sum, path = '') => sum + path.length, 0);
    // At a tenth of the picture all but the largest are their boxes.
    if (bytes <= mostBytes || tolerance > side / 10) {
      return drawn.map((one, i) => paths[i] || plainPath(one, decimals));
    }
  }
}

function simplified(polygons: readonly (readonly number[])[], tolerance: number): number[][] {
  return polygons
    .map((polygon) => simplifyPolygon(polygon, tolerance))
    .filter((polygon) => polygon.length >= 6);
}

function polygonsPath(polygons: readonly (readonly number[])[], decimals: number): string {
  return polygons.map((polygon) => linePath(polygon, decimals, 'z')).join('');
}

/** The rotated box, or the box, also of a mask that is too small to be drawn. */
function plainPath({ box, rotated }: Outlined, decimals: number): string {
  return rotated === undefined
    ? boxPath(box)
    : linePath(rotatedCorners(rotated).flat(), decimals, 'z');
}

function boxPath([left, top, right, bottom]: Detection['box']): string {
  const across = Math.round(right) - Math.round(left);
  return `M${Math.round(left)} ${Math.round(top)}h${across}V${Math.round(bottom)}h${-across}z`;
}

/** Steps from point to point: shorter than places. */
function linePath(points: readonly number[], decimals: number, end: 'z' | ''): string {
  const rounded = points.map((value) => Number(value.toFixed(decimals)));
  const steps = rounded.slice(2).map((value, i) => {
    const text = String(Number((value - (rounded[i] ?? 0)).toFixed(decimals)));
    return i > 0 && !text.startsWith('-') ? ` ${text}` : text;
  });
  return `M${rounded[0] ?? 0} ${rounded[1] ?? 0}l${steps.join('')}${end}`;
}

/** Limbs in the color of the class, keypoints as white dots: lines without length, with round ends. */
export function skeletons(
  drawn: readonly Pick<Detection, 'keypoints' | 'classId'>[],
  size: Size,
  decimals: number,
): string {
  const all = drawn.flatMap(({ keypoints, classId }) =>
    keypoints === undefined ? [] : [{ classId, ...visibleSkeleton(keypoints, size) }],
  );
  if (all.length === 0) return '';
  const limbs = [...new Set(all.map(({ classId }) => classId))].map((classId) => {
    const path = all.filter((one) => one.classId === classId).flatMap((one) => one.limbs);
    return { classId, path: limbsPath(path, decimals) };
  });
  const dots = dotsPath(
    all.flatMap(({ points }) => points),
    decimals,
  );
  const white = `<path stroke="#fff" stroke-width="3.4" d="${dots}"/>`;
  return `${twoLines('l', limbs, 3.2)}<path ${dark} stroke-width="5" d="${dots}"/>${white}`;
}

export function limbsPath(limbs: Skeleton['limbs'], decimals: number): string {
  return limbs.map(([from, to]) => linePath([from.x, from.y, to.x, to.y], decimals, '')).join('');
}

export function dotsPath(points: Skeleton['points'], decimals: number): string {
  const dot = ({ x, y }: Skeleton['points'][number]) =>
    `M${Number(x.toFixed(decimals))} ${Number(y.toFixed(decimals))}h0`;
  return points.map(dot).join('');
}
