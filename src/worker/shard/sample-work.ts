import { safeText } from '../../shared/redaction/safe-text.ts';
import { putShardFile } from '../../shared/results/shard-files.ts';
import { objectKeys } from '../../shared/run/object-keys.ts';
import type { Sample } from '../../shared/run/sample.ts';
import type { SampleRow } from '../../shared/run/sample-row.ts';
import { setAsideReason } from '../../shared/run/set-aside.ts';
import type { ExplainedSample } from '../explain/explainer.ts';
import type { OverlayAnswer } from '../explain/pixel-work.ts';
import { wantsOverlayOf } from './overlay-choice.ts';
import { fetchFile, readLabelsOf } from './sample-files.ts';
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
    const fetched = await timer.time('fetch', () =>
      fetchFile(sample, images, { ...this.#ports, runId: this.#task.spec.runId }),
    );
    if (fetched.status !== 'success') {
      this.#add(failed(sample, row, fetched.status, fetched.reason));
      return;
    }
    const labels = await timer.time('fetch', () =>
      readLabelsOf(this.#task, this.#ports, sample, row),
    );
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

  #add(row: SampleRow, explained?: Explained): void {
    this.#result.add(row, explained);
    this.#ports.onSample(row);
  }

  /** Draws and writes the overlay if requested. A picture that cannot be drawn costs nothing else. */
  async #drawOverlay(row: number, bytes: Uint8Array, explained: Explained): Promise<DrawnOverlay> {
    const { spec, shard } = this.#task;
    const { key: image } = this.#task.samples[row] ?? { key: '' };
    if (!wantsOverlayOf(spec, shard, { row, key: image, flags: explained.flags })) {
      return { status: 'not-wanted' };
    }
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
