import { mediumOutlines } from './font-medium.ts';
import { regularOutlines } from './font-regular.ts';

export type Weight = 'regular' | 'medium';

/** One character: its advance and its outline as closed polygons [x0, y0, x1, y1, ...], in ems, y down, baseline at 0. */
export interface Glyph {
  readonly advance: number;
  readonly polygons: readonly Float32Array[];
}

const fonts = new Map<Weight, Map<string, string>>();
const glyphs = new Map<string, Glyph | undefined>();

/** The outline of one character, or undefined where the font has none. */
export function glyphOf(character: string, weight: Weight): Glyph | undefined {
  const id = weight + character;
  if (!glyphs.has(id)) {
    const line = fontOf(weight).get(character);
    glyphs.set(id, line === undefined ? undefined : parseGlyph(line));
  }
  return glyphs.get(id);
}

function fontOf(weight: Weight): Map<string, string> {
  const known = fonts.get(weight);
  if (known) return known;
  const lines = (weight === 'medium' ? mediumOutlines : regularOutlines).split('\n');
  const font = new Map(lines.map((line) => [line.slice(0, 1), line.slice(1)]));
  fonts.set(weight, font);
  return font;
}

function parseGlyph(line: string): Glyph {
  const [advance = '0', ...commands] = line.match(/^\d+|[mlqz][^mlqz]*/g) ?? [];
  const polygons: Float32Array[] = [];
  let points: number[] = [];
  let x = 0;
  let y = 0;
  for (const command of commands) {
    const [a = 0, b = 0, c = 0, d = 0] = (command.match(/-?\d+/g) ?? []).map(
      (text) => Number(text) / 1000,
    );
    switch (command.charAt(0)) {
      case 'z':
        polygons.push(Float32Array.from(points));
        points = [];
        break;
      case 'q':
        points.push(...curvePoints([x, y], [x + a, y + b], [x + c, y + d]));
        [x, y] = [x + c, y + d];
        break;
      default:
        [x, y] = [x + a, y + b];
        points.push(x, y);
    }
  }
  return { advance: Number(advance) / 1000, polygons };
}

type Point = readonly [number, number];

/** A quadratic curve as four straight pieces: below a tenth of a pixel off at the sizes drawn here. */
function curvePoints([x0, y0]: Point, [x1, y1]: Point, [x2, y2]: Point): number[] {
  return [0.25, 0.5, 0.75, 1].flatMap((t) => {
    const s = 1 - t;
    return [s * s * x0 + 2 * s * t * x1 + t * t * x2, s * s * y0 + 2 * s * t * y1 + t * t * y2];
  });
}
