import type { RgbImage } from '../rgb-image.ts';
import { overLimit } from './decode-bmp.ts';
import { type Jpeg2000Header, jpeg2000Header } from './jpeg2000-header.ts';
import { repeatGray } from './open-image.ts';
import { wasmLibrary } from './wasm-library.ts';

/** The part of `@cornerstonejs/codec-openjpeg` that is used here. */
interface OpenJpeg {
  readonly J2KDecoder: new () => {
    getEncodedBuffer(bytes: number): Uint8Array;
    decode(): void;
    /** Little-endian words where a sample has more than 8 bits, band beside band. In the library's memory. */
    getDecodedBuffer(): Uint8Array;
    getFrameInfo(): { readonly width: number; readonly height: number };
  };
}

const openLibrary = wasmLibrary<OpenJpeg>(
  '@cornerstonejs/codec-openjpeg/decodewasmjs',
  '@cornerstonejs/codec-openjpeg/decodewasm',
);

/** Decoding takes 7 bytes a sample: 500 MB for 25 megapixels of RGB. */
const maxSamples = 75_000_000;

/**
 * A JPEG 2000 picture (JP2 or a bare codestream) as cv2 reads it, with the same OpenJPEG: gray or RGB, of 9 to 16 bits the upper 8. Result: RGB pixels,
 * or the reason as text. Cut files are refused, as by cv2.
 */
export async function decodeJpeg2000(
  bytes: Uint8Array,
  maxPixels: number,
): Promise<RgbImage | string> {
  const header = jpeg2000Header(bytes);
  if (!header || header.width <= 0 || header.height <= 0) return 'its header is damaged';
  const { width, height } = header;
  if (width * height > maxPixels) return overLimit(width, height, maxPixels);
  const most = Math.floor(maxSamples / header.bands.length);
  if (width * height > most) return `${overLimit(width, height, most)} for JPEG 2000`;
  const what = oddity(header);
  if (what !== undefined) return `JPEG 2000 ${what} is not accepted: convert it to JPEG or PNG`;
  const openJpeg = await openLibrary();
  try {
    const decoder = new openJpeg.J2KDecoder();
    decoder.getEncodedBuffer(bytes.length).set(bytes);
    decoder.decode();
    const frame = decoder.getFrameInfo();
    if (frame.width !== width || frame.height !== height) return 'damaged image data';
    return { data: upperBytes(decoder.getDecodedBuffer(), header), width, height };
  } catch {
    // A C++ exception (a number), or the end of the instance (`RuntimeError`).
    return 'damaged image data';
  }
}

/** Returns what this library cannot read, or cv2 reads in its own way (sYCC). */
function oddity({ bands, colorSpace }: Jpeg2000Header): string | undefined {
  const bits = bands[0]?.bits ?? 0;
  if (bands.some((band) => band.signed)) return 'of signed values';
  if (bands.some((band) => band.bits !== bits)) return 'with bands of different depths';
  if (bits < 8 || bits > 16) return `of ${bits} bits`;
  if (bands.length === 2 || bands.length === 4) return `with ${bands.length} bands (alpha)`;
  if (bands.length !== 3 && bands.length !== 1) return `with ${bands.length} bands`;
  if (bands.some(({ stepX, stepY }) => stepX !== 1 || stepY !== 1)) return 'with subsampled color';
  return colorSpace === 18 ? 'in sYCC color' : undefined;
}

function upperBytes(decoded: Uint8Array, { bands }: Jpeg2000Header): Uint8Array {
  const shift = (bands[0]?.bits ?? 8) - 8;
  // Always a copy: the library's memory is discarded.
  const bytes = shift === 0 ? Uint8Array.from(decoded) : new Uint8Array(decoded.length / 2);
  for (let i = 0; shift > 0 && i < bytes.length; i++) {
    bytes[i] = (((decoded[i * 2 + 1] ?? 0) << 8) | (decoded[i * 2] ?? 0)) >> shift;
  }
  return bands.length === 1 ? repeatGray(bytes) : bytes;
}
