import type { ShardMarker } from '../../shared/results/marker/shard-marker.ts';
import { objectKeys } from '../../shared/run/object-keys.ts';
import { storeStatistics } from '../../shared/statistics/columns/store-statistics.ts';
import type { StoredStatistics } from '../../shared/statistics/columns/stored-statistics.ts';
import { StatisticsAccumulator } from '../../shared/statistics/statistics-accumulator.ts';

/** What the markers of some shards of a run add up to, as a value that can pass between threads. */
export interface MergedPart {
  readonly statistics: StoredStatistics;
  readonly stagesMs: Readonly<Record<string, number>>;
  readonly devices: Readonly<Record<string, number>>;
  readonly wallMs: number;
  readonly failing: readonly number[];
  readonly evaluated: readonly number[];
  readonly rowDigests: ReadonlyMap<number, string>;
}

/** What the markers of a run add up to. The order and grouping of adding do not affect the statistics. */
export class MergedRun {
  readonly statistics = new StatisticsAccumulator();
  readonly stagesMs: Record<string, number> = {};
  /** Device -> images. */
  readonly devices: Record<string, number> = {};
  wallMs = 0;
  /** Shards in which an image failed. */
  readonly failing: number[] = [];
  /** Shards whose workers evaluated them. */
  readonly evaluated: number[] = [];
  /** Shard -> SHA-256 of its file of rows. */
  readonly rowDigests = new Map<number, string>();

  add({ runId, shard, statistics, timingsMs, wallMs, device, files }: ShardMarker): void {
    const { images, statuses } = statistics;
    const failing = (statuses.success ?? 0) < images ? [shard] : [];
    const devices = { [device]: images };
    const own = objectKeys.evaluated(runId, shard);
    const evaluated = files.some(({ key }) => key === own) ? [shard] : [];
    const rows = files.find(({ key }) => key === objectKeys.shard(runId, shard));
    const rowDigests = new Map(rows && [[shard, rows.sha256]]);
    const lists = { failing, evaluated, rowDigests };
    this.addPart({ statistics, stagesMs: timingsMs, devices, wallMs, ...lists });
  }

  addPart({ statistics, stagesMs, devices, wallMs, ...lists }: MergedPart): void {
    this.statistics.merge(statistics);
    addTo(this.stagesMs, stagesMs, tenths);
    addTo(this.devices, devices);
    this.wallMs += wallMs;
    for (const shard of lists.failing) this.failing.push(shard);
    for (const shard of lists.evaluated) this.evaluated.push(shard);
    for (const [shard, sha256] of lists.rowDigests) this.rowDigests.set(shard, sha256);
  }

  toPart(): MergedPart {
    const { stagesMs, devices, wallMs, failing, evaluated, rowDigests } = this;
    const statistics = storeStatistics(this.statistics.build());
    return { statistics, stagesMs, devices, wallMs, failing, evaluated, rowDigests };
  }
}

type Sums = Record<string, number>;

function addTo(sums: Sums, terms: Readonly<Sums>, round = (value: number) => value): void {
  for (const [name, term] of Object.entries(terms)) sums[name] = round((sums[name] ?? 0) + term);
}

/** Markers give tenths of a millisecond. Rounding each sum to tenths again makes it independent of the order. */
function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
