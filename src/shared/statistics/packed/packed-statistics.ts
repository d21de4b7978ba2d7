import { z } from 'zod';
import { isCount, packedCountOf } from '../packed-integers.ts';
import {
  type ClassEvidenceStatistics,
  type ClassStatistics,
  type Distribution,
  type MapSum,
  shardStatisticsSchema,
} from '../shard-statistics.ts';
import { packedExemplarsSchema } from './packed-exemplars.ts';

/** `first`: the first bin; `bins`: for each bin its distance from the one before and its count, as `packIntegers` text. */
export interface PackedDistribution extends Omit<Distribution, 'bins'> {
  readonly first: number;
  readonly bins: string;
}

/** `sum` and `cells` as `packIntegers` text. */
export interface PackedMapSum extends Omit<MapSum, 'sum' | 'cells'> {
  readonly sum: string;
  readonly cells?: string | undefined;
}

type PackedNames = 'share' | 'area' | 'ceiling' | 'lift' | 'attainable';

export interface PackedEvidence
  extends Omit<ClassEvidenceStatistics, PackedNames | 'boxMap'>,
    Readonly<Record<PackedNames, PackedDistribution>> {
  readonly boxMap: PackedMapSum;
}

export interface PackedClass
  extends Omit<ClassStatistics, 'confidence' | 'boxArea' | 'boxMap' | 'evidence'> {
  readonly evidence?: PackedEvidence | undefined;
  readonly confidence: PackedDistribution;
  readonly boxArea: PackedDistribution;
  readonly boxMap: PackedMapSum;
}

/** `ShardStatistics` as markers of schema `done@3` have them: the long lists are text in JSON. What occurs hundreds of times is checked by the functions below and not by zod's own types. */
export const packedStatisticsSchema = shardStatisticsSchema.extend({
  classes: z.custom<Record<string, PackedClass>>(
    (value) => isRecordOf(value, isPackedClass) && Object.keys(value as object).every(isClassId),
  ),
  measures: z.custom<Record<string, PackedDistribution>>((value) =>
    isRecordOf(value, isPackedDistribution),
  ),
  flags: z.record(
    z.string(),
    z.object({ count: z.number().int().nonnegative(), exemplars: packedExemplarsSchema }),
  ),
  extremes: z.record(
    z.string(),
    z.object({ lowest: packedExemplarsSchema, highest: packedExemplarsSchema }),
  ),
  evenSample: packedExemplarsSchema,
  meanMaps: z.custom<Record<string, PackedMapSum>>((value) => isRecordOf(value, isPackedMapSum)),
});
export type PackedStatistics = z.infer<typeof packedStatisticsSchema>;

type Fields = Readonly<Record<string, unknown>>;

/** As `Detection.classId`, an INT32 that is not negative. */
function isClassId(text: string): boolean {
  return /^\d{1,10}$/.test(text) && Number(text) < 2 ** 31;
}

function isPackedClass(fields: Fields): boolean {
  const { objects, images, confidence, boxArea, boxMap, evidence } = fields;
  return (
    isCount(objects) &&
    isCount(images) &&
    isObject(confidence) &&
    isPackedDistribution(confidence) &&
    isObject(boxArea) &&
    isPackedDistribution(boxArea) &&
    isObject(boxMap) &&
    isPackedMapSum(boxMap) &&
    (evidence === undefined || (isObject(evidence) && isPackedEvidence(evidence)))
  );
}

const packedNames = ['share', 'area', 'ceiling', 'lift', 'attainable'] as const;

function isPackedEvidence(evidence: Fields): boolean {
  const { layers, others, boxMap } = evidence;
  return (
    packedNames.every((name) => {
      const one = evidence[name];
      return isObject(one) && isPackedDistribution(one);
    }) &&
    isObject(layers) &&
    Object.values(layers).every(isCount) &&
    isObject(others) &&
    isCount(others.images) &&
    isCount(others.sum) &&
    isObject(boxMap) &&
    isPackedMapSum(boxMap)
  );
}

function isPackedDistribution({ n, sum, min, max, first, bins }: Fields): boolean {
  return (
    isCount(n) &&
    Number.isSafeInteger(sum) &&
    Number.isFinite(min) &&
    Number.isFinite(max) &&
    Number.isSafeInteger(first) &&
    (packedCountOf(bins) ?? 1) % 2 === 0
  );
}

function isPackedMapSum({ n, height, width, sum, cells }: Fields): boolean {
  if (!isCount(n) || !isCount(height) || !isCount(width)) return false;
  const size = n === 0 ? 0 : height * width;
  if (height * width === 0 || packedCountOf(sum) !== size) return false;
  return cells === undefined || packedCountOf(cells) === size;
}

function isRecordOf(value: unknown, isOne: (fields: Fields) => boolean): boolean {
  return isObject(value) && Object.values(value).every((one) => isObject(one) && isOne(one));
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
