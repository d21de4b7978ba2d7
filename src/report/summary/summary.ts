import { flagCatalog, flagNames } from '../../shared/catalog/flag-catalog.ts';
import { fusedColumns, parseColumn } from '../../shared/catalog/measure-column.ts';
import { modelNameOf } from '../../shared/run/places/model-name.ts';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import { setAsideReason } from '../../shared/run/set-aside.ts';
import { traitsOf } from '../../shared/run/task-traits.ts';
import { compareText } from '../../shared/statistics/exemplars.ts';
import { meanMapOf } from '../../shared/statistics/map-sum.ts';
import type {
  ClassStatistics,
  MapSum,
  ShardStatistics,
} from '../../shared/statistics/shard-statistics.ts';
import { describeDistribution, describeMeasure } from './distribution-summary.ts';
import { evidenceSummary } from './evidence-summary.ts';
import type { SummaryFacts } from './found-headlines.ts';
import { headlinesOf, titleOf } from './headlines.ts';
import { type RunTimings, timingsOf } from './run-timings.ts';
import { sortedByKey } from './sorted-by-key.ts';
import type {
  ClassSummary,
  FlagSummary,
  MeanMap,
  MeasureSummary,
  OutlierSummary,
  ReasonSummary,
  Summary,
} from './summary-schema.ts';
import { type UnreadableRows, unreadableSummary } from './unreadable-rows.ts';

export interface SummaryInput {
  readonly spec: RunSpec;
  /** Statistics of all shards, merged. */
  readonly statistics: ShardStatistics;
  readonly timings: RunTimings;
  /** The device that really ran the model -> images. */
  readonly devices: Readonly<Record<string, number>>;
  /** Shards given up, with the reason: their images are in none of the numbers. */
  readonly failedShards?: ReadonlyMap<number, string>;
  /** Stored rows that cannot be read: they are counted as their workers counted them, and are in no list. */
  readonly unreadable?: readonly UnreadableRows[];
  /** Which images differ from the others. */
  readonly outliers?: OutlierSummary | undefined;
  /** What is wrong with the run's manifest, as a sentence. */
  readonly manifestFault?: string | undefined;
}

/** Exemplars that a summary keeps of each ranking. */
const exemplars = 8;

/** Returns merged statistics in words and numbers: summary.json. Pure: the same input produces the same bytes. */
export function summarize(input: SummaryInput): Summary {
  const facts = factsOf(input);
  return {
    ...facts,
    title: titleOf(facts),
    headlines: headlinesOf(facts),
    timings: timingsOf(input),
  };
}

function factsOf(input: SummaryInput): SummaryFacts {
  const { spec, statistics, failedShards = new Map(), unreadable = [] } = input;
  const { manifestFault, outliers } = input;
  const setAside = statistics.reasons[setAsideReason]?.count ?? 0;
  const shardFailures = [...failedShards]
    .map(([shard, reason]) => ({ shard, reason }))
    .sort((a, b) => a.shard - b.shard);
  const remarks = reasonsOf(statistics).filter(({ status }) => status === 'success');
  const { model, dataset } = spec;
  const { name, source, images, digest } = dataset;
  return {
    schema: 'summary@2',
    runId: spec.runId,
    dataset: { name, source, images, digest },
    model: {
      name: modelNameOf(model.uri),
      sha256: model.sha256,
      task: model.task,
      inputHeight: model.inputHeight,
      inputWidth: model.inputWidth,
    },
    counts: countsOf(spec, statistics),
    failures: reasonsOf(statistics).filter(({ status }) => status !== 'success'),
    ...(remarks.length > 0 && { remarks }),
    failedShards: shardFailures.map(({ shard }) => shard),
    ...(shardFailures.length > 0 && { shardFailures }),
    ...(setAside > 0 && { setAside }),
    ...(manifestFault !== undefined && { manifestFault }),
    ...(unreadable.length > 0 && { unreadable: unreadableSummary(unreadable) }),
    flags: flagsOf(spec, statistics),
    ...(outliers !== undefined && { outliers }),
    classes: classesOf(spec, statistics),
    measures: measuresOf(statistics),
    heatByArea: statistics.energyByArea,
    meanMaps: meanMapsOf(spec, statistics),
    aspectRatio: medianAspectRatio(statistics),
    extremes: extremesOf(statistics),
  };
}

function countsOf({ model }: RunSpec, statistics: ShardStatistics): Summary['counts'] {
  const { objects, imagesWithObjects } = statistics;
  const explained = statistics.statuses.success ?? 0;
  const lift = statistics.measures[fusedColumns.boxLift];
  // Bin 0 is within rounding of an even spread (2^(1/64) = 1.01): neither more nor less.
  const above = (lift?.bins ?? []).filter(([bin]) => bin > 0);
  return {
    images: statistics.images,
    explained,
    failed: statistics.images - explained,
    flagged: statistics.flaggedImages,
    ...(traitsOf(model.task).answers && { objects, imagesWithObjects }),
    heatMeasured: lift?.n ?? 0,
    heatOnObjects: above.reduce((sum, [, count]) => sum + count, 0),
    statuses: sortedByKey(statistics.statuses),
  };
}

/** The most frequent first. */
function reasonsOf({ reasons }: ShardStatistics): ReasonSummary[] {
  return Object.entries(reasons)
    .map(([reason, { status, count, keys }]) => ({ reason, status, count, keys }))
    .sort((a, b) => b.count - a.count || compareText(a.reason, b.reason));
}

/** All flags that can be raised, the most frequent first: a zero is an answer too. */
function flagsOf(spec: RunSpec, statistics: ShardStatistics): FlagSummary[] {
  return flagNames
    .filter((flag) => spec.basis !== undefined || flagCatalog[flag].onBasis === undefined)
    .map((flag) => ({
      flag,
      count: statistics.flags[flag]?.count ?? 0,
      rule: flagCatalog[flag].words(spec.options.flags),
      meaning: flagCatalog[flag].meaning,
      exemplars: (statistics.flags[flag]?.exemplars ?? []).slice(0, exemplars),
    }))
    .sort((a, b) => b.count - a.count);
}

/** Every class that the model names or that was found, most objects first. */
function classesOf(spec: RunSpec, { classes }: ShardStatistics): ClassSummary[] {
  const ids = new Set([...spec.model.classNames.keys(), ...Object.keys(classes).map(Number)]);
  return [...ids]
    .map((classId) => classSummary(classId, spec.model.classNames[classId] ?? '', classes[classId]))
    .sort((a, b) => b.objects - a.objects || a.classId - b.classId);
}

function classSummary(
  classId: number,
  name: string,
  statistics: ClassStatistics | undefined,
): ClassSummary {
  if (statistics === undefined) return { classId, name, objects: 0, images: 0 };
  const confidence = describeDistribution(statistics.confidence, 'unit');
  const boxArea = describeDistribution(statistics.boxArea, 'unit');
  return {
    classId,
    name,
    objects: statistics.objects,
    images: statistics.images,
    ...(confidence && { confidence }),
    ...(boxArea && { boxArea }),
    ...(statistics.boxMap.n > 0 && { boxMap: meanMap(statistics.boxMap) }),
    ...evidenceOf(statistics),
  };
}

function evidenceOf({ evidence }: ClassStatistics): Pick<ClassSummary, 'evidence'> {
  const summary = evidence && evidenceSummary(evidence, meanMap);
  return summary === undefined ? {} : { evidence: summary };
}

function measuresOf({ measures }: ShardStatistics): Record<string, MeasureSummary> {
  return Object.fromEntries(
    Object.keys(measures)
      .sort(compareText)
      .flatMap((column) => {
        const kind = parseColumn(column)?.kind;
        const distribution = measures[column];
        const summary = kind && distribution && describeMeasure(distribution, kind);
        return summary === undefined ? [] : [[column, summary]];
      }),
  );
}

function meanMapsOf(
  { targetLayers }: RunSpec,
  { meanMaps }: ShardStatistics,
): Record<string, MeanMap> {
  const maps = ['fused', ...targetLayers.map(({ column }) => column)];
  return Object.fromEntries(
    maps.flatMap((map) => {
      const sum = meanMaps[map];
      return sum === undefined || sum.n === 0 ? [] : [[map, meanMap(sum)]];
    }),
  );
}

/** As pages and summary.json have it. */
export function meanMap(sum: MapSum): MeanMap {
  const { n, height, width } = sum;
  const thousandths = Array.from(meanMapOf(sum), (value) =>
    Number.isNaN(value) ? null : Math.round(value * 1000),
  );
  return { n, height, width, thousandths };
}

function medianAspectRatio({ aspectRatios }: ShardStatistics): number {
  const sorted = [...aspectRatios].sort((a, b) => a[0] - b[0]);
  const images = sorted.reduce((sum, [, count]) => sum + count, 0);
  let seen = 0;
  for (const [bin, count] of sorted) {
    seen += count;
    if (seen * 2 >= images) return Number((2 ** (bin / 16)).toPrecision(4));
  }
  return 1;
}

function extremesOf({ extremes }: ShardStatistics): Summary['extremes'] {
  return Object.fromEntries(
    Object.keys(extremes)
      .sort(compareText)
      .map((column) => [
        column,
        {
          lowest: (extremes[column]?.lowest ?? []).slice(0, exemplars),
          highest: (extremes[column]?.highest ?? []).slice(0, exemplars),
        },
      ]),
  );
}
