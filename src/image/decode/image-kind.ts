/** Supported file formats. All others are refused before any decoder sees them. */
export type ImageKind =
  | 'jpeg'
  | 'png'
  | 'webp'
  | 'gif'
  | 'tiff'
  | 'avif'
  | 'heic'
  | 'jpeg2000'
  | 'bmp';

/** The kind of file by its first bytes: a supported format, or why it is refused. */
export type KindVerdict =
  | { readonly status: 'accepted'; readonly kind: ImageKind }
  | { readonly status: 'refused'; readonly reason: string };

const signatures: readonly (readonly [ImageKind, number, string])[] = [
  ['jpeg', 0, '\xff\xd8\xff'],
  ['png', 0, '\x89PNG\r\n\x1a\n'],
  ['webp', 8, 'WEBP'],
  ['gif', 0, 'GIF87a'],
  ['gif', 0, 'GIF89a'],
  ['tiff', 0, 'II*\0'],
  ['tiff', 0, 'MM\0*'],
  ['tiff', 0, 'II+\0'],
  ['tiff', 0, 'MM\0+'],
  ['avif', 4, 'ftypavif'],
  ['avif', 4, 'ftypavis'],
  ['heic', 4, 'ftypheic'],
  ['heic', 4, 'ftypheix'],
  ['heic', 4, 'ftypheim'],
  ['heic', 4, 'ftypheis'],
  ['jpeg2000', 4, 'jP  \r\n'],
  ['jpeg2000', 0, '\xff\x4f\xff\x51'],
  ['bmp', 0, 'BM'],
];

/** HEIF containers whose main brand is general: the brands that follow say what is in it. */
const generalBrands: readonly string[] = ['ftypmif1', 'ftypmif2', 'ftypmsf1', 'ftypmiaf'];

/** Common formats that the reason should name. */
const refused: readonly (readonly [string, number, string])[] = [
  ['PDF', 0, '%PDF'],
  ['HEIC sequence', 4, 'ftyphev'],
  ['HEIF with pictures that are not HEVC or AV1', 4, 'ftypmif'],
  ['HEIF with pictures that are not HEVC or AV1', 4, 'ftypavci'],
  ['HEIF sequence', 4, 'ftypmsf1'],
  ['JPEG 2000 with several layers (JPX, JPM)', 4, 'jP  '],
  ['JPEG XR', 0, 'II\xbc'],
  ['OpenEXR', 0, 'v/1\x01'],
  ['Radiance HDR', 0, '#?RADIANCE'],
  ['PFM', 0, 'PF\n'],
  ['PFM', 0, 'Pf\n'],
  ['JPEG XL', 0, '\xff\x0a'],
  ['JPEG XL', 4, 'JXL '],
  ['Photoshop', 0, '8BPS'],
  ['DICOM', 128, 'DICM'],
  ['FITS', 0, 'SIMPLE  ='],
  ['MP4 or QuickTime', 4, 'ftyp'],
];

/** Text that stands where an image should be, and what to do about it. */
const texts: readonly (readonly [RegExp, string])[] = [
  [
    /^version https:\/\/git-lfs\.github\.com\/spec\//,
    'a Git LFS pointer, not an image: fetch the image itself with `git lfs pull`',
  ],
  [
    /^\s*(?:<!--.*?-->\s*)?<(?:!doctype html|html|head|body)\b/is,
    'an HTML page, not an image: a server gave it instead, such as an error or a login; download the image again',
  ],
  [/<svg[\s>]/i, 'SVG is not accepted: it holds a drawing, not pixels'],
  [
    /^\s*<\?xml\b/i,
    'an XML document, not an image: a server may have given it instead, such as an error; download the image again',
  ],
];

/** Reads the kind off the signature; a file's name proves nothing. */
export function imageKind(bytes: Uint8Array): KindVerdict {
  if (bytes.length === 0) return { status: 'refused', reason: 'the file is empty' };
  const head = Buffer.from(bytes.subarray(0, 1024)).toString('latin1');
  for (const [kind, offset, signature] of signatures) {
    if (head.startsWith(signature, offset)) return { status: 'accepted', kind };
  }
  if (generalBrands.includes(head.slice(4, 12))) {
    const brands = head.slice(16, Math.min(Buffer.from(head, 'latin1').readUInt32BE(0), 256));
    if (brands.includes('avif')) return { status: 'accepted', kind: 'avif' };
    if (/hei[cxms]/.test(brands)) return { status: 'accepted', kind: 'heic' };
  }
  const text = head.replace(/^\xef\xbb\xbf/, '');
  for (const [pattern, reason] of texts) {
    if (pattern.test(text)) return { status: 'refused', reason };
  }
  for (const [name, offset, signature] of refused) {
    if (head.startsWith(signature, offset)) {
      return { status: 'refused', reason: `${name} is not accepted: convert it to JPEG or PNG` };
    }
  }
  return { status: 'refused', reason: 'not an image, or in a format that is not supported' };
}

/** Frame of JPEG-LS (ITU-T T.87), another format under JPEG's signature. */
const jpegLs = 0xf7;

/** What cv2's color conversion depends on and sharp does not report: see `decodeImage`. */
export interface JpegFrame {
  /** 0xc0 to 0xcf, or 0xf7: the process, such as baseline, progressive, lossless, arithmetic. */
  readonly marker: number;
  /** Bits a sample. */
  readonly bits: number;
  readonly width: number;
  readonly height: number;
  readonly components: number;
  /** The file has an Adobe marker (APP14): libvips then returns CMYK inverted against the stored bytes. */
  readonly adobe: boolean;
}

/** Walks the segments of a JPEG up to its frame header. `undefined` when there is none (a truncated file). */
export function jpegFrame(bytes: Uint8Array): JpegFrame | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let adobe = false;
  let at = 2;
  while (at + 9 < bytes.length) {
    if (view.getUint8(at) !== 0xff) return undefined;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const isFrame =
      (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) ||
      marker === jpegLs;
    if (isFrame) {
      const [bits, components] = [view.getUint8(at + 4), view.getUint8(at + 9)];
      const [height, width] = [view.getUint16(at + 5), view.getUint16(at + 7)];
      return { marker, bits, width, height, components, adobe };
    }
    if (marker === 0xee && view.getUint32(at + 4) === 0x41646f62) adobe = true;
    at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}

/** Names a kind of JPEG that no decoder here, in OpenCV or in Pillow reads; `undefined` for others. */
export function jpegOddity({ marker, bits }: JpegFrame): string | undefined {
  if (marker === jpegLs) return 'JPEG-LS';
  return bits === 8 ? undefined : `${bits}-bit JPEG`;
}
