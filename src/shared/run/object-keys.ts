import { runBounds } from './run-bounds.ts';

/** Every key below the results root is built here. Shard numbers are zero-padded so that listings sort. */
const padded = (shard: number): string => String(shard).padStart(7, '0');

export const objectKeys = {
  run: (runId: string): string => `${runId}/run.json`,
  /** All that a run has. */
  ofRun: (runId: string): string => `${runId}/`,
  manifest: (runId: string, shard: number): string => `${runId}/manifest/${padded(shard)}.jsonl`,
  /** One line for each image of a manifest part: where its labels are, or what they are. */
  labels: (runId: string, shard: number): string => `${runId}/labels/${padded(shard)}.jsonl`,
  /** One line for each image of a manifest part: where its results are taken over from; only of a run that takes some over. */
  carry: (runId: string, shard: number): string => `${runId}/carry/${padded(shard)}.jsonl`,
  manifests: (runId: string): string => `${runId}/manifest/`,
  shard: (runId: string, shard: number): string => `${runId}/shards/${padded(shard)}.parquet`,
  shards: (runId: string): string => `${runId}/shards/`,
  /** float16 [n, k, gridHeight, gridWidth]; see `docs/results.md`. */
  maps: (
    runId: string,
    layer: string,
    shard: number,
    gridHeight: number,
    gridWidth: number,
  ): string => `${runId}/maps/${layer}/${padded(shard)}.${gridHeight}x${gridWidth}.npy`,
  /** The same with 8 bits a cell, NumPy's archive; see `docs/results.md`. */
  byteMaps: (
    runId: string,
    layer: string,
    shard: number,
    gridHeight: number,
    gridWidth: number,
  ): string => `${runId}/maps/${layer}/${padded(shard)}.${gridHeight}x${gridWidth}.npz`,
  /** NumPy's archive of the maps of one kind, each deflated by itself; see `docs/results.md`. */
  mapArchive: (runId: string, kind: 'evidence' | 'boxes', shard: number): string =>
    `${runId}/maps/${kind}/${padded(shard)}.npz`,
  /** NumPy's archive of the candidates of a shard; see `docs/results.md`. */
  candidates: (runId: string, shard: number): string => `${runId}/candidates/${padded(shard)}.npz`,
  overlay: (runId: string, shard: number, row: number): string =>
    `${runId}/overlays/${padded(shard)}/${String(row).padStart(4, '0')}.jpg`,
  /** What a shard adds to the evaluation of its run, and its rows of the table of objects. */
  evaluated: (runId: string, shard: number): string => `${runId}/evaluated/${padded(shard)}.json`,
  evaluatedObjects: (runId: string, shard: number): string =>
    `${runId}/evaluated/${padded(shard)}.objects.parquet`,
  /** The evaluation that is shown; written last. */
  evaluation: (runId: string): string => `${runId}/evaluation.json`,
  /** Each evaluation there ever was. */
  evaluationOf: (runId: string, evaluationId: string): string =>
    `${runId}/evaluations/${evaluationId}.json`,
  /** What its rules say of a run; of the evaluation that is shown. */
  verdict: (runId: string): string => `${runId}/verdict.json`,
  objects: (runId: string, part: number): string =>
    `${runId}/objects/part-${String(part).padStart(5, '0')}.parquet`,
  objectsPrefix: (runId: string): string => `${runId}/objects/`,
  done: (runId: string, shard: number): string => `${runId}/done/${padded(shard)}.json`,
  doneMarkers: (runId: string): string => `${runId}/done/`,
  images: (runId: string, part: number): string =>
    `${runId}/images/part-${String(part).padStart(5, '0')}.parquet`,
  imagesPrefix: (runId: string): string => `${runId}/images/`,
  summaryJson: (runId: string): string => `${runId}/summary.json`,
  summaryMarkdown: (runId: string): string => `${runId}/summary.md`,
  report: (runId: string): string => `${runId}/report.html`,
  failures: (runId: string): string => `${runId}/failures.jsonl`,
  /** A model that workers fetch, by its sha256. */
  model: (sha256: string): string => `models/${sha256}.onnx`,
  /** Marks a run as cancelled; survives the loss of Redis. */
  cancelled: (runId: string): string => `${runId}/cancelled.json`,
  /** Records why a shard failed for good. */
  failedShard: (runId: string, shard: number): string => `${runId}/failed/${padded(shard)}.json`,
  failedShards: (runId: string): string => `${runId}/failed/`,
  name: (name: string): string => `names/${name}.json`,
  names: 'names/',
  /** A file of a comparison of several runs, which may lie in other places. */
  comparison: (comparisonId: string, file: string): string => `comparisons/${comparisonId}/${file}`,
  /** Returns whether a key can be a result of this shard: rows, candidates, maps, an overlay or what its evaluation takes. */
  isOfShard: (key: string, runId: string, shard: number): boolean => {
    const [rows, maps] = [objectKeys.shard(runId, shard), `${runId}/maps/`];
    const evaluated = [
      objectKeys.evaluated(runId, shard),
      objectKeys.evaluatedObjects(runId, shard),
    ];
    const isMap =
      key.startsWith(maps) &&
      /\/(\d{7,})\.(?:\d+x\d+\.np[yz]|npz)$/.exec(key)?.[1] === padded(shard);
    const files = [rows, objectKeys.candidates(runId, shard), ...evaluated];
    return files.includes(key) || isMap || key.startsWith(`${runId}/overlays/${padded(shard)}/`);
  },
  /** Shard number of a key made by `done`, `manifest` or `shard`; `undefined` for anything else, including a number that no shard has. */
  shardOf: (key: string): number | undefined => {
    const match = /\/(?:done|manifest|shards|failed)\/(\d{7,})\.(?:json|jsonl|parquet)$/.exec(key);
    const shard = Number(match?.[1] ?? Number.NaN);
    return shard < runBounds.shards ? shard : undefined;
  },
};
