import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { placeLabels } from '../../src/evaluate/labels/place-labels.ts';
import { parseYoloLabels } from '../../src/evaluate/labels/yolo-labels.ts';
import type { SampleCandidates } from '../../src/shared/run/candidates.ts';
import type { LabeledObject } from '../../src/shared/run/labels/sample-labels.ts';
import type { LetterboxGeometry } from '../../src/shared/run/letterbox-geometry.ts';
import { type ObjectShape, type Task, traitsOf } from '../../src/shared/run/task-traits.ts';
import { repositoryRoot } from './cache-folder.ts';
import { readNpz } from './npz.ts';

/** What Ultralytics computed, of classes that have labels. */
export interface ValFigures {
  readonly map50: number;
  readonly map: number;
  readonly classes: readonly number[];
  readonly ap: readonly (readonly number[])[];
  readonly p: readonly number[];
  readonly r: readonly number[];
  readonly f1: readonly number[];
  readonly threshold: number;
  /** Every 111th of 1,000 points. */
  readonly curves: Readonly<Record<'p_curve' | 'r_curve' | 'f1_curve', readonly number[][]>>;
}

export interface ValImage {
  readonly candidates: SampleCandidates;
  readonly objects: readonly LabeledObject[];
  readonly geometry: LetterboxGeometry;
  /** By form: [candidates, 10], 0 or 1. */
  readonly tp: Readonly<Record<string, Uint8Array>>;
  /** Of a segment model: [height, width]. */
  readonly labelMask?: Uint8Array;
}

export interface ValFixture {
  readonly shape: ObjectShape;
  readonly figures: Readonly<Record<string, ValFigures>>;
  /** By pycocotools. */
  readonly coco: { readonly map50: number; readonly map: number } | null;
  readonly images: readonly ValImage[];
}

export const precisionGoldens: string = join(repositoryRoot, 'test/golden/precision');

/** Candidates, labels and results of a `val` run by Ultralytics, from `test/golden/precision`. */
export function readValFixture(name: string): ValFixture {
  const story: Story = JSON.parse(readFileSync(join(precisionGoldens, `${name}.json`), 'utf8'));
  const arrays = readNpz(join(precisionGoldens, `${name}.npz`));
  const { shape } = traitsOf(story.task);
  const counts = arrays.get('counts')?.data ?? [];
  let start = 0;
  const images = story.images.map(({ labels, geometry, masks }, i) => {
    const range = [start, start + (counts[i] ?? 0)] as const;
    start = range[1];
    const labelMask = pick(arrays, 'label_masks', i, i + 1);
    return {
      candidates: candidatesOf(arrays, range, masks),
      objects: objectsOf(labels, geometry, shape, story.keypointShape),
      geometry,
      tp: Object.fromEntries(
        ['tp', 'tp_mask', 'tp_keypoints'].flatMap((key) => {
          const tp = pick(arrays, key, ...range);
          return tp ? [[key, tp as Uint8Array]] : [];
        }),
      ),
      ...(labelMask && { labelMask: labelMask as Uint8Array }),
    };
  });
  return { ...story, shape, images };
}

interface Story {
  readonly task: Task;
  readonly keypointShape: readonly [number, number] | null;
  readonly figures: ValFixture['figures'];
  readonly coco: ValFixture['coco'];
  readonly images: readonly {
    readonly labels: string;
    readonly geometry: LetterboxGeometry;
    readonly masks?: readonly string[];
  }[];
}

type Arrays = ReturnType<typeof readNpz>;

function pick(arrays: Arrays, name: string, start: number, end: number) {
  const array = arrays.get(name);
  if (array === undefined) return undefined;
  const size = array.data.length / (array.shape[0] ?? 1);
  return array.data.slice(start * size, end * size);
}

function candidatesOf(
  arrays: Arrays,
  [start, end]: readonly [number, number],
  masks: readonly string[] | undefined,
): SampleCandidates {
  const floats = (name: string) => pick(arrays, name, start, end) as Float32Array | undefined;
  const rotated = floats('rotated');
  const keypoints = floats('keypoints');
  return {
    count: end - start,
    cut: 0,
    classIds: Int32Array.from(pick(arrays, 'classes', start, end) ?? []),
    scores: floats('scores') ?? new Float32Array(0),
    boxes: floats('boxes') ?? new Float32Array(4 * (end - start)),
    ...(rotated && { rotated }),
    ...(keypoints && { keypoints }),
    ...(masks && { masks: { size: [80, 80] as const, counts: masks } }),
  };
}

function objectsOf(
  text: string,
  geometry: LetterboxGeometry,
  shape: ObjectShape,
  keypointShape: readonly [number, number] | null,
): readonly LabeledObject[] {
  const withKeypoints = shape === 'keypoints';
  const parsed = parseYoloLabels(Buffer.from(text), {
    withKeypoints,
    ...(keypointShape && { keypointShape }),
  });
  if (parsed.status !== 'read') throw new Error(parsed.what);
  const read = { status: 'labeled' as const, labels: parsed.labels, remarks: [], where: 'labels' };
  return placeLabels(read, geometry, shape).objects;
}
