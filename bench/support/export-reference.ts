import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What Ultralytics' `predict` found in one image, in its pixels. Rows end in score and class. */
export interface ReferenceImage {
  readonly image: string;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** x1, y1, x2, y2, score, class. */
  readonly boxes?: readonly (readonly number[])[];
  /** Center x, center y, width, height, angle, score, class. */
  readonly obb?: readonly (readonly number[])[];
  /** [objects, points, 2 or 3]. */
  readonly keypoints?: readonly (readonly (readonly number[])[])[];
  /** Outlines of the first objects: points of x, y. */
  readonly maskPolygons?: readonly (readonly (readonly number[])[])[];
  /** By class. */
  readonly probs?: readonly number[];
}

export interface ReferencePredict {
  readonly conf: number;
  readonly iou: number;
  readonly max_det: number;
  /** Height, width of the input that the images were laid into. */
  readonly imgsz: readonly [number, number];
  readonly results: readonly ReferenceImage[];
}

/** The `NAME.json` beside a `NAME.onnx`. */
export interface ExportReference {
  readonly file: string;
  readonly task: string;
  /** Such as `v8-p2`. */
  readonly family?: string;
  /** Such as `dynamic, not simplified`. */
  readonly kind?: string;
  /** The key of its maps in `pc1.npz`. */
  readonly maps?: string;
  /** Decides the tolerances. */
  readonly precision?: Precision;
  readonly input?: { readonly shape: readonly (number | string)[] };
  readonly predict?: ReferencePredict;
  /** Of a dynamic export: images at their own size, padded to the stride. */
  readonly predictRect?: ReferencePredict;
}

export type Precision = 'float' | 'fp16' | 'quantized';

/** Every export of a folder that has a reference, in the order of their names. */
export function readReferences(folder: string): ExportReference[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as ExportReference);
}
