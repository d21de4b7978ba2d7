const adobeTag = [0x41, 0x64, 0x6f, 0x62, 0x65];
/** APP14 of Adobe, version 100, without a color transform. */
const adobeSegment = [0xff, 0xee, 0, 14, ...adobeTag, 0, 100, 0, 0, 0, 0, 0];
const jfifTag = [0x4a, 0x46, 0x49, 0x46, 0];
const [app0, app14, startOfScan] = [0xe0, 0xee, 0xda];

/**
 * A JPEG of luma and chroma, marked as RGB: decoders then hand out the luma as it is stored in place of red, which is what OpenCV's gray is. What libjpeg
 * takes for luma and chroma (jdapimin.c, `default_decompress_parms`): three components with a JFIF marker, or with Adobe's and a transform, or with neither and
 * not named R, G, B. `undefined` for all others.
 */
export function lumaAsRed(bytes: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  const copy = new Uint8Array(bytes.length + adobeSegment.length);
  copy.set(bytes.subarray(0, 2));
  copy.set(adobeSegment, 2);
  copy.set(bytes.subarray(2), 2 + adobeSegment.length);
  let isJfif = false;
  let transform: number | undefined;
  let names: string | undefined;
  for (const { marker, start } of segmentsOf(copy, 2 + adobeSegment.length)) {
    if (marker === app0 && startsWith(copy, start, jfifTag)) {
      isJfif = true;
      copy[start] = 0;
    } else if (marker === app14 && startsWith(copy, start, adobeTag)) {
      transform = copy[start + 11];
      copy[start + 11] = 0;
    } else if (isFrame(marker)) names = componentNames(copy, start);
  }
  if (names === undefined) return undefined;
  const isLuma = isJfif || (transform === undefined ? names !== 'RGB' : transform === 1);
  return isLuma ? copy : undefined;
}

/** The segments before the pixels: marker, and where the content begins, behind the length. */
function* segmentsOf(bytes: Uint8Array, from: number) {
  let at = from;
  while (at + 4 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0;
    if (marker === startOfScan) return;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    yield { marker, start: at + 4 };
    at += 2 + ((bytes[at + 2] ?? 0) << 8) + (bytes[at + 3] ?? 0);
  }
}

function startsWith(bytes: Uint8Array, start: number, tag: readonly number[]): boolean {
  return tag.every((value, i) => bytes[start + i] === value);
}

function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

/** One letter for each component; `undefined` for other than three. */
function componentNames(bytes: Uint8Array, start: number): string | undefined {
  if (bytes[start + 5] !== 3) return undefined;
  return [6, 9, 12].map((offset) => String.fromCharCode(bytes[start + offset] ?? 0)).join('');
}
