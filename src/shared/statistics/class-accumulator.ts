import { DistributionAccumulator } from './distribution-accumulator.ts';
import { EvidenceAccumulator } from './evidence-accumulator.ts';
import { MapSumAccumulator } from './map-sum.ts';
import type { ClassStatistics } from './shard-statistics.ts';

/** Height and width of the frame that the map over a box is resampled to. */
export const boxFrameSize = 16;

/** Statistics of one class, added up sample by sample. */
export class ClassAccumulator {
  objects = 0;
  images = 0;
  readonly confidence = new DistributionAccumulator('unit');
  readonly boxArea = new DistributionAccumulator('unit');
  readonly boxMap = new MapSumAccumulator(boxFrameSize, boxFrameSize);
  #evidence: EvidenceAccumulator | undefined;

  /** Made when it is first asked for. */
  get evidence(): EvidenceAccumulator {
    this.#evidence ??= new EvidenceAccumulator(boxFrameSize);
    return this.#evidence;
  }

  build(): ClassStatistics {
    return {
      objects: this.objects,
      images: this.images,
      confidence: this.confidence.build(),
      boxArea: this.boxArea.build(),
      boxMap: this.boxMap.build(),
      ...(this.#evidence && { evidence: this.#evidence.build() }),
    };
  }
}
