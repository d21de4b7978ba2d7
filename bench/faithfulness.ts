import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RgbImage } from '../src/image/rgb-image.ts';
import { openModel } from '../src/index.ts';
import { type ContentCells, contentCells } from '../src/maps/content-cells.ts';
import { hottestCells, movedCells, pixelsOf } from './support/erased-cells.ts';
import { erasureTable, type Way, type WayScores } from './support/erasure-table.ts';
import { fillPixels, fills } from './support/fill-pixels.ts';
import { inputPicture, pngOf } from './support/input-picture.ts';
import { matchedScore } from './support/matched-score.ts';
import { seededRandom } from './support/random.ts';

/*
 * Whether class evidence shows what a class's scores rest on: of each image the cells with the most evidence of a class are erased, and the model answers again. Matched score: for each object of the
 * class the highest score of that class at IoU 0.5 or more, 0 where nothing is left. Beside it, on the same grid, as many cells with the most heat of component 1 of the layer; both in the same shapes
 * elsewhere (moved around the image as on a torus), which says what the way of erasing costs by itself; and cells at random. The last three are means of three draws.
 *
 * What takes the place of erased cells decides what is measured: see `fillPixels`. It is done in the picture that the model sees, at its size. Beside the means are differences to evidence with 95 %
 * intervals over the images.
 *
 *   node dist/bench/faithfulness.js [model.onnx] [folder of images] [shares of the cells: 0.03,0.1,0.2] [fills: gray,mean,blur,imputed]
 */
const model = process.argv[2] ?? 'examples/blood-cells/bccd-yolov8n.onnx';
const folder = process.argv[3] ?? 'examples/blood-cells/images/test';
const shares = (process.argv[4] ?? '0.03,0.1,0.2').split(',').map(Number);
const chosenFills = fills.filter((fill) => (process.argv[5] ?? fills.join()).includes(fill));
const draws = 3;

const explainer = await openModel(model, { classes: ['all'], threads: 1 });
const answerer = await openModel(model, {
  classes: ['none'],
  conf: 0.001,
  allScores: true,
  threads: 1,
});
/** By fill, share and class: one element an image. */
const scores = new Map<string, WayScores[]>();
for (const name of (await readdir(folder)).sort()) await measure(join(folder, name));
console.log(`${model}, ${folder}: mean matched score when the hottest cells are erased\n`);
console.log(erasureTable(scores));
await Promise.all([explainer.close(), answerer.close()]);

async function measure(path: string): Promise<void> {
  const picture = await inputPicture(path, explainer);
  const explained = await explainer.explain(await pngOf(picture));
  if (explained.status !== 'success') throw new Error(`${path}: ${explained.reason}`);
  for (const { classId, className, map, layer, ...grid } of explained.evidence ?? []) {
    const objects = explained.detections.filter((one) => one.classId === classId);
    const component = explained.layers.find((one) => one.layer === layer)?.components[0];
    if (objects.length === 0 || component === undefined) continue;
    const cells = contentCells(explained.geometry, grid);
    const before = objects.reduce((total, { score }) => total + score, 0);
    const scoreAfter = async (filled: RgbImage) => {
      const answer = await answerer.explain(await pngOf(filled));
      if (answer.status !== 'success') throw new Error(answer.reason);
      return matchedScore(explained, classId, answer);
    };
    for (const share of shares) {
      // The same draws for every fill.
      const random = seededRandom(1 + classId);
      const erasures = erasuresOf({ own: map, pattern: component.values }, cells, {
        share,
        random,
      });
      for (const fill of chosenFills) {
        const left = { evidence: 0, elsewhere: 0, 'component 1': 0, '1 elsewhere': 0, random: 0 };
        for (const { way, some, weight } of erasures) {
          const filled = await fillPixels(picture, pixelsOf(some, cells), { fill, random });
          left[way] += weight * (await scoreAfter(filled));
        }
        const key = `${fill}\t${share}\t${className}`;
        const known = scores.get(key) ?? [];
        scores.set(key, [...known, { ...left, before, objects: objects.length }]);
      }
    }
  }
}

interface Erasure {
  readonly way: Way;
  readonly some: readonly number[];
  /** Of its score in the mean over draws. */
  readonly weight: number;
}

function erasuresOf(
  heat: { readonly own: Float32Array; readonly pattern: Float32Array },
  cells: ContentCells,
  { share, random }: { readonly share: number; random(): number },
): Erasure[] {
  const own = hottestCells(heat.own, cells, share);
  const pattern = hottestCells(heat.pattern, cells, share);
  const weight = 1 / draws;
  const drawn = Array.from({ length: draws }, (): Erasure[] => {
    const noise = heat.own.map(() => random());
    return [
      { way: 'random', some: hottestCells(noise, cells, share), weight },
      { way: 'elsewhere', some: movedCells(own, cells, random), weight },
      { way: '1 elsewhere', some: movedCells(pattern, cells, random), weight },
    ];
  });
  return [
    { way: 'evidence', some: own, weight: 1 },
    { way: 'component 1', some: pattern, weight: 1 },
    ...drawn.flat(),
  ];
}
