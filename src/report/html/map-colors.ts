import { colorTable } from '../../image/overlay/color-map.ts';
import { type ColorMap, colorMaps } from '../../shared/run/run-spec.ts';
import { type Html, html } from './html.ts';

export const colorMapWords: Readonly<Record<ColorMap, string>> = {
  heat: 'Heat',
  inferno: 'Inferno',
  viridis: 'Viridis',
  turbo: 'Turbo',
  jet: 'JET',
};

/** Stops of a filter's table: with straight lines between 17 of them, colors are within 7 gray levels of the whole table. */
const stops = 17;

/**
 * SVG filters that color gray pictures of values with the same tables as the overlays: `#heat` over a photo, `#heat-solid` on its
 * own, and so on. The browser smooths the picture first, so values are interpolated and not colors.
 */
export function colorFilters(): Html {
  return html`${colorMaps.map((name) => [filter(name, true), filter(name, false)])}`;
}

/** Under a map that has no photo below it, and under the legend: warm white. */
const ground = [255, 251, 242] as const;

/** The table as it looks on its own: `heat`, which fades to nothing, over the ground. */
function solidTable(name: ColorMap): Uint8Array {
  const { rgb, alpha } = colorTable(name);
  if (name !== 'heat') return rgb;
  return rgb.map((value, i) => {
    const opacity = Math.min(1, (alpha[Math.floor(i / 3)] ?? 0) / 0.8);
    return Math.round(value * opacity + (ground[i % 3] ?? 255) * (1 - opacity));
  });
}

function filter(name: ColorMap, solid: boolean): Html {
  const { alpha } = colorTable(name);
  const rgb = solid ? solidTable(name) : colorTable(name).rgb;
  const table = (valueAt: (index: number) => number) =>
    Array.from({ length: stops }, (_, i) =>
      Number(valueAt(Math.round((i * 255) / (stops - 1))).toFixed(3)),
    ).join(' ');
  const channel = (c: number) => table((i) => (rgb[i * 3 + c] ?? 0) / 255);
  const colors = html`<feComponentTransfer result="c"><feFuncR type="table" tableValues="${channel(0)}"/><feFuncG type="table" tableValues="${channel(1)}"/><feFuncB type="table" tableValues="${channel(2)}"/></feComponentTransfer>`;
  // Color and opacity are looked up apart: premultiplied 8-bit color would be coarse where the opacity is low.
  const fade = html`<feColorMatrix in="SourceGraphic" values="0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1 0 0 0 0"/><feComponentTransfer result="a"><feFuncA type="table" tableValues="${table((i) => alpha[i] ?? 0)}"/></feComponentTransfer><feComposite in="c" in2="a" operator="in"/>`;
  return html`<filter id="${name}${solid ? '-solid' : ''}" x="0" y="0" width="1" height="1" color-interpolation-filters="sRGB">${colors}${!solid && fade}</filter>`;
}

/** Style rules by which the radios `color-<name>` choose the filter of every map, the colors of every legend, and whether photos are gray. */
export function colorRules(): string {
  return colorMaps
    .flatMap((name, i) => {
      const when = i === 0 ? '' : `:root:has(#color-${name}:checked) `;
      return [
        `${when}.map,${when}.heat{filter:url(#${name})}`,
        `${when}.mean img{filter:url(#${name}-solid)}`,
        `${when}.legend i{background:linear-gradient(90deg,${hexStops(name)})}`,
        colorTable(name).grayPhoto ? '' : `${when}.stage .photo{filter:none}`,
      ];
    })
    .join('');
}

function hexStops(name: ColorMap): string {
  const rgb = solidTable(name);
  return Array.from({ length: stops }, (_, i) => {
    const at = Math.round((i * 255) / (stops - 1)) * 3;
    return `#${Buffer.from(rgb.subarray(at, at + 3)).toString('hex')}`;
  }).join(',');
}

/**
 * Style rules by which the radios `map-<i>` choose the map that every picture shows; `map-none` is the photo alone, in color. `map-e<id>` is the evidence of a class, on
 * cards: a card that has none of it says so.
 */
export function mapRules(maps: number, classes: readonly number[]): string {
  const rules = ['.map.m0{display:block}'];
  for (let i = 1; i < maps; i++) {
    rules.push(`:root:has(#map-${i}:checked) .map.m0{display:none}`);
    rules.push(`:root:has(#map-${i}:checked) .map.m${i}{display:block}`);
  }
  for (const id of classes) {
    const when = `:root:has(#map-e${id}:checked) .card`;
    rules.push(`${when} .map.m0,${when} .of-map{display:none}`);
    rules.push(`${when} .e${id}{display:block}`);
    rules.push(`${when} .stage:not(:has(.e${id}))::after{content:"no map of this class"}`);
  }
  rules.push(':root:has(#map-none:checked) .map{display:none}');
  rules.push(':root:has(#map-none:checked) .stage .photo{filter:none}');
  return rules.join('');
}
