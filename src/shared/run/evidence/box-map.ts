/**
 * Where in an image the features of one detected box point: for each cell of the box's level, how much of the cell's own features goes along with those of the box's
 * anchor: cos^2 of the angle between the two, both centered, and 0 where they point apart. 1 at the anchor. Similar features, not a cause of the box.
 */
export interface BoxMap extends BoxMapFigures {
  /** [gridHeight, gridWidth] over the whole input of the model, row-major, in [0, 1]; 0 on padding. */
  readonly map: Float32Array;
}

/** A box map without its cells. */
export interface BoxMapFigures {
  /** Index of the box in the image's detections. */
  readonly detection: number;
  /** Whose features were compared, such as `model.15`: the level of the head that the box came from. */
  readonly layer: string;
  readonly gridHeight: number;
  readonly gridWidth: number;
  /** Of the box's anchor, whose features the others are compared with; row-major. */
  readonly cell: number;
}

/**
 * A box map as it is stored: bytes from 0 to `steps`, which is 1, deflated together with the other maps of its layer, somewhere in an archive.
 */
export interface StoredBoxMap extends BoxMapFigures {
  /** Bits are few where the maps of an image would take more room than they may. */
  readonly steps: number;
  /** Where the maps of its layer begin in the shard's archive; absent where the run stored no maps, or left this one out. */
  readonly mapOffset?: number;
  /** Bytes there. */
  readonly mapBytes?: number;
  /** Its place among them, and how many they are. */
  readonly mapIndex?: number;
  readonly mapCount?: number;
}
