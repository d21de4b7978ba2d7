import { z } from 'zod';
import { EigenfleetError } from '../../shared/errors.ts';
import { RunLengths } from '../../shared/run/coco-rle.ts';
import type { CocoRle } from '../../shared/run/detection.ts';
import type { NormalizedLabel } from '../../shared/run/labels/label.ts';
import type { LabelRemark } from '../../shared/run/labels/sample-labels.ts';
import { runBounds } from '../../shared/run/run-bounds.ts';
import { boxAround } from './box-around.ts';

export interface CocoImage {
  readonly labels: readonly NormalizedLabel[];
  readonly remarks: readonly LabelRemark[];
  /** Width, height of the image, as the file says. */
  readonly size: readonly [number, number];
}

export interface CocoLabels {
  /** In the order of the category ids. */
  readonly classNames: readonly string[];
  /** By the path of an image: `file_name` is its end, or its name. */
  imageOf(key: string): CocoImage | undefined;
}

const id = z.union([z.number(), z.string()]);
const fileSchema = z.looseObject({
  images: z.array(
    z.looseObject({
      id,
      file_name: z.string().min(1),
      width: z.number().positive().max(runBounds.side),
      height: z.number().positive().max(runBounds.side),
    }),
  ),
  annotations: z.array(z.looseObject({ image_id: id })),
  categories: z.array(z.looseObject({ id: z.number().int(), name: z.string() })),
});
type File = z.infer<typeof fileSchema>;
type Image = File['images'][number];
type Annotation = File['annotations'][number];

/**
 * Reads COCO's `instances` or `person_keypoints`. What is wrong with one annotation costs that annotation and is a remark. As Ultralytics converts it,
 * boxes without area are left out, and an annotation that another one repeats counts once; unlike there, crowds are kept, marked as such.
 *
 * @param name The file's, for remarks.
 * @throws EigenfleetError `dataset` for what is not COCO.
 */
export function readCoco(content: unknown, name: string): CocoLabels {
  const parsed = fileSchema.safeParse(content);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new EigenfleetError(
      'dataset',
      `${name} is not a COCO file with images, annotations and categories (${issue?.path.join('.')}: ${issue?.message}). Check --labels.`,
    );
  }
  const { images, annotations, categories } = parsed.data;
  const sorted = [...categories].sort((a, b) => a.id - b.id);
  const classIds = new Map(sorted.map((category, index) => [category.id, index]));
  const byImage = groupBy(annotations, ({ image_id }) => String(image_id));
  const finder = new ImageFinder(images);
  return {
    classNames: sorted.map((category) => category.name),
    imageOf: (key) => {
      const image = finder.find(key);
      if (image === undefined) return undefined;
      return readImage(image, byImage.get(String(image.id)) ?? [], { classIds, name });
    },
  };
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string) {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

class ImageFinder {
  readonly #byPath: ReadonlyMap<string, Image>;
  /** Names that only one image has. */
  readonly #byName: ReadonlyMap<string, Image | undefined>;

  constructor(images: readonly Image[]) {
    this.#byPath = new Map(images.map((image) => [cleanPath(image.file_name), image]));
    const byName = groupBy(images, ({ file_name }) => lastPart(file_name));
    this.#byName = new Map(
      [...byName].map(([name, found]) => [name, found.length === 1 ? found[0] : undefined]),
    );
  }

  find(key: string): Image | undefined {
    const parts = key.split('/');
    for (let first = 0; first < parts.length; first++) {
      const image = this.#byPath.get(parts.slice(first).join('/'));
      if (image !== undefined) return image;
    }
    return this.#byName.get(parts.at(-1) ?? '');
  }
}

function cleanPath(path: string): string {
  return path.replaceAll('\\', '/').replace(/^(?:\.?\/)+/, '');
}

function lastPart(path: string): string {
  const clean = cleanPath(path);
  return clean.slice(clean.lastIndexOf('/') + 1);
}

interface Context {
  readonly classIds: ReadonlyMap<number, number>;
  readonly name: string;
}

function readImage(image: Image, annotations: readonly Annotation[], context: Context): CocoImage {
  const labels = new Map<string, NormalizedLabel>();
  const remarks: LabelRemark[] = [];
  for (const [index, annotation] of annotations.entries()) {
    const label = labelOf(annotation, image, context.classIds);
    if (typeof label === 'string') {
      const which =
        annotation.id === undefined ? `${image.file_name}, ${index + 1}` : annotation.id;
      remarks.push({ what: label, where: `${context.name}, annotation ${String(which)}` });
    } else labels.set(JSON.stringify(label), label);
  }
  return { labels: [...labels.values()], remarks, size: [image.width, image.height] };
}

const box = z.tuple([z.number(), z.number(), z.number(), z.number()]);

/** A string says what is wrong. */
function labelOf(
  annotation: Annotation,
  { width, height }: Image,
  classIds: ReadonlyMap<number, number>,
): NormalizedLabel | string {
  const classId = classIds.get(annotation.category_id as number);
  if (classId === undefined) return 'an annotation has a category that the file does not list';
  const size = { width, height };
  const shape = shapeOf(annotation.segmentation, size);
  const parsed = box.safeParse(annotation.bbox);
  const around = parsed.success
    ? normalizedBox(parsed.data, size)
    : shape.polygons && boxAround(shape.polygons.flat());
  if (around === undefined) return 'an annotation has neither a box nor an outline';
  const [left, top, right, bottom] = around;
  if (!(right > left && bottom > top)) return 'the box of an annotation has no area';
  if (isFarOutside([...around, ...(shape.polygons ?? []).flat()])) {
    return 'an annotation lies far outside of its image';
  }
  const keypoints = keypointsOf(annotation.keypoints, size);
  return {
    ...{ classId, box: around, ...shape },
    ...(keypoints && { keypoints }),
    ...(annotation.iscrowd === 1 || annotation.iscrowd === true ? { crowd: true as const } : {}),
  };
}

/** Nobody labels there, and numbers beyond the float range would follow. */
function isFarOutside(values: readonly number[]): boolean {
  return values.some((share) => !(Math.abs(share) < 1000));
}

interface Size {
  readonly width: number;
  readonly height: number;
}

function normalizedBox(
  [x, y, across, down]: z.infer<typeof box>,
  { width, height }: Size,
): NormalizedLabel['box'] {
  return [x / width, y / height, (x + across) / width, (y + down) / height];
}

type Shape = Pick<NormalizedLabel, 'polygons' | 'rle'>;

const rleSchema = z.object({
  size: z.tuple([z.number().int().positive(), z.number().int().positive()]),
  counts: z.union([z.string(), z.array(z.number().int().nonnegative())]),
});

function shapeOf(segmentation: unknown, size: Size): Shape {
  const { data } = rleSchema.safeParse(segmentation);
  if (data !== undefined) {
    const { counts } = data;
    // As Ultralytics: a mask of another size than its image is none.
    if (data.size[0] !== size.height || data.size[1] !== size.width) return {};
    const rle = typeof counts === 'string' ? { ...data, counts } : compressed(data.size, counts);
    return rle === undefined
      ? {}
      : { rle: { size: [rle.size[0], rle.size[1]], counts: rle.counts } };
  }
  if (!Array.isArray(segmentation)) return {};
  const polygons = segmentation.flatMap((part: unknown) => {
    const { data: points } = z.array(z.number()).min(6).safeParse(part);
    return points === undefined || points.length % 2 === 1 ? [] : [shares(points, 2, size)];
  });
  return polygons.length === 0 ? {} : { polygons };
}

/** Uncompressed counts of zeros and ones in turn; `undefined` where they do not fill the size. */
function compressed(
  [height, width]: readonly [number, number],
  counts: readonly number[],
): CocoRle | undefined {
  const runs = new RunLengths({ height, width });
  let position = 0;
  for (const [index, count] of counts.entries()) {
    if (index % 2 === 1) runs.add(0, position, position + count);
    position += count;
  }
  return position === height * width ? runs.encode() : undefined;
}

/** None where no keypoint is labeled. */
function keypointsOf(value: unknown, size: Size): number[] | undefined {
  const { data } = z.array(z.number()).min(3).safeParse(value);
  if (data === undefined || data.length % 3 !== 0) return undefined;
  return data.some((one, i) => i % 3 === 2 && one > 0) ? shares(data, 3, size) : undefined;
}

/** Coordinates as shares of width and height; `step` numbers a point. */
function shares(values: readonly number[], step: 2 | 3, { width, height }: Size): number[] {
  const parts = [width, height, 1];
  return values.map((value, i) => value / (parts[i % step] ?? 1));
}
