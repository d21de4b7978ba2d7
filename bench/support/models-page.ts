import type { ExportCheck } from './check-export.ts';

const tasks = ['detect', 'segment', 'pose', 'obb', 'classify', 'none'];

/** `docs/models.md`. */
export function modelsPage(checks: readonly ExportCheck[], versions: string): string {
  const right = checks.filter(({ status }) => status === 'right').length;
  return `# Which models

Any YOLO export with one of five tasks; whatever else has one image as its input runs with \`--task none\`. Nothing here goes by family or version: shapes, the graph
and metadata decide, so this page shows what was tried, not what is listed somewhere in the code.

Made by \`node dist/bench/exports.js\` (see [CONTRIBUTING](../CONTRIBUTING.md)) from ${checks.length} real exports, ${right} of them right. ${versions}
[bench/zoo](../bench/zoo/README.md) makes them: the YAML files of Ultralytics at an eighth of their width or so, with random weights. Each export runs on three blood-cell images
with \`--conf 0.05\`, and is held against Ultralytics' own \`predict\` through the same file (through the default export where Ultralytics does not read the file) and against Eigen-CAM
by \`numpy.linalg.svd\` in float64.

**Right** means: the same boxes (IoU >= 0.98, or, of fp16, corners within one step of a float16 number) with the same classes and scores (within 0.01; fp16 and quantized 0.02), at most 1 in 100 missing or extra;
keypoints within 1 px, angles within 0.02 rad, probabilities within 0.01; and every default layer's first map within 1 - |r| = 1e-5 of the network's, times
(1 - p^2)^-2 where the second singular value is p times the first. fp16 and quantized files are held against the file's own activations, within 1e-5 and 2e-3:
how far those are from the float network's is the doing of fewer bits. Masks of random networks are noise at the size of a pixel and
are not compared here: \`test/golden/detections\` has those of trained ones. A sentence is what eigenfleet says where it refuses.

**Quantized files** are run with ONNX Runtime's \`session.x64quantprecision\`, here on both sides: products of unsigned and signed bytes overflow on x64 processors without VNNI otherwise, and one file would answer
differently on two machines. On such a processor that took 8 % more CPU for QDQ convolutions of unsigned activations (v8 at 256 px, one thread: 23.3 against 21.7 ms, median of 80 pairs in turn, beside other work), and
nothing for those of signed ones, which ONNX Runtime computes in floats.

A classifier that ends before its softmax, as torchvision's do, gets one where its last node is a matrix product; \`--task classify\` where the file names no task, and \`--mean\` and \`--std\` for its preprocessing.

RF-DETR answers with boxes and scores in outputs of their own and is refused with the sentence below. \`--task none --prepare stretch --mean 0.485,0.456,0.406 --std 0.229,0.224,0.225\` explains it (tried with rfdetr 1.11.2,
the nano size with random weights, at 384 px: maps of 24 x 24 cells of its projector).
${tasks
  .map((task) =>
    section(
      task,
      checks.filter((check) => check.task === task),
    ),
  )
  .join('')}`;
}

function section(task: string, checks: readonly ExportCheck[]): string {
  if (checks.length === 0) return '';
  const groups = new Map<string, { kind: string; outcome: string; families: string[] }>();
  for (const check of checks) {
    const { kind, family } = check;
    const outcome = outcomeOf(check);
    const key = `${kind}\n${outcome}`;
    const group = groups.get(key) ?? { kind, outcome, families: [] };
    group.families.push(family);
    groups.set(key, group);
  }
  const rows = [...groups.values()]
    .sort(
      (a, b) =>
        order(a.kind) - order(b.kind) || compare(a.kind, b.kind) || compare(a.outcome, b.outcome),
    )
    .map(({ kind, outcome, families }) => row([kind, [...new Set(families)].join(', '), outcome]));
  return `
## ${task === 'none' ? 'Any other vision model, with --task none' : task}

| Export | Families | |
|---|---|---|
${rows.join('\n')}
`;
}

function outcomeOf({ file, task, status, words }: ExportCheck): string {
  if (status === 'right') return task === 'none' ? 'runs' : 'right';
  const said = words.replaceAll(file, 'best.onnx');
  return status === 'refused' ? said : `**wrong: ${said}**`;
}

/** The default export stands first. */
function order(kind: string): number {
  return kind === 'default' ? 0 : 1;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}
