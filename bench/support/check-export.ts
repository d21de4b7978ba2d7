import { join } from 'node:path';
import { type OpenModel, openModel } from '../../src/index.ts';
import type { NpyArray } from '../../test/support/npz.ts';
import { compareDetections, type DetectionComparison, noDetections } from './compare-detections.ts';
import { mapsDistance } from './compare-maps.ts';
import type {
  ExportReference,
  Precision,
  ReferenceImage,
  ReferencePredict,
} from './export-reference.ts';

/** What eigenfleet made of one export. */
export interface ExportCheck {
  readonly file: string;
  readonly task: string;
  readonly family: string;
  readonly kind: string;
  /** `refused`: in one sentence, before or at the first image. */
  readonly status: 'right' | 'wrong' | 'refused';
  /** The figures; what is wrong; the sentence of the refusal. */
  readonly words: string;
}

interface Sources {
  /** With the exports and their references. */
  readonly folder: string;
  /** With the images that the references name. */
  readonly images: string;
  /** `pc1.npz`. */
  readonly maps: ReadonlyMap<string, NpyArray>;
}

const scoreTolerance = { float: 0.01, fp16: 0.02, quantized: 0.02 };
/** In 100 objects: what stands at the threshold of suppression, or of a choice of queries, falls to one side or the other. */
const differingShare = 1;
const sameObject = 0.98;
/** Radians. */
const angleTolerance = 0.02;
const mapTolerance = { float: 1e-5, fp16: 1e-5, quantized: 2e-3 };

/** Runs one export on the images of its reference, and compares. */
export async function checkExport(
  reference: ExportReference,
  sources: Sources,
): Promise<ExportCheck> {
  const { file, task, family = file.replace(/\.onnx$/, ''), kind = 'as handed' } = reference;
  const facts = { file, task, family, kind };
  const { conf = 0.05, iou = 0.7, max_det: maxDet = 300 } = reference.predict ?? {};
  let model: OpenModel | undefined;
  try {
    const quiet = { note: () => {}, warn: () => {} };
    const options = { conf, iou, maxDet, ...squareOnly(reference), ...quiet, device: 'cpu' };
    const detections = task === 'none' ? ({ task, device: 'cpu', ...quiet } as const) : options;
    model = await openModel(join(sources.folder, file), detections);
    return { ...facts, ...(await compared(model, reference, sources)) };
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return { ...facts, status: 'refused', words };
  } finally {
    await model?.close();
  }
}

async function compared(
  model: OpenModel,
  reference: ExportReference,
  sources: Sources,
): Promise<Pick<ExportCheck, 'status' | 'words'>> {
  const { precision = 'float', predict } = reference;
  const found = noDetections();
  let probability = 0;
  let maps: number | undefined;
  for (const { image } of predict?.results ?? []) {
    const explained = await model.explain(join(sources.images, image));
    if (explained.status !== 'success') {
      return { status: 'refused', words: `${image}: ${explained.reason}` };
    }
    const { inputHeight, inputWidth } = explained.geometry;
    const [height, width] = predict!.imgsz;
    const isSquare = reference.task === 'none' || (height === inputHeight && width === inputWidth);
    const answer = isSquare ? predict : reference.predictRect;
    const expected = answer?.results.find((result) => result.image === image);
    if (answer === undefined || expected === undefined) {
      return { status: 'wrong', words: `ran at ${inputHeight} x ${inputWidth}` };
    }
    const tolerance = scoreTolerance[precision];
    for (const { classId, score } of explained.classScores) {
      probability = Math.max(probability, Math.abs(score - (expected.probs?.[classId] ?? 0)));
    }
    const limits = {
      confidence: lowestScore(answer, expected),
      scoreTolerance: tolerance,
      sameObject,
      sameCorner: precision === 'fp16' ? halfStep(answer, expected) : 0,
    };
    compareDetections(found, explained.detections, expected, limits);
    const key = `${reference.maps}${isSquare ? '' : '@rect'}/${image}`;
    const away = mapsDistance(explained.layers, sources.maps, key);
    if (away !== undefined) maps = Math.max(maps ?? 0, away);
  }
  return verdict({ found, probability, maps, precision, predict });
}

/** Where a dynamic export was tried on whole squares only. */
function squareOnly({ input, predictRect }: ExportReference): { readonly rect?: false } {
  const isDynamic = typeof input?.shape[2] === 'string';
  return isDynamic && predictRect === undefined ? { rect: false } : {};
}

/** Where as many objects as allowed were found, the last one's score decides which. */
function lowestScore({ conf, max_det: limit }: ReferencePredict, image: ReferenceImage): number {
  const scores = (image.obb ?? image.boxes ?? []).map((row) => row.at(-2)!);
  return scores.length < limit ? conf : Math.min(...scores);
}

/** What one step of a float16 coordinate within the input is in the image, in its pixels. */
function halfStep({ imgsz }: ReferencePredict, { width, height }: ReferenceImage): number {
  const side = Math.max(...imgsz);
  const step = 2 ** (Math.floor(Math.log2(side - 1)) - 10);
  return (step * Math.max(width, height)) / side + 0.001;
}

interface Figures {
  readonly found: DetectionComparison;
  /** Of a classifier: the largest difference. */
  readonly probability: number;
  /** The largest 1 - |r|. */
  readonly maps: number | undefined;
  readonly precision: Precision;
  readonly predict: ReferencePredict | undefined;
}

/** In the tolerances of docs/models.md. */
function verdict({ found, probability, maps, precision, predict }: Figures) {
  const { objects, differing, overlap, score, keypointPixels, angle, maskOverlap } = found;
  const allowed = Math.max(1, Math.floor((objects * differingShare) / 100));
  const limit = scoreTolerance[precision];
  const faults = [
    ...(predict === undefined ? ['nothing to compare with'] : []),
    ...(differing > allowed ? [`${differing} of ${objects} objects differ`] : []),
    ...(score > limit ? [`score off by ${score.toFixed(3)}`] : []),
    ...(keypointPixels > 1 ? [`keypoints off by ${keypointPixels.toFixed(1)} px`] : []),
    ...(angle <= angleTolerance ? [] : [`angle off by ${angle.toFixed(3)}`]),
    ...(maskOverlap < 0.97 ? [`mask IoU ${maskOverlap.toFixed(3)}`] : []),
    ...(probability > limit ? [`probability off by ${probability.toFixed(3)}`] : []),
    ...((maps ?? 0) > mapTolerance[precision] ? [`maps: 1 - |r| = ${maps!.toExponential(1)}`] : []),
  ];
  if (faults.length > 0) return { status: 'wrong' as const, words: faults.join(', ') };
  const mapWords =
    maps === undefined ? 'no maps to compare' : `1 - |r| <= ${maps.toExponential(0)}`;
  const words = `${objects} objects, ${differing} differ, IoU >= ${overlap.toFixed(3)}, ${mapWords}`;
  return { status: 'right' as const, words };
}
