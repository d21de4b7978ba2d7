/**
 * What the model's own scores say of one class, on the grid of one level: a map of the class, and not of a component. Of a model that finds objects a cell holds the
 * class's score as logit above its median in the image, never below 0; of a classifier the cell's part of the class's logit (its class activation map),
 * with a sign. `docs/concepts.md` has the formulas.
 */
export interface ClassEvidence extends ClassEvidenceFigures {
  /** [gridHeight, gridWidth] over the whole input of the model, row-major; 0 on padding. */
  readonly map: Float32Array;
}

/** The map as it is stored: bytes that go evenly from `low` (0) to `high` (255), deflated, somewhere in an archive. */
export interface StoredEvidence extends ClassEvidenceFigures {
  /** Where it begins in the shard's archive; absent where the run stored no maps, or left this one out. */
  readonly mapOffset?: number;
  /** Bytes there. */
  readonly mapBytes?: number;
}

/** A map of evidence without its cells. */
export interface ClassEvidenceFigures {
  readonly classId: number;
  /** Whose grid it is, such as `model.18`: of the levels of the head the one where the class lives in this image; of a classifier what it pools. */
  readonly layer: string;
  readonly gridHeight: number;
  readonly gridWidth: number;
  /** The lowest and the highest value of the map, in logits. `low` is 0 for a model that finds objects. */
  readonly low: number;
  readonly high: number;
  /** Over the model's own objects of this class; absent without one, and of a classifier. */
  readonly inObjects?: EvidenceInObjects;
}

/**
 * How much of a class's evidence lies in the regions of its objects (boxes, masks or rotated boxes: their exact union, of which a cell may be a part).
 * Over a model's own detections this is self-agreement: it says whether scores and boxes agree, and not whether they are right.
 */
export interface EvidenceInObjects {
  /** E: part of the evidence inside, in [0, 1]. */
  readonly share: number;
  /** a: part of the image that the regions cover, in (0, 1]. */
  readonly area: number;
  /** 1 / a: the greatest lift that there can be. */
  readonly ceiling: number;
  /** E / a: times an even spread. */
  readonly lift: number;
  /** (E - a) / (1 - a): 0 an even spread, 1 all inside; absent where the regions cover everything. */
  readonly attainable?: number;
}
