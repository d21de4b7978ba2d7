import { type ReadLabels, readLabels } from '../../evaluate/labels/read-labels.ts';
import { mostFileBytes } from '../../shared/host/regular-file.ts';
import { StorageUnavailableError } from '../../shared/host/storage-unavailable.ts';
import { safeText } from '../../shared/redaction/safe-text.ts';
import { putShardFile } from '../../shared/results/shard-files.ts';
import { objectKeys } from '../../shared/run/object-keys.ts';
import type { Sample } from '../../shared/run/sample.ts';
import type { SampleRow } from '../../shared/run/sample-row.ts';
import { setAsideReason } from '../../shared/run/set-aside.ts';
import { findsKeypoints } from '../../shared/run/task-traits.ts';
import { contradictionOf } from '../../shared/storage/contradiction.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import type { ExplainedSample } from '../explain/explainer.ts';
import type { OverlayAnswer } from '../explain/pixel-thread.ts';
import { type FetchedSample, fetchSample } from './fetch-sample.ts';
import { wantsOverlay } from './overlay-choice.ts';
import type { ShardResult } from './shard-result.ts';
import type { ShardPorts, ShardTask } from './shard-task.ts';
import { storableRow } from './storable-row.ts';

type Explained = Extract<ExplainedSample, { status: 'success' }>;
type DrawnOverlay = OverlayAnswer | { readonly status: 'not-wanted' };

/**
 * Approximate decoded pixels per byte of an image file: photographs as JPEG hold 8 to 12. A file that is denser than this is still bounded,
 * by the pixel limit and by the number of decoding threads.
 */
const decodedPerFileByte = 12;

/** Takes the samples of one shard, one at a time, from fetch to row. */
export class SampleWork {
  readonly #task: ShardTask;
  readonly #ports: ShardPorts;
  readonly #result: ShardResult;

  constructor(task: ShardTask, ports: ShardPorts, result: ShardResult) {
    this.#task = task;
    this.#ports = ports;
    this.#result = result;
  }

  /**
   * Explains the sample at `row` of the manifest part and adds it to the result. `alone`: nothing else is under way in this process
   * meanwhile, not even of another shard, so that a crash has one culprit.
   */
  async run(row: number, alone = false): Promise<void> {
    const sample = this.#task.samples[row];
    if (sample === undefined) throw new RangeError(`no sample ${row} in the shard`);
    const { budget, note, explainer } = this.#ports;
    if (note.quarantined.has(row)) {
      this.#add(failed(sample, row, 'failed_to_infer', setAsideReason));
      return;
    }
    const bytes = alone
      ? Number.MAX_SAFE_INTEGER
      : sample.sizeBytes * (1 + decodedPerFileByte) + explainer.sampleBytes;
    await budget.acquire(bytes);
    try {
      await note.begin(row);
      await this.#explain(sample, row);
      void note.end(row);
    } finally {
      budget.release(bytes);
    }
  }

  async #explain(sample: Sample, row: number): Promise<void> {
    const { explainer } = this.#ports;
    const { timer } = this.#result;
    const { images } = this.#ports;
    const fetched = await timer.time('fetch', () => this.#fetch(sample, images));
    if (fetched.status !== 'success') {
      this.#add(failed(sample, row, fetched.status, fetched.reason));
      return;
    }
    const labels = await timer.time('fetch', () => this.#readLabels(sample, row));
    const explained = await explainer.explain(fetched.bytes, timer, labels);
    if (explained.status !== 'success') {
      this.#add(failed(sample, row, explained.status, explained.reason));
      return;
    }
    const overlay = await this.#drawOverlay(row, fetched.bytes, explained);
    const remark = overlay.status === 'failed_to_draw' ? overlay.reason : undefined;
    const written = overlay.status === 'success';
    const stored = storableRow(succeeded(sample, row, explained, { written, remark }), explained);
    this.#add(stored, stored.status === 'success' ? explained : undefined);
  }

  /**
   * An image may have been deleted, but not run.json as well: where both are "not found" the storage refuses, and no image fails for that. The results' own store waits
   * while it contradicts itself, so a file that is absent is asked for once more behind it. Where images lie in another place, that place is asked whether it lists the file.
   */
  async #fetch(file: Sample, from: ObjectStore, mostBytes?: number): Promise<FetchedSample> {
    const { store, signal } = this.#ports;
    const fetched = await fetchSample(file, from, signal, mostBytes);
    if (!('absent' in fetched)) return fetched;
    const runKey = objectKeys.run(this.#task.spec.runId);
    if ((await store.get(runKey, signal)) !== undefined) {
      const again = await fetchSample(file, from, signal, mostBytes);
      const fault = 'absent' in again ? await contradictionOf(from, file.key) : undefined;
      if (fault !== undefined) throw fault;
      return again;
    }
    throw new StorageUnavailableError(
      `${store.uri} has no ${runKey} any longer, and ${from.uri} no ${file.key}: see whether the storage is the right one, and answers.`,
      { lasting: true },
    );
  }

  async #readLabels({ key }: Sample, row: number): Promise<ReadLabels | undefined> {
    const { labels: entries, spec } = this.#task;
    const { labels: store } = this.#ports;
    const entry = entries?.[row];
    if (entry === undefined || spec.labels === undefined) return undefined;
    const { classNames, task } = spec.model;
    const withKeypoints = findsKeypoints(task);
    const context = { spec: spec.labels, classNames, withKeypoints, key };
    return readLabels(entry, context, async (file) =>
      store === undefined
        ? {
            status: 'failed_to_fetch',
            reason: 'the worker may not read its folder: see --allow-in',
          }
        : this.#fetch(file, store, mostFileBytes.labels),
    );
  }

  #add(row: SampleRow, explained?: Explained): void {
    this.#result.add(row, explained);
    this.#ports.onSample(row);
  }

  #wantsOverlay(row: number, { flags }: Explained): boolean {
    const { spec, shard } = this.#task;
    const globalIndex = shard * spec.options.shardSize + row;
    const total = spec.dataset.images;
    return wantsOverlay(spec.options.overlays, { globalIndex, total, flags });
  }

  /** Draws and writes the overlay if requested. A picture that cannot be drawn costs nothing else. */
  async #drawOverlay(row: number, bytes: Uint8Array, explained: Explained): Promise<DrawnOverlay> {
    if (!this.#wantsOverlay(row, explained)) return { status: 'not-wanted' };
    const { spec, shard } = this.#task;
    const drawn = await this.#ports.explainer.overlay(bytes, explained, this.#result.timer);
    if (drawn.status !== 'success') return drawn;
    const key = objectKeys.overlay(spec.runId, shard, row);
    this.#result.addFile(await putShardFile(this.#ports.store, key, drawn.jpeg));
    return drawn;
  }
}

function failed(
  sample: Sample,
  row: number,
  status: Exclude<SampleRow['status'], 'success'>,
  reason: string,
): SampleRow {
  return {
    ...{ ...sample, row, status, reason: safeText(reason) },
    ...{ detections: [], classScores: [], measures: {}, flags: [], mapScale: {}, overlay: false },
  };
}

interface OverlayRemark {
  readonly written: boolean;
  /** Why a requested overlay is missing. */
  readonly remark: string | undefined;
}

function succeeded(
  sample: Sample,
  row: number,
  explained: Explained,
  { written: overlay, remark }: OverlayRemark,
): SampleRow {
  const { geometry, detections, classScores, measures, flags, layers } = explained;
  const { labels, evidence, packedBoxMaps } = explained;
  const mapScale = Object.fromEntries(layers.map(({ column, scale }) => [column, scale]));
  const remarks = [degenerateRemark(explained), remark && `no overlay: ${remark}`].filter(Boolean);
  const reason = remarks.length === 0 ? {} : { reason: remarks.join('; ') };
  const found = { geometry, detections, classScores, measures, flags, mapScale, overlay };
  const figures = evidence?.map(({ map, ...rest }) => rest);
  return {
    ...{ ...sample, row, status: 'success', ...reason, ...found },
    ...(labels && { labels }),
    ...(figures && { evidence: figures }),
    ...(packedBoxMaps && { boxMaps: packedBoxMaps.maps }),
  };
}

/** Which maps are degenerate, and why: those of one reason together; `undefined` when all show something. */
function degenerateRemark({ layers, fused }: Explained): string | undefined {
  const namesOf = new Map<string, string[]>();
  const together = layers.every(({ degenerateReason }) => degenerateReason !== undefined)
    ? []
    : [{ ...fused, name: 'all layers fused' }];
  for (const { name, degenerateReason: reason } of [...layers, ...together]) {
    if (reason !== undefined) namesOf.set(reason, [...(namesOf.get(reason) ?? []), name]);
  }
  if (namesOf.size === 0) return undefined;
  const words = [...namesOf].map(([reason, names]) => `${names.join(', ')}: ${reason}`);
  return `degenerate map of ${words.join('; of ')}`;
}
