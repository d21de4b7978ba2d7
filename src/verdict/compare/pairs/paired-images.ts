import type { JoinedRows } from './join-tables.ts';

/** How the images of two runs meet. */
export interface PairedImages {
  /** Keys that both runs hold. */
  readonly both: number;
  /** Of these: the same pictures, and other pixels under the same key. */
  readonly unchanged: number;
  readonly changed: number;
  readonly onlyFrom: number;
  readonly onlyTo: number;
  /** Pairs of the kind that is compared that both runs could explain. */
  readonly compared: number;
}

/** Columns by which a picture is known: it is unchanged where its etag is, or else its size and everything that was measured of its pixels. */
export interface PictureColumns {
  /** Measures of the input: of pixels, and not of maps. */
  readonly input: readonly string[];
}

/** Rows [i] of a join whose pictures are the same, and the others. A copied folder has new file times, and so new etags; what was measured of its pixels stays. */
export function splitByPicture(
  { from, to, fromAt, toAt }: JoinedRows,
  { input }: PictureColumns,
): { readonly unchanged: Int32Array; readonly changed: Int32Array } {
  const numbersOf = (name: string) => [from.numbers(name), to.numbers(name)] as const;
  const [etagFrom, etagTo] = [from.texts('etag'), to.texts('etag')];
  const [sizeFrom, sizeTo] = numbersOf('size_bytes');
  const measured = input.map(numbersOf);
  const [same, other]: [number[], number[]] = [[], []];
  for (let i = 0; i < fromAt.length; i++) {
    const [a, b] = [fromAt[i] as number, toAt[i] as number];
    const isSame =
      etagFrom?.[a] === etagTo?.[b] ||
      (sizeFrom?.[a] === sizeTo?.[b] &&
        measured.length > 0 &&
        measured.every(([one, two]) => one !== undefined && one[a] === two?.[b]));
    (isSame ? same : other).push(i);
  }
  return { unchanged: Int32Array.from(same), changed: Int32Array.from(other) };
}
