import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { softwareVersions } from '../src/shared/host/software-versions.ts';
import { readNpz } from '../test/support/npz.ts';
import { checkExport, type ExportCheck } from './support/check-export.ts';
import { readReferences } from './support/export-reference.ts';
import { machineLines } from './support/machine.ts';
import { modelsPage } from './support/models-page.ts';

/*
 * Runs real exports and compares with Ultralytics and numpy: a folder of NAME.onnx, each with what `predict` found in NAME.json, and the maps of
 * their networks in pc1.npz. With a page, writes docs/models.md.
 *
 *   node dist/bench/exports.js FOLDER IMAGES [docs/models.md]
 *
 * A run that was stopped goes on where it was: FOLDER/checks.jsonl has what was found. Delete it to check all again.
 */
const [folder, images, page] = process.argv.slice(2);
if (folder === undefined || images === undefined) {
  console.error('Usage: node dist/bench/exports.js FOLDER IMAGES [docs/models.md]');
  process.exit(2);
}
console.log(`${machineLines().join('\n')}\n`);
const maps = readNpz(join(folder, 'pc1.npz'));
const kept = join(folder, 'checks.jsonl');
const lines = existsSync(kept) ? readFileSync(kept, 'utf8').split('\n').filter(Boolean) : [];
const checks = lines.map((line) => JSON.parse(line) as ExportCheck);
for (const reference of readReferences(folder)) {
  const { file, task } = reference;
  if (checks.some((check) => check.file === file && check.task === task)) continue;
  const check = await checkExport(reference, { folder, images, maps });
  checks.push(check);
  appendFileSync(kept, `${JSON.stringify(check)}\n`);
  console.log(`${check.status.padEnd(8)} ${check.file.padEnd(44)} ${check.words}`);
}
const counted = (status: string) => checks.filter((check) => check.status === status).length;
console.log(
  `\n${counted('right')} right, ${counted('refused')} refused, ${counted('wrong')} wrong`,
);
if (page !== undefined) {
  const { 'onnxruntime-node': runtime } = softwareVersions() as Record<string, string>;
  writeFileSync(page, modelsPage(checks, `ONNX Runtime ${runtime} on a CPU.`));
}
process.exitCode = counted('wrong') > 0 ? 1 : 0;
