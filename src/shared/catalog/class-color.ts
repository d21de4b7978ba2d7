export type Rgb = readonly [red: number, green: number, blue: number];

/**
 * Chosen by a search over sRGB, as seen by people with normal sight, protanopes and deuteranopes: the first 8 differ from each other by 12 or
 * more (CIEDE2000) for all three, all 20 by 7.9. All keep away from the yellow, orange and red of heat, and stand out by 5 : 1 from the
 * dark line below them, which is what makes a line readable on any map.
 */
const palette: readonly number[] = [
  ...[0x1ec3ff, 0xff78c3, 0x96ff78, 0x4b78ff, 0xe1f0c3, 0x009669, 0x78ffff, 0x96a51e, 0xd27887],
  ...[0xf000c3, 0xd2c30f, 0xb46996, 0xffa5b4, 0x4bc3a5, 0xff0f69, 0xd2b478, 0xc3f0e1, 0x1ed2e1],
  ...[0x00a5ff, 0x00962d],
];

const white: Rgb = [255, 255, 255];
const dark: Rgb = [11, 13, 17];
/** What the colors are mixed with, and how much of it: as they are, then lighter, then darker. */
const rounds: readonly (readonly [Rgb, number])[] = [
  [white, 0],
  [white, 0.5],
  [dark, 0.25],
];

/** The color of a class wherever it is shown: overlays, figures, report. From class 60 on, colors return. */
export function classColor(classId: number): Rgb {
  const hex = palette[classId % palette.length] ?? 0;
  const round = Math.floor(classId / palette.length) % rounds.length;
  const [other, share] = rounds[round] ?? [white, 0];
  const mixed = (shift: number, channel: 0 | 1 | 2) => {
    const own = (hex >> shift) & 255;
    return Math.round(own + (other[channel] - own) * share);
  };
  return [mixed(16, 0), mixed(8, 1), mixed(0, 2)];
}

/** The same as CSS writes it: `#1ec3ff`. */
export function classColorHex(classId: number): string {
  return `#${Buffer.from(classColor(classId)).toString('hex')}`;
}
