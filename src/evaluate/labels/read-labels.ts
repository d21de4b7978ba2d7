import { createHash } from 'node:crypto';
import type { LabelEntry, LabelSpec, NormalizedLabel } from '../../shared/run/labels/label.ts';
import type { LabelRemark, LabelStatus } from '../../shared/run/labels/sample-labels.ts';
import { parseYoloLabels } from './yolo-labels.ts';

/** The labels of one image before the size of the image is known; class ids are the model's. */
export interface ReadLabels {
  readonly status: LabelStatus;
  readonly labels: readonly NormalizedLabel[];
  readonly remarks: readonly LabelRemark[];
  readonly digest?: string;
  /** Width, height of the image that they are for, where they say so. */
  readonly stated?: readonly [number, number];
  /** Their file, or the image: what remarks name. */
  readonly where: string;
}

/** The bytes of a label file, or why there are none. */
export type FetchedLabels =
  | { readonly status: 'success'; readonly bytes: Uint8Array }
  | { readonly status: 'failed_to_fetch'; readonly reason: string };

export interface LabelContext {
  readonly spec: LabelSpec;
  /** By class id. */
  readonly classNames: readonly string[];
  /** The model finds keypoints. */
  readonly withKeypoints: boolean;
  /** Of the image, for remarks. */
  readonly key: string;
}

/** Reads the labels of one image: its file, or what the list of labels says of it. Labels of classes that the model lacks are left out, with a remark. */
export async function readLabels(
  entry: LabelEntry,
  context: LabelContext,
  fetch: (file: NonNullable<LabelEntry['file']>) => Promise<FetchedLabels>,
): Promise<ReadLabels> {
  const { file, size, labels, remarks = [] } = entry;
  if (file !== undefined) {
    return ofModel(fileLabels(await fetch(file), file.key, context), context);
  }
  if (labels === undefined) return unlisted(context);
  const status = labels.length === 0 ? 'background' : 'labeled';
  const digest = digestOf(Buffer.from(JSON.stringify(labels)));
  const where = context.key;
  return ofModel(
    { status, labels, remarks, digest, where, ...(size && { stated: size }) },
    context,
  );
}

/** With the model's class ids. */
function ofModel(read: ReadLabels, { spec }: LabelContext): ReadLabels {
  const { classes } = spec;
  const { where } = read;
  if (classes === undefined) return read;
  const foreign = new Set<string>();
  const labels = read.labels.flatMap((label) => {
    const { name, classId } = classes[label.classId] ?? { name: '?', classId: null };
    if (classId === null) foreign.add(name);
    return classId === null ? [] : [{ ...label, classId }];
  });
  const lacking = [...foreign].map((name) => ({ what: `the model has no class "${name}"`, where }));
  // An image of which nothing is left is not known to be background.
  const status = foreign.size > 0 && labels.length === 0 ? 'unusable' : read.status;
  return { ...read, status, labels, remarks: [...read.remarks, ...lacking] };
}

/** Without a label file an image is background; what stands in no class folder, or not in the COCO file, is not labeled at all. */
function unlisted({ spec, key }: LabelContext): ReadLabels {
  const where = key;
  if (spec.kind === 'yolo') return { status: 'background', labels: [], remarks: [], where };
  const what =
    spec.kind === 'coco' ? 'the image is not in the COCO file' : 'the image is in no class folder';
  return { status: 'unusable', labels: [], remarks: [{ what, where }], where };
}

function fileLabels(
  fetched: FetchedLabels,
  name: string,
  { spec, classNames, withKeypoints }: LabelContext,
): ReadLabels {
  if (fetched.status !== 'success') {
    const remark = { what: 'a label file cannot be read', where: `${name}: ${fetched.reason}` };
    return { status: 'unusable', labels: [], remarks: [remark], where: name };
  }
  const { bytes } = fetched;
  const count = spec.classes?.length ?? classNames.length;
  const parsed = parseYoloLabels(bytes, {
    classCount: count === 0 ? undefined : count,
    keypointShape: spec.keypointShape,
    withKeypoints,
  });
  const digest = digestOf(bytes);
  if (parsed.status === 'unusable') {
    const { what, line } = parsed;
    const where = line === undefined ? name : `${name}:${line}`;
    const remark = { what: `labels are not used: ${what}`, where };
    return { status: 'unusable', labels: [], remarks: [remark], digest, where: name };
  }
  const { labels } = parsed;
  const remarks = parsed.remarks.map(({ what, line }) => ({ what, where: `${name}:${line}` }));
  const status = labels.length === 0 ? 'background' : 'labeled';
  return { status, labels, remarks, digest, where: name };
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
