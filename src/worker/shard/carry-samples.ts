import { setImmediate } from 'node:timers/promises';
import { placeLabels } from '../../evaluate/labels/place-labels.ts';
import { detectionRegions } from '../../evaluate/trust/detection-regions.ts';
import { mapColumn } from '../../shared/catalog/measure-column.ts';
import { putShardFile } from '../../shared/results/shard-files.ts';
import { unpackedEvidence } from '../../shared/results/stored-evidence.ts';
import { candidateRules } from '../../shared/run/candidates.ts';
import type { CarriedPlace } from '../../shared/run/carry/carry-plan.ts';
import { countedObjects, type SampleLabels } from '../../shared/run/labels/sample-labels.ts';
import { objectKeys } from '../../shared/run/object-keys.ts';
import type { SampleRow } from '../../shared/run/sample-row.ts';
import { traitsOf } from '../../shared/run/task-traits.ts';
import { labelRegionsOf } from '../explain/interpret-labels.ts';
import { keepsSameClasses } from '../explain/kept-classes.ts';
import { sampleFrames } from '../explain/sample-frames.ts';
import { storedMaps } from '../explain/stored-maps.ts';
import { withLabelMeasures } from '../measures/measures.ts';
import { type EarlierImage, EarlierShard } from './earlier-shard.ts';
import { wantsOverlayOf } from './overlay-choice.ts';
import { readLabelsOf } from './sample-files.ts';
import type { ShardResult } from './shard-result.ts';
import type { CarriedShard, ShardPorts, ShardTask } from './shard-task.ts';

export type CarryPorts = Pick<ShardPorts, 'store' | 'labels' | 'signal' | 'onSample'>;

/** Earlier shards in memory: those of two neighbors. */
const mostHeld = 2;

/** Takes the results of single images over from an earlier run, without their files and without an inference. */
export class CarrySamples {
  readonly #task: ShardTask;
  readonly #carried: CarriedShard;
  readonly #ports: CarryPorts;
  readonly #result: ShardResult;
  readonly #held = new Map<number, Promise<EarlierShard | undefined>>();

  constructor(task: ShardTask, carried: CarriedShard, ports: CarryPorts, result: ShardResult) {
    this.#task = task;
    this.#carried = carried;
    this.#ports = ports;
    this.#result = result;
  }

  /** Adds what can be taken over to the result, and returns its rows; the others must be explained. */
  async run(): Promise<Set<number>> {
    const done = new Set<number>();
    for (const [row, place] of this.#carried.places.entries()) {
      if (this.#ports.signal.aborted) break;
      if (place !== null && (await this.#take(row, place))) done.add(row);
      await setImmediate();
    }
    return done;
  }

  async #take(row: number, place: NonNullable<CarriedPlace>): Promise<boolean> {
    const image = await this.#imageAt(place);
    const sample = this.#task.samples[row];
    if (image === undefined || sample === undefined) return false;
    const { key, sizeBytes, etag, status } = image.row;
    const isSame = key === sample.key && sizeBytes === sample.sizeBytes && etag === sample.etag;
    // What could not be fetched may be there by now.
    if (!isSame || status === 'failed_to_fetch') return false;
    const moved = { ...image.row, row };
    if (status !== 'success') {
      this.#add(moved);
      return true;
    }
    const maps = this.#mapsOf(image);
    const labeled = await this.#withLabels(moved, maps, place);
    const drawn = labeled && (await this.#withOverlay(labeled, place));
    if (drawn === undefined) return false;
    const { geometry } = image.row;
    const frames = geometry && sampleFrames(maps, geometry, this.#covering(image.row));
    if (frames === undefined) return false;
    this.#add(drawn, { ...image, frames });
    return true;
  }

  #add(row: SampleRow, explained?: Parameters<ShardResult['add']>[1]): void {
    this.#result.add(row, explained);
    this.#ports.onSample(row);
  }

  async #imageAt({ shard, row }: NonNullable<CarriedPlace>): Promise<EarlierImage | undefined> {
    const known = this.#held.get(shard);
    const read = known ?? EarlierShard.read(this.#ports.store, this.#carried.from, shard);
    this.#held.set(shard, read);
    for (const held of [...this.#held.keys()].slice(0, -mostHeld)) this.#held.delete(held);
    return (await read)?.image(row);
  }

  #mapsOf({ row, layers, packedEvidence }: EarlierImage) {
    const { targetLayers, options } = this.#task.spec;
    const { geometry, measures, evidence } = row;
    if (geometry === undefined) throw new RangeError(`${row.key} has no size`);
    const stored = {
      layers: layers.map((layer, index) => {
        const { column = '' } = targetLayers[index] ?? {};
        const explainedVariance = [measures[mapColumn('explainedVariance', column)] ?? 0];
        return { ...layer, column, explainedVariance };
      }),
      evidence: evidence && unpackedEvidence(evidence, packedEvidence ?? []),
    };
    return storedMaps(stored, geometry, options);
  }

  /** Masks come back from their run lengths. */
  #covering({ detections, geometry }: SampleRow): SampleRow['detections'] {
    const { shape } = traitsOf(this.#task.spec.model.task);
    if (geometry === undefined || shape !== 'mask') return detections;
    const regions = detectionRegions(detections, geometry, shape);
    return detections.map((one, index) => {
      const input = regions[index]?.mask?.input;
      return one.mask && input ? { ...one, mask: { ...one.mask, input } } : one;
    });
  }

  /** The row beside the labels as they are now; `undefined` where a full run would keep other evidence or candidates for them. */
  async #withLabels(
    row: SampleRow,
    maps: ReturnType<typeof storedMaps>,
    { relabeled }: NonNullable<CarriedPlace>,
  ): Promise<SampleRow | undefined> {
    const { labels: before, ...bare } = row;
    if (!relabeled && before?.status !== 'unusable') return row;
    const { spec, samples } = this.#task;
    const { geometry } = row;
    const sample = samples[row.row];
    if (geometry === undefined || sample === undefined) return undefined;
    const read = await readLabelsOf(this.#task, this.#ports, sample, row.row);
    const { task } = spec.model;
    const labels = read && placeLabels(read, geometry, traitsOf(task).shape);
    const most = candidateRules.maxDetections;
    if (isOver(before, most) || isOver(labels, most)) return undefined;
    if (!keepsSameClasses(spec.options, row, labels)) return undefined;
    const regions = labels && labelRegionsOf(labels, geometry, task);
    const measures = withLabelMeasures(row.measures, { ...maps, geometry }, regions);
    return { ...bare, ...(labels && { labels }), measures };
  }

  /** The row with its picture, or without where none is wanted any longer; `undefined` where one must be drawn. */
  async #withOverlay(
    row: SampleRow,
    place: NonNullable<CarriedPlace>,
  ): Promise<SampleRow | undefined> {
    const { spec, shard } = this.#task;
    const { store } = this.#ports;
    const isWanted = wantsOverlayOf(spec, shard, row);
    const couldNot = row.reason?.includes(noOverlay) === true;
    if (!isWanted) return couldNot ? undefined : { ...row, overlay: false };
    if (!row.overlay) return couldNot ? row : undefined;
    const picture = objectKeys.overlay(this.#carried.from.runId, place.shard, place.row);
    const bytes = await store.get(picture);
    if (bytes === undefined) return undefined;
    const key = objectKeys.overlay(spec.runId, shard, row.row);
    this.#result.addFile(await putShardFile(store, key, bytes));
    return row;
  }
}

/** How the reason of an image begins whose picture could not be drawn. */
const noOverlay = 'no overlay: ';

function isOver(labels: SampleLabels | undefined, most: number): boolean {
  return labels !== undefined && countedObjects(labels).length > most;
}
