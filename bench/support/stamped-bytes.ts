/** What stands in a template of a file where the number of its shard comes; nothing else looks like it. */
export const stamps = {
  /** In keys: seven letters for seven digits. */
  text: 'QZXJVKW',
  /** In columns of 32 bits, and in JSON. */
  shard: 987_653,
  /** In the upper bytes of a file's size, so that no two shards have the same pictures. */
  picture: 0x5e3b71,
} as const;

export interface StampValues {
  readonly shard: number;
  /** Below 2^24. */
  readonly picture: number;
}

/** A file that is written once for each shard, with other numbers in it: encoding each anew would take a hundred times as long. */
export class StampedBytes {
  readonly #bytes: Buffer;
  readonly #texts: readonly number[];
  readonly #shards: readonly number[];
  readonly #pictures: readonly number[];

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes);
    this.#texts = placesOf(this.#bytes, Buffer.from(stamps.text));
    this.#shards = placesOf(this.#bytes, numberBytes(stamps.shard, 4));
    this.#pictures = placesOf(this.#bytes, numberBytes(stamps.picture, 3));
  }

  of({ shard, picture }: StampValues): Buffer {
    const stamped = Buffer.from(this.#bytes);
    for (const place of this.#texts) stamped.write(sevenDigits(picture), place);
    for (const place of this.#shards) stamped.writeUInt32LE(shard, place);
    for (const place of this.#pictures) stamped.writeUIntLE(picture, place, 3);
    return stamped;
  }
}

/** As `StampedBytes`, of JSON. */
export function stampedText(text: string, { shard, picture }: StampValues): string {
  return text
    .replaceAll(stamps.text, sevenDigits(picture))
    .replaceAll(`"shard":${stamps.shard}`, `"shard":${shard}`);
}

export function sevenDigits(value: number): string {
  return String(value).padStart(7, '0');
}

function numberBytes(value: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  bytes.writeUIntLE(value, 0, length);
  return bytes;
}

function placesOf(bytes: Buffer, wanted: Buffer): number[] {
  const places: number[] = [];
  for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + wanted.length)) {
    places.push(at);
  }
  return places;
}
