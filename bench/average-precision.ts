/**
 * Average precision of many candidates: how long adding, building and leaving out blocks take, and the error bound beyond a million.
 *
 * node dist/bench/average-precision.js [candidates in millions] [classes] [blocks]
 */
import { PrecisionAccumulator } from '../src/evaluate/precision/precision-accumulator.ts';
import { madeImages, precisionImage } from '../test/support/made-precision.ts';

/** Of the processor: others may work beside. */
const seconds = (from: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1e6;
};

const [millions = 1, classes = 80, blocks = 128] = process.argv.slice(2).map(Number);
const perImage = 300;
const images = Math.round((millions * 1e6) / perImage);
const accumulator = new PrecisionAccumulator(['box']);
let adding = 0;
for (let start = 0; start < images; start += 256) {
  const shard = madeImages({
    seed: start,
    images: Math.min(256, images - start),
    classes,
    perImage,
    blocks,
  }).map((image) => precisionImage(image));
  const from = process.cpuUsage();
  for (const image of shard) accumulator.addImage(image);
  adding += seconds(from);
}
const timed = <T>(work: () => T): readonly [T, string] => {
  const from = process.cpuUsage();
  const result = work();
  return [result, `${seconds(from).toFixed(2)} s`];
};
const [built, building] = timed(() => accumulator.build());
const [, leaving] = timed(() => accumulator.jackknife());
const [packed, packing] = timed(() => JSON.stringify(accumulator.toPacked()));
const merged = new PrecisionAccumulator(['box']);
const [, merging] = timed(() => merged.addPacked(JSON.parse(packed)));
const form = built.forms[0];
console.log(`${built.candidates} candidates, ${classes} classes, exact: ${built.exact}`);
console.log(`mAP50 ${form?.ap50?.toFixed(5)}, bound ${form?.bound.toFixed(6)}`);
console.log(`adding ${adding.toFixed(2)} s, building ${building}`);
console.log(`leaving out ${blocks} blocks ${leaving}`);
console.log(`packing ${packing}, ${(packed.length / 1e6).toFixed(1)} MB, merging ${merging}`);
console.log(`${Math.round(process.resourceUsage().maxRSS / 1024)} MB at most`);
