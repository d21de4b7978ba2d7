import { flagValue } from '../../shared/catalog/flag-catalog.ts';
import { fusedColumns, isOfImage, sampleColumns } from '../../shared/catalog/measure-column.ts';
import { rememberedByName } from '../../shared/host/remembered.ts';
import { safeText } from '../../shared/redaction/safe-text.ts';
import type { Detection } from '../../shared/run/detection.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import type { SampleRow } from '../../shared/run/sample-row.ts';
import { keyHash } from '../../shared/statistics/exemplars.ts';
import { noLevel } from '../../shared/statistics/map-sum.ts';
import { OtherImagesAccumulator } from '../../shared/statistics/other-images.ts';
import type { ShardStatistics } from '../../shared/statistics/shard-statistics.ts';
import { StatisticsAccumulator } from '../../shared/statistics/statistics-accumulator.ts';
import {
  boxLevels,
  type SampleFrames,
  type SampleMaps,
  sampleFrames,
} from '../explain/sample-frames.ts';
import { objectArea } from '../measures/object-area.ts';
import { reasonWithoutName } from './reason-without-name.ts';

/**
 * The statistics of one shard, row by row. Values are turned into integers here, before anything is summed, so how rows are spread
 * over shards does not change the merged statistics.
 */
export class ShardStatisticsBuilder {
  readonly #shard: number;
  readonly #statistics = new StatisticsAccumulator();
  /** By class id. */
  readonly #others = new Map<string, OtherImagesAccumulator>();

  constructor(shard: number) {
    this.#shard = shard;
  }

  /** `maps` of a successful row; without them only the mean maps and the box maps stay unchanged. */
  add(row: SampleRow, maps?: SampleMaps): void {
    const { geometry, detections } = row;
    const frames = maps && geometry && sampleFrames(maps, geometry, detections);
    this.addFramed(row, frames);
  }

  /** The same from the frames of `sampleFrames`, so that another thread can resample. */
  addFramed(row: SampleRow, frames: SampleFrames | undefined): void {
    const statistics = this.#statistics;
    statistics.images += 1;
    statistics.statuses.add(row.status);
    this.#addReason(row);
    if (row.status !== 'success') return;
    this.#addMeasures(row);
    this.#addFlags(row);
    this.#addObjects(row);
    this.#addEvidence(row);
    statistics.evenSample.add(this.#exemplar(row, keyHash(row.key)));
    const { geometry } = row;
    if (geometry === undefined) return;
    const ratio = Math.log2(geometry.width / geometry.height);
    statistics.addAspectRatio(Math.round(ratio * 16) + 0, 1);
    this.#addBoxAreas(row.detections, geometry);
    if (frames !== undefined) this.#addFrames(frames, row.detections);
  }

  /** Ends the shard: nothing is added afterwards. */
  build(): ShardStatistics {
    for (const [classId, others] of this.#others) {
      this.#statistics.classOf(classId).evidence.addOthers(others.build());
    }
    this.#others.clear();
    return this.#statistics.build();
  }

  /** Why the row failed, or the remark on an explained one. */
  #addReason({ status, key, reason, labels }: SampleRow): void {
    for (const { what, where } of labels?.remarks ?? []) {
      this.#statistics.reasons.add(safeText(what), { status, count: 1, keys: [safeText(where)] });
    }
    if (status === 'success' && reason === undefined) return;
    const nameless = reasonWithoutName(reason ?? 'No reason given.', key);
    this.#statistics.reasons.add(nameless, { status, count: 1, keys: [key] });
  }

  #addMeasures(row: SampleRow): void {
    const { measures } = row;
    for (const [column, value] of Object.entries(measures)) {
      if (!Number.isFinite(value)) continue;
      this.#statistics.measureOf(column).add(value);
      if (!isRanked(column)) continue;
      const { lowest, highest } = this.#statistics.extremesOf(column);
      const exemplar = this.#exemplar(row, value);
      lowest.add(exemplar);
      highest.add(exemplar);
    }
    const area = measures[sampleColumns.boxArea];
    const energy = measures[fusedColumns.energyInBoxes];
    if (area === undefined || energy === undefined) return;
    const cell = twentieth(area) * 20 + twentieth(energy);
    const { energyByArea } = this.#statistics;
    energyByArea[cell] = (energyByArea[cell] ?? 0) + 1;
  }

  #addFlags(row: SampleRow): void {
    if (row.flags.length > 0) this.#statistics.flaggedImages += 1;
    for (const name of row.flags) {
      const flag = this.#statistics.flagOf(name);
      flag.count += 1;
      // Without a degree the hash of the key ranks: an even choice instead of the first folder.
      const value = flagValue(name, row.measures) ?? keyHash(row.key);
      flag.ranking.add(this.#exemplar(row, value));
    }
  }

  #addObjects({ detections, classScores }: SampleRow): void {
    const objects = classScores.length > 0 ? classScores.slice(0, 1) : detections;
    this.#statistics.objects += objects.length;
    if (objects.length > 0) this.#statistics.imagesWithObjects += 1;
    for (const { classId, score } of objects) {
      const one = this.#statistics.classOf(String(classId));
      one.objects += 1;
      one.confidence.add(score);
    }
    for (const classId of new Set(objects.map((object) => object.classId))) {
      this.#statistics.classOf(String(classId)).images += 1;
    }
  }

  #addEvidence({ evidence = [] }: SampleRow): void {
    for (const { classId, layer, inObjects } of evidence) {
      if (inObjects === undefined) continue;
      this.#statistics.classOf(String(classId)).evidence.add(layer, inObjects);
    }
  }

  #addBoxAreas(detections: readonly Detection[], image: LetterboxGeometry): void {
    const pixels = image.width * image.height;
    for (const detection of detections) {
      const { boxArea } = this.#statistics.classOf(String(detection.classId));
      boxArea.add(objectArea(detection, image) / pixels);
    }
  }

  #addFrames(frames: SampleFrames, detections: readonly Detection[]): void {
    for (const { column, levels } of frames.means)
      this.#statistics.meanMapOf(column).addLevels(levels);
    const { evidence } = frames;
    detections.forEach(({ classId }, index) => {
      const levels = boxLevels(frames, index);
      const ofClass = this.#statistics.classOf(String(classId));
      if (evidence === undefined) ofClass.boxMap.addLevels(levels);
      else if (levels.some((level) => level !== noLevel)) ofClass.evidence.boxMap.addLevels(levels);
    });
    for (const { classId, votes, regions } of evidence ?? []) {
      const others = this.#others.get(String(classId)) ?? new OtherImagesAccumulator();
      this.#others.set(String(classId), others);
      others.add(votes, regions);
    }
  }

  #exemplar({ key, row }: SampleRow, value: number) {
    return { value, key, shard: this.#shard, row };
  }
}

/** Rankings cover the measures that judge an image: those of its fused map and of the whole image. */
const isRanked = rememberedByName(isOfImage);

/** Which of 20 equal parts of [0, 1] holds the value. */
function twentieth(value: number): number {
  return Math.min(19, Math.max(0, Math.floor(value * 20)));
}
