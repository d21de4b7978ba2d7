import type { RunSpec } from '../../shared/run/run-spec.ts';
import { compareText } from '../../shared/statistics/exemplars.ts';
import type { ShardStatistics } from '../../shared/statistics/shard-statistics.ts';
import { counted, duration } from '../words/wording.ts';
import { deviceWords } from './headlines.ts';
import { sortedByKey } from './sorted-by-key.ts';
import type { TimingSummary } from './summary-schema.ts';

/** Times and machines; everything else in a summary is the same whenever and wherever it is made. */
export interface RunTimings {
  /** Stage -> milliseconds, summed over all images. */
  readonly stagesMs: Readonly<Record<string, number>>;
  /** Wall time of the shards, summed. */
  readonly wallMs: number;
}

interface TimedRun {
  readonly spec: RunSpec;
  readonly statistics: ShardStatistics;
  readonly timings: RunTimings;
  readonly devices: Readonly<Record<string, number>>;
}

/** What the clock said of a run, in numbers and in one sentence. */
export function timingsOf({ spec, statistics, timings, devices }: TimedRun): TimingSummary {
  const explained = statistics.statuses.success ?? 0;
  const seconds = timings.wallMs / 1000;
  const names = Object.keys(devices).filter(isDevice).sort(compareText);
  const where = names.length === 1 ? ` on ${deviceWords(names[0] ?? '')}` : '';
  const { carried } = spec;
  const over = carried === undefined ? '' : `, results of ${carried.images} taken over,`;
  const spent = `${counted(explained, 'image')} explained${over} in ${duration(timings.wallMs)}${where}`;
  return {
    plannedAt: spec.plannedAt,
    stagesMs: sortedByKey(timings.stagesMs),
    wallMs: timings.wallMs,
    imagesPerSecond: seconds > 0 ? Number((explained / seconds).toPrecision(4)) : 0,
    devices: sortedByKey(devices),
    ...(explained > 0 && { headline: `${spent}.` }),
  };
}

/** A shard whose images were all taken over one by one ran no model. */
function isDevice(name: string): boolean {
  return name !== 'none';
}
