import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import type { ExplainedImage, OpenModel } from '../src/index.ts';
import { openModel } from '../src/index.ts';
import { type ContentCells, contentCells } from '../src/maps/content-cells.ts';
import { boxOverlap } from './support/box-overlap.ts';
import { seededRandom } from './support/random.ts';

/*
 * Whether class evidence shows what a class's scores rest on: of each image the tenth of the cells (or another share) with the most evidence of a class is painted
 * gray (114, as padding), and the model answers again. Matched score: for each object of the class the highest score of that class at IoU 0.5 or more,
 * 0 where nothing is left. Beside it, on the same grid, as many cells with the most heat of component 1 of the layer; both in the same shapes elsewhere (moved around the image as on a
 * torus), since scattered gray squares break more than one patch does; and cells at random. The last three are means of three draws.
 *
 *   node dist/bench/faithfulness.js [model.onnx] [folder of images] [share of the cells]
 */
const model = process.argv[2] ?? 'examples/blood-cells/bccd-yolov8n.onnx';
const folder = process.argv[3] ?? 'examples/blood-cells/images/test';
const erased = Number(process.argv[4] ?? 0.1);
const draws = 3;
const ways = ['evidence', 'elsewhere', 'component 1', '1 elsewhere', 'random'] as const;
type Way = (typeof ways)[number];

interface Picture {
  readonly rgb: Buffer;
  readonly width: number;
  readonly height: number;
}

/** Score that objects of a class had, and have when cells are erased, summed. */
type Sums = Record<Way | 'before' | 'objects' | 'images', number>;

const explainer = await openModel(model, { classes: ['all'] });
const answerer = await openModel(model, { classes: ['none'], conf: 0.001, allScores: true });
const sums = new Map<string, Sums>();
const random = seededRandom(1);
for (const name of (await readdir(folder)).sort()) await measure(join(folder, name));
print();
await Promise.all([explainer.close(), answerer.close()]);

async function measure(path: string): Promise<void> {
  const explained = await explainer.explain(path);
  if (explained.status !== 'success') throw new Error(`${path}: ${explained.reason}`);
  const { data, info } = await sharp(await readFile(path))
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const picture = { rgb: data, width: info.width, height: info.height };
  for (const { classId, className, map, layer, gridHeight, gridWidth } of explained.evidence ??
    []) {
    const objects = explained.detections.filter((one) => one.classId === classId);
    const component = explained.layers.find((one) => one.layer === layer)?.components[0];
    if (objects.length === 0 || component === undefined) continue;
    const cells = contentCells(explained.geometry, { gridHeight, gridWidth });
    const noise = () => map.map(() => random());
    const after = async (erasedCells: readonly number[]) =>
      matched(
        explained,
        classId,
        await answerer.explain(await without(picture, erasedCells, cells)),
      );
    const [own, pattern] = [hottest(map, cells), hottest(component.values, cells)];
    const sum = sums.get(className) ?? emptySums();
    sums.set(className, sum);
    sum.images += 1;
    sum.objects += objects.length;
    sum.before += objects.reduce((total, { score }) => total + score, 0);
    sum.evidence += await after(own);
    sum['component 1'] += await after(pattern);
    for (let draw = 0; draw < draws; draw++) {
      sum.random += (await after(hottest(noise(), cells))) / draws;
      sum.elsewhere += (await after(moved(own, cells))) / draws;
      sum['1 elsewhere'] += (await after(moved(pattern, cells))) / draws;
    }
  }
}

function emptySums(): Sums {
  const after = { evidence: 0, elsewhere: 0, 'component 1': 0, '1 elsewhere': 0, random: 0 };
  return { before: 0, objects: 0, images: 0, ...after };
}

/** The hottest of the content cells. */
function hottest(heat: Float32Array, { areas }: ContentCells): number[] {
  const inside = [...heat.keys()].filter((cell) => areas[cell]! > 0);
  return inside.sort((a, b) => heat[b]! - heat[a]!).slice(0, Math.round(inside.length * erased));
}

/** The same shapes at another place of the content, whose borders are joined. */
function moved(some: readonly number[], { gridWidth, rows, columns }: ContentCells): number[] {
  const [across, down] = [columns.end - columns.first, rows.end - rows.first];
  const [x, y] = [Math.floor(random() * across), Math.floor(random() * down)];
  return some.map((cell) => {
    const column = columns.first + (((cell % gridWidth) - columns.first + x) % across);
    const row = rows.first + ((Math.floor(cell / gridWidth) - rows.first + y) % down);
    return row * gridWidth + column;
  });
}

/** The picture with cells painted gray. */
async function without(
  { rgb, width, height }: Picture,
  erasedCells: readonly number[],
  { gridWidth, gridHeight, geometry }: ContentCells,
): Promise<Uint8Array> {
  const painted = Buffer.from(rgb);
  const { newWidth, newHeight, left, top, inputWidth, inputHeight } = geometry;
  const pixel = (
    cell: number,
    size: number,
    input: number,
    pad: number,
    shown: number,
    own: number,
  ) => Math.min(own, Math.max(0, Math.round((((cell / size) * input - pad) * own) / shown)));
  for (const cell of erasedCells) {
    const [x, y] = [cell % gridWidth, Math.floor(cell / gridWidth)];
    const from = pixel(x, gridWidth, inputWidth, left, newWidth, width);
    const to = pixel(x + 1, gridWidth, inputWidth, left, newWidth, width);
    const end = pixel(y + 1, gridHeight, inputHeight, top, newHeight, height);
    for (let row = pixel(y, gridHeight, inputHeight, top, newHeight, height); row < end; row++) {
      painted.fill(114, 3 * (row * width + from), 3 * (row * width + to));
    }
  }
  return sharp(painted, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 1 })
    .toBuffer();
}

/** Sum over the objects of the class of the highest score that is left where they are. */
function matched(
  { detections }: ExplainedImage,
  classId: number,
  answer: Awaited<ReturnType<OpenModel['explain']>>,
): number {
  if (answer.status !== 'success') throw new Error(answer.reason);
  const left = answer.detections.filter((one) => one.classId === classId);
  return detections
    .filter((one) => one.classId === classId)
    .map(({ box }) => left.filter((one) => boxOverlap(one.box, box) >= 0.5))
    .reduce((sum, near) => sum + Math.max(0, ...near.map(({ score }) => score)), 0);
}

function print(): void {
  console.log(
    `${model}, ${folder}: the hottest ${100 * erased} % of the cells painted gray; mean matched score\n`,
  );
  const columns = ways.map((way) => way.padStart(12)).join(' ');
  console.log(`class        images  objects   before ${columns}`);
  for (const [name, { images, objects, before, ...after }] of sums) {
    const left = ways.map((way) => (after[way] / objects).toFixed(3).padStart(12));
    const counts = `${name.padEnd(12)} ${String(images).padStart(6)} ${String(objects).padStart(8)}`;
    console.log(`${counts}   ${(before / objects).toFixed(3).padStart(6)} ${left.join(' ')}`);
  }
}
