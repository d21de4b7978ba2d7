/** The greatest byte: a map has 256 levels. */
const top = 255;

/** A map as bytes: byte b stands for `(low * (255 - b) + high * b) / 255`. */
export interface ByteMap {
  /** Of each cell. */
  readonly bytes: Uint8Array;
  /** The least and the greatest value of the map, exactly. */
  readonly low: number;
  readonly high: number;
}

/**
 * A map with 256 levels from its least to its greatest value, each cell at the nearest one: no cell is further off than `(high - low) / 510`. What comes back from
 * `fromBytes` gives the same bytes again.
 *
 * @param values finite
 */
export function toBytes(values: Float32Array): ByteMap {
  let [low, high] = [values[0] ?? 0, values[0] ?? 0];
  for (const value of values) {
    if (value < low) low = value;
    else if (value > high) high = value;
  }
  const bytes = new Uint8Array(values.length);
  if (high === low) return { bytes, low, high };
  const scale = top / (high - low);
  for (let i = 0; i < values.length; i++) bytes[i] = ((values[i] ?? 0) - low) * scale + 0.5;
  return { bytes, low, high };
}

/** The values of a map; the least and the greatest come back exactly. */
export function fromBytes({ bytes, low, high }: ByteMap): Float32Array<ArrayBuffer> {
  const levels = new Float32Array(top + 1);
  for (let level = 0; level <= top; level++) {
    levels[level] = (low * (top - level) + high * level) / top;
  }
  const values = new Float32Array(bytes.length);
  // `Float32Array.from` goes through an iterator, which takes longer.
  for (let i = 0; i < bytes.length; i++) values[i] = levels[bytes[i] ?? 0] ?? 0;
  return values;
}
