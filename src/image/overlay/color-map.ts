import type { ColorMap } from '../../shared/run/run-spec.ts';
import { infernoTable, turboTable, viridisTable } from './color-tables.ts';

/** How a value in [0, 1], as index 0 to 255, is laid over a photo. */
export interface ColorTable {
  /** 256 x 3 bytes: R, G, B. */
  readonly rgb: Uint8Array;
  /** Opacity of each of the 256 colors, in [0, 1]. */
  readonly alpha: Float32Array;
  /** The photo is shown in gray below, so that hue means heat only. */
  readonly grayPhoto: boolean;
}

const tables = new Map<ColorMap, ColorTable>();

/**
 * `heat` is the default: people expect red to mean most, and opacity that grows with the value keeps the photo's edges. The others have
 * one opacity: inferno and viridis 55 %, turbo and jet 50 % (the image weight of pytorch-grad-cam's `show_cam_on_image`).
 */
export function colorTable(name: ColorMap): ColorTable {
  const known = tables.get(name);
  if (known) return known;
  const table = buildTable(name);
  tables.set(name, table);
  return table;
}

function buildTable(name: ColorMap): ColorTable {
  if (name === 'heat') return { rgb: heatColors(), alpha: heatAlpha(), grayPhoto: true };
  const evenly = (opacity: number) => new Float32Array(256).fill(opacity);
  switch (name) {
    case 'inferno':
      return { rgb: bytesOf(infernoTable), alpha: evenly(0.55), grayPhoto: true };
    case 'viridis':
      return { rgb: bytesOf(viridisTable), alpha: evenly(0.55), grayPhoto: true };
    case 'turbo':
      return { rgb: bytesOf(turboTable), alpha: evenly(0.5), grayPhoto: false };
    case 'jet':
      return { rgb: jetColors(), alpha: evenly(0.5), grayPhoto: false };
  }
}

function bytesOf(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, 'base64'));
}

/** Piecewise linear: yellow, amber, orange, red, deep red. Amber early: yellow over a gray photo would look olive. */
const heatStops: readonly (readonly [number, number, number, number])[] = [
  [0, 255, 228, 92],
  [0.25, 255, 190, 30],
  [0.5, 255, 128, 10],
  [0.75, 228, 52, 16],
  [1, 165, 0, 28],
];

function heatColors(): Uint8Array {
  const rgb = new Uint8Array(768);
  for (let i = 0; i < 256; i++) {
    const at = i / 255;
    const next = Math.max(
      heatStops.findIndex(([stop]) => stop >= at),
      1,
    );
    const [from, to] = [heatStops[next - 1], heatStops[next]];
    if (!from || !to) continue;
    const share = (at - from[0]) / (to[0] - from[0]);
    for (let c = 0; c < 3; c++) {
      const [a, b] = [from[c + 1] ?? 0, to[c + 1] ?? 0];
      rgb[i * 3 + c] = Math.round(a + (b - a) * share);
    }
  }
  return rgb;
}

/** Nothing below 3 % of the range, then a quick rise to 88 %: half the heat must show on a pale photo as well as on a dark one. */
function heatAlpha(): Float32Array {
  return Float32Array.from({ length: 256 }, (_, i) => {
    const share = Math.max((i / 255 - 0.03) / 0.97, 0);
    return 0.88 * share ** 0.65;
  });
}

/** OpenCV's COLORMAP_JET in whole numbers; its table has one entry that the formula misses by 1. */
function jetColors(): Uint8Array {
  const rgb = new Uint8ClampedArray(768);
  for (let i = 0; i < 256; i++) {
    rgb[i * 3] = Math.min(4 * i - 382, 1148 - 4 * i);
    rgb[i * 3 + 1] = Math.min(4 * i - 128, 892 - 4 * i);
    rgb[i * 3 + 2] = Math.min(4 * i + 128, 638 - 4 * i);
  }
  rgb[159 * 3 + 2] = 1;
  return new Uint8Array(rgb.buffer);
}
