import { createHash } from 'node:crypto';
import type {
  LabelEntry,
  LabelRemark,
  LabelSpec,
  LabelStatus,
  NormalizedLabel,
} from '../../shared/run/labels/label.ts';
import { parseYoloLabels } from './yolo-labels.ts';

/** The labels of one image before the size of the image is known; class ids are the model's. */
export interface ReadLabels {
  readonly status: LabelStatus;
  readonly labels: readonly NormalizedLabel[];
  readonly remarks: readonly LabelRemark[];
  readonly digest?: string;
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
  const { file, labels, remarks = [] } = entry;
  if (file !== undefined) {
    return ofModel(fileLabels(await fetch(file), file.key, context), file.key, context);
  }
  if (labels === undefined) return unlisted(context);
  const status = labels.length === 0 ? 'background' : 'labeled';
  const digest = digestOf(Buffer.from(JSON.stringify(labels)));
  return ofModel({ status, labels, remarks, digest }, context.key, context);
}

/** With the model's class ids. */
function ofModel(read: ReadLabels, where: string, { spec }: LabelContext): ReadLabels {
  const { classes } = spec;
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
  if (spec.kind === 'yolo') return { status: 'background', labels: [], remarks: [] };
  const what =
    spec.kind === 'coco' ? 'the image is not in the COCO file' : 'the image is in no class folder';
  return { status: 'unusable', labels: [], remarks: [{ what, where: key }] };
}

function fileLabels(
  fetched: FetchedLabels,
  name: string,
  { spec, classNames, withKeypoints }: LabelContext,
): ReadLabels {
  if (fetched.status !== 'success') {
    const what = `a label file cannot be read: ${fetched.reason}`;
    return { status: 'unusable', labels: [], remarks: [{ what, where: name }] };
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
    return { status: 'unusable', labels: [], remarks: [remark], digest };
  }
  const { labels } = parsed;
  const remarks = parsed.remarks.map(({ what, line }) => ({ what, where: `${name}:${line}` }));
  const status = labels.length === 0 ? 'background' : 'labeled';
  return { status, labels, remarks, digest };
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
