import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';

/** Ultralytics' `LetterBox` with scale_fill=True, as RT-DETR takes its images: each side has a gain of its own, nothing is padded. */
export function stretchGeometry(
  width: number,
  height: number,
  { inputWidth, inputHeight }: { readonly inputWidth: number; readonly inputHeight: number },
): LetterboxGeometry {
  const size = { width, height, inputWidth, inputHeight };
  return { ...size, newWidth: inputWidth, newHeight: inputHeight, left: 0, top: 0 };
}
