import { execFileSync } from 'node:child_process';
import { machineLines } from './support/machine.ts';

/*
 * Peak memory of a process that explains an image of 2048 x 2048 pixels, against one that runs the bare model on it: the usual target layers, and
 * every module of the model, 1024 x 1024 cells the largest. A full SVD of 256 x 256 cells alone takes 17 GB.
 *
 *   node dist/bench/large-input.js [model] [pixels]
 */
const model = process.argv[2] ?? 'test/fixtures/models/tiny-det-dynamic.onnx';
const size = process.argv[3] ?? '2048';
const cases = [
  { name: 'bare model', what: 'bare', components: '1' },
  { name: 'target layers, k = 1', what: 'targets', components: '1' },
  { name: 'target layers, k = 10', what: 'targets', components: '10' },
  { name: 'every module, k = 1', what: 'all', components: '1' },
];

console.log(machineLines().join('\n'));
console.log(`model     ${model}, ${size} px\n`);
console.log('                          peak MB   / bare');
const child = new URL('./support/large-input-child.js', import.meta.url).pathname;
let bare = Number.NaN;
for (const { name, what, components } of cases) {
  const output = execFileSync(process.execPath, [child, model, size, what, components]);
  const megabytes = Number(output.toString()) / 1e6;
  if (what === 'bare') bare = megabytes;
  const ratio = (megabytes / bare).toFixed(2);
  console.log(`${name.padEnd(25)} ${megabytes.toFixed(0).padStart(7)}   ${ratio}`);
}
