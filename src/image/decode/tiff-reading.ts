import { lies, type TiffDirectory, tiffDirectory, wholeNumbers } from './tiff-directory.ts';

/**
 * How to read a TIFF so that its pixels are those that Ultralytics feeds a model, or why it is refused. `plain`: libvips returns them.
 * `multiplied`: the colors times their alpha. `ink`: cyan, magenta, yellow and black. `float`: 32-bit values, of which only whole numbers from 0 to 255 are taken.
 * `bytes` is the file, in which a word of the header may be changed for libvips.
 */
export type TiffReading =
  | {
      readonly status: 'accepted';
      readonly way: 'plain' | 'multiplied' | 'ink' | 'float';
      readonly bytes: Uint8Array;
    }
  | { readonly status: 'refused'; readonly reason: string };

/** What the first directory says of its samples (TIFF 6.0, sections 3 to 8 and 19). */
interface TiffHeader {
  readonly bits: number;
  readonly bands: number;
  /** 1: unsigned, 2: signed, 3: floating point, 4: unspecified, 5 and 6: complex. */
  readonly sampleFormat: number;
  /** 0 and 1: gray, 2: RGB, 3: palette, 5: ink, 6: YCbCr. */
  readonly photometric: number;
  readonly compression: number;
  readonly separatePlanes: boolean;
  /** The first band beyond the colors. 0: unspecified, 1: premultiplied alpha, 2: straight alpha. */
  readonly extraBand: number | undefined;
}

const [gray, rgb, palette, ink, ycbcr] = [[0, 1], 2, 3, 5, 6] as const;

/** Compressions that libvips as shipped with sharp reads: none, CCITT, LZW, JPEG, Deflate, PackBits, WebP. */
const readable: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 32771, 32773, 32946, 50001];

/** Names of those that it does not read (libtiff's tiff.h). */
const compressions: Readonly<Record<number, string>> = {
  ...{ 9: 'JBIG', 10: 'JBIG', 32766: 'NeXT', 32809: 'ThunderScan', 32909: 'PixarLog' },
  ...{ 33003: 'JPEG 2000', 33005: 'JPEG 2000', 34661: 'JBIG', 34676: 'LogLuv', 34677: 'LogLuv' },
  ...{ 34712: 'JPEG 2000', 34887: 'LERC', 34892: 'lossy DNG', 34925: 'LZMA', 34926: 'ZSTD' },
  ...{ 34933: 'PNG', 34934: 'JPEG XR', 22610: 'JPEG XR', 50000: 'ZSTD', 50002: 'JPEG XL' },
  ...{ 52546: 'JPEG XL', 51000: 'JPEG XL' },
};

const photometrics: Readonly<Record<number, string>> = {
  ...{ 4: 'a mask', 8: 'CIELAB color', 9: 'ICCLAB color', 10: 'ITULAB color' },
  ...{ 32803: 'raw sensor data (CFA)', 32844: 'LogL values', 32845: 'LogLuv color' },
  ...{ 34892: 'raw sensor data (linear)', 51177: 'depth values' },
};

const numberKinds: Readonly<Record<number, string>> = {
  ...{ 2: 'signed integer', 3: 'floating-point', 5: 'complex integer', 6: 'complex' },
};

/** Decides by the first directory. A file without a valid one goes to the decoder, which reports why it fails. */
export function tiffReading(bytes: Uint8Array): TiffReading {
  const file = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const directory = tiffDirectory(file);
  if (!directory?.fields.every((field) => lies(field, file))) {
    return { status: 'accepted', way: 'plain', bytes };
  }
  const header = headerOf(file, directory);
  const what = oddity(header);
  if (what !== undefined)
    return { status: 'refused', reason: `${what} is not accepted: ${advice}` };
  const { photometric, bits, bands, extraBand, sampleFormat } = header;
  if (extraBand === 1) {
    return { status: 'accepted', way: wayOf(sampleFormat), bytes: withoutAlpha(bytes, directory) };
  }
  const isMultiplied = photometric === rgb && bits === 8 && bands === 4 && extraBand === 2;
  if (isMultiplied) return { status: 'accepted', way: 'multiplied', bytes };
  return { status: 'accepted', way: photometric === ink ? 'ink' : wayOf(sampleFormat), bytes };
}

const advice = 'convert it to an 8-bit RGB TIFF (LZW or Deflate), PNG or JPEG';

function wayOf(sampleFormat: number): 'plain' | 'float' {
  return sampleFormat === 3 ? 'float' : 'plain';
}

function headerOf(file: DataView, directory: TiffDirectory): TiffHeader {
  const first = (tag: number) => wholeNumbers(file, directory, tag, 1)[0];
  const photometric = first(262) ?? 1;
  return {
    bits: first(258) ?? 1,
    bands: first(277) ?? 1,
    sampleFormat: first(339) ?? 1,
    photometric,
    compression: first(259) ?? 1,
    separatePlanes: first(284) === 2,
    extraBand: first(338),
  };
}

/** Names the kind of file when Ultralytics refuses or misreads it, or libvips returns other pixels. */
function oddity(header: TiffHeader): string | undefined {
  const { bits, bands, photometric, compression } = header;
  const color = photometrics[photometric];
  if (color !== undefined) return `TIFF with ${color}`;
  if (!readable.includes(compression)) {
    return `TIFF with ${compressions[compression] ?? `unknown (${compression})`} compression`;
  }
  if (photometric === ycbcr && compression !== 7 && compression !== 6) {
    return 'TIFF with YCbCr color that is not JPEG-compressed';
  }
  const numbers = oddNumbers(header);
  if (numbers !== undefined) return numbers;
  if (photometric === ink && bands !== 4) return `TIFF with ${bands} bands of ink`;
  if (photometric === ink && bits !== 8) return `${bits}-bit CMYK TIFF`;
  if (bands > 4) return `TIFF with ${bands} bands (a model of 3 channels takes 1, 3 or 4)`;
  return oddPlanes(header);
}

function oddNumbers({ bits, bands, sampleFormat, photometric, separatePlanes }: TiffHeader) {
  const isRgb = photometric === rgb && (bands === 3 || bands === 4);
  if (sampleFormat === 3 && bits === 32 && isRgb && !separatePlanes) return undefined;
  const kind = numberKinds[sampleFormat];
  if (kind !== undefined) return `${bits}-bit ${kind} TIFF`;
  const depths = photometric === palette || gray.some((one) => one === photometric);
  const known = depths ? [1, 2, 4, 8, 16] : [8, 16];
  return known.includes(bits) ? undefined : `${bits}-bit${depths ? '' : ' color'} TIFF`;
}

/** OpenCV reads planes of 16 bits, and of gray with more bands, as if their values alternated. */
function oddPlanes({ bits, bands, photometric, separatePlanes }: TiffHeader): string | undefined {
  if (!separatePlanes || bands === 1) return undefined;
  const isGray = gray.some((one) => one === photometric);
  if (!isGray && bits === 8) return undefined;
  return `${bits}-bit${isGray ? ' gray' : ''} TIFF with its ${bands} bands in separate planes, which OpenCV misreads,`;
}

/** Returns a copy whose alpha is marked as an unspecified band: libvips would divide the colors by it. */
function withoutAlpha(bytes: Uint8Array, { little, fields }: TiffDirectory): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const field = fields.find(({ tag }) => tag === 338);
  if (field) new DataView(copy.buffer).setUint16(field.start, 0, little);
  return copy;
}
