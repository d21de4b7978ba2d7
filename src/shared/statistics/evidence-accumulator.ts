import type { EvidenceInObjects } from '../run/evidence/class-evidence.ts';
import { DistributionAccumulator } from './distribution-accumulator.ts';
import { MapSumAccumulator } from './map-sum.ts';
import type { OtherImages } from './other-images.ts';
import type { ClassEvidenceStatistics } from './shard-statistics.ts';
import { Tally } from './tally.ts';

/** Statistics of the evidence of one class over the images that have objects of it, added up image by image or shard by shard. */
export class EvidenceAccumulator {
  readonly layers = new Tally();
  readonly share = new DistributionAccumulator('unit');
  readonly area = new DistributionAccumulator('unit');
  readonly ceiling = new DistributionAccumulator('log2');
  readonly lift = new DistributionAccumulator('log2');
  readonly attainable = new DistributionAccumulator('signed');
  readonly boxMap: MapSumAccumulator;
  #others: OtherImages = { images: 0, sum: 0 };

  /** @param frameSize height and width of `boxMap` */
  constructor(frameSize: number) {
    this.boxMap = new MapSumAccumulator(frameSize, frameSize);
  }

  add(layer: string, { share, area, ceiling, lift, attainable }: EvidenceInObjects): void {
    this.layers.add(layer);
    this.share.add(share);
    this.area.add(area);
    this.ceiling.add(ceiling);
    this.lift.add(lift);
    if (attainable !== undefined) this.attainable.add(attainable);
  }

  addOthers({ images, sum }: OtherImages): void {
    this.#others = { images: this.#others.images + images, sum: this.#others.sum + sum };
  }

  build(): ClassEvidenceStatistics {
    return {
      layers: Object.fromEntries(this.layers.entries()),
      share: this.share.build(),
      area: this.area.build(),
      ceiling: this.ceiling.build(),
      lift: this.lift.build(),
      attainable: this.attainable.build(),
      others: this.#others,
      boxMap: this.boxMap.build(),
    };
  }
}
