import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import type { ExplainedImage, OpenModel } from '../src/index.ts';
import { openModel } from '../src/index.ts';
import { type ContentCells, contentCells } from '../src/maps/content-cells.ts';
import { boxOverlap } from './support/box-overlap.ts';
import { seededRandom } from './support/random.ts';

/*
 * Whether class evidence shows what a class's scores rest on: of each image the tenth of the cells with the most evidence of a class is painted
 * gray (114, as padding), and the model answers again. Matched score: for each object of the class the highest score of that class at IoU 0.5 or more,
 * 0 where nothing is left. Beside it, on the same grid, the tenth with the most heat of component 1 of the layer, and a tenth at random (mean of three draws).
 *
 *   node dist/bench/faithfulness.js [model.onnx] [folder of images]
 */
const model = process.argv[2] ?? 'examples/blood-cells/bccd-yolov8n.onnx';
const folder = process.argv[3] ?? 'examples/blood-cells/images/test';
const erased = 0.1;
const draws = 3;
const ways = ['evidence', 'component 1', 'random'] as const;
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
    const after = async (heat: Float32Array) =>
      matched(explained, classId, await answerer.explain(await without(picture, heat, cells)));
    const sum = sums.get(className) ?? emptySums();
    sums.set(className, sum);
    sum.images += 1;
    sum.objects += objects.length;
    sum.before += objects.reduce((total, { score }) => total + score, 0);
    sum.evidence += await after(map);
    sum['component 1'] += await after(component.values);
    for (let draw = 0; draw < draws; draw++) sum.random += (await after(noise())) / draws;
  }
}

function emptySums(): Sums {
  return { before: 0, objects: 0, images: 0, evidence: 0, 'component 1': 0, random: 0 };
}

/** The picture with the hottest tenth of the content cells painted gray. */
async function without(
  { rgb, width, height }: Picture,
  heat: Float32Array,
  { areas, gridWidth, gridHeight, geometry }: ContentCells,
): Promise<Uint8Array> {
  const inside = [...heat.keys()].filter((cell) => areas[cell]! > 0);
  const hottest = inside
    .sort((a, b) => heat[b]! - heat[a]!)
    .slice(0, Math.round(inside.length * erased));
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
  for (const cell of hottest) {
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
  console.log('class        images  objects   before   evidence   component 1   random');
  for (const [name, { images, objects, before, ...after }] of sums) {
    const [evidence, component, noise] = ways.map((way) => (after[way] / objects).toFixed(3));
    const counts = `${name.padEnd(12)} ${String(images).padStart(6)} ${String(objects).padStart(8)}`;
    console.log(
      `${counts}   ${(before / objects).toFixed(3).padStart(6)} ${evidence?.padStart(10)} ${component?.padStart(13)} ${noise?.padStart(8)}`,
    );
  }
}
