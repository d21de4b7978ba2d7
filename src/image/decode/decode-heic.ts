import type { RgbImage } from '../rgb-image.ts';
import { overLimit } from './decode-bmp.ts';
import { wasmLibrary } from './wasm-library.ts';

/** Opaque objects of libheif. */
type Context = { readonly __context: never };
type Handle = { readonly __handle: never };
type Constant = { readonly __constant: never };

interface HeifError {
  readonly code: Constant;
  readonly message: string;
}

interface HeifPlane {
  readonly width: number;
  readonly height: number;
  /** Bytes per row. */
  readonly stride: number;
  readonly data: Uint8Array;
}

/** The part of libheif-js that is used here (`libheif.d.ts` of the package has all of it). */
interface Heif {
  readonly heif_error_code: { readonly heif_error_Ok: Constant };
  readonly heif_colorspace: { readonly heif_colorspace_RGB: Constant };
  readonly heif_chroma: { readonly heif_chroma_interleaved_RGB: Constant };
  heif_context_alloc(): Context;
  heif_context_read_from_memory(context: Context, bytes: Uint8Array): HeifError;
  heif_js_context_get_primary_image_handle(context: Context): Handle | HeifError;
  heif_image_handle_get_width(handle: Handle): number;
  heif_image_handle_get_height(handle: Handle): number;
  heif_js_decode_image2(
    handle: Handle,
    space: Constant,
    chroma: Constant,
  ): { readonly channels: readonly HeifPlane[] } | HeifError;
}

const openLibrary = wasmLibrary<Heif>(
  'libheif-js/libheif-wasm/libheif.js',
  'libheif-js/libheif-wasm/libheif.wasm',
);

/**
 * The main picture of a HEIC file as Pillow with pi-heif reads it for Ultralytics: oriented as the file says, 10 bits reduced to 8, alpha dropped. Result:
 * RGB pixels, or the reason as text. libheif-js 1.23.2 has libde265 1.0.15 and pi-heif 1.4.0 has 1.1.0: the edges of blocks differ by up to 8 levels under
 * strong compression (mean 0.003 on a photo of 12 megapixels, 0 at quality 90).
 */
export async function decodeHeic(bytes: Uint8Array, maxPixels: number): Promise<RgbImage | string> {
  const heif = await openLibrary();
  try {
    return readHeic(heif, bytes, maxPixels);
  } catch {
    // A picture that breaks the decoder ends its instance (`RuntimeError: unreachable`, out of memory).
    return damaged;
  }
}

/** Decoding takes 12 bytes a pixel: 600 MB for the 48 megapixels of a phone. */
const maxHeicPixels = 50_000_000;

const damaged = 'damaged image data';

function readHeic(heif: Heif, bytes: Uint8Array, maxPixels: number): RgbImage | string {
  const context = heif.heif_context_alloc();
  const read = heif.heif_context_read_from_memory(context, bytes);
  if (read.code !== heif.heif_error_code.heif_error_Ok) return reasonOf(read);
  const handle = heif.heif_js_context_get_primary_image_handle(context);
  if (isError(handle)) return reasonOf(handle);
  const width = heif.heif_image_handle_get_width(handle);
  const height = heif.heif_image_handle_get_height(handle);
  if (width * height > maxPixels) return overLimit(width, height, maxPixels);
  if (width * height > maxHeicPixels) return `${overLimit(width, height, maxHeicPixels)} for HEIC`;
  const decoded = heif.heif_js_decode_image2(
    handle,
    heif.heif_colorspace.heif_colorspace_RGB,
    heif.heif_chroma.heif_chroma_interleaved_RGB,
  );
  if (isError(decoded)) return reasonOf(decoded);
  const [plane] = decoded.channels;
  return plane ? withoutPadding(plane) : damaged;
}

function isError(result: object | undefined): result is HeifError {
  return result === undefined || 'code' in result;
}

function withoutPadding({ width, height, stride, data: rows }: HeifPlane): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    data.set(rows.subarray(y * stride, y * stride + width * 3), y * width * 3);
  }
  return { data, width, height };
}

/** libheif reports "has not been built in" for files without HEVC. */
function reasonOf(error: HeifError | undefined): string {
  return /built in|[Uu]nsupported (feature|codec)/.test(error?.message ?? '')
    ? 'HEIF with pictures that are not HEVC or AV1 is not accepted: convert it to JPEG or PNG'
    : damaged;
}
