/**
 * CPU of what is made of a segment model's answer for one image of 1280 x 960 at 640 px: masks of its objects, and those of its candidates. Prototypes are smooth, as
 * those of trained models are, and masks have one part or a few.
 *
 * node dist/bench/masks.js [masks] [rounds]
 */
import { candidateMasks } from '../src/model/candidates/candidate-masks.ts';
import { objectMasks } from '../src/model/mask/object-masks.ts';
import { seededRandom } from '../test/support/seeded-random.ts';
import { median } from './support/median.ts';

const [masks = 300, rounds = 15] = process.argv.slice(2).map(Number);
const prototypeCount = 32;
const cells = 160;
const geometry = {
  ...{ width: 1280, height: 960, newWidth: 640, newHeight: 480, left: 0, top: 80 },
  ...{ inputWidth: 640, inputHeight: 640 },
};
const random = seededRandom(7);
const between = (low: number, high: number) => low + (high - low) * random();

const prototypes = new Float32Array(prototypeCount * cells * cells);
for (let one = 0; one < prototypeCount; one++) {
  const [across, down, start] = [between(-0.15, 0.15), between(-0.15, 0.15), between(0, 6)];
  for (let at = 0; at < cells * cells; at++) {
    const angle = (at % cells) * across + Math.floor(at / cells) * down + start;
    prototypes[one * cells * cells + at] = Math.sin(angle);
  }
}

function boxesOf(size: number) {
  return Array.from({ length: masks }, () => {
    const [width, height] = [between(0.8, 1.2), between(0.8, 1.2)].map((share) =>
      Math.min(size * share, 640),
    ) as [number, number];
    const [left, top] = [between(0, 640 - width), between(0, 640 - height)];
    const coefficients = Float32Array.from({ length: prototypeCount }, () => between(-1, 1));
    return { corners: [left, top, left + width, top + height], coefficients };
  });
}

/** Milliseconds of the processor: others may work beside. */
function cpuOf(work: () => unknown): number {
  const times = Array.from({ length: rounds + 3 }, () => {
    const from = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(from);
    return (user + system) / 1000;
  });
  return median(times.slice(3));
}

for (const size of [50, 150, 640]) {
  const boxes = boxesOf(size);
  const objects = cpuOf(() => objectMasks(boxes, prototypes, geometry));
  const candidates = {
    boxes: Float32Array.from(boxes.flatMap(({ corners }) => corners)),
    coefficients: Float32Array.from(boxes.flatMap((box) => [...box.coefficients])),
    weights: prototypeCount,
  };
  const ofCandidates = cpuOf(() => candidateMasks(candidates, prototypes, geometry));
  console.log(
    `${masks} of about ${size} px: objects ${objects.toFixed(1)} ms, candidates ${ofCandidates.toFixed(1)} ms`,
  );
}
