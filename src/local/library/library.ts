import type { Verdict } from '../../report/summary/verdict-schema.ts';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import type { Comparison } from '../../verdict/compare/comparison.ts';
import type { CheckOptions } from './check-named-run.ts';
import type { CompareRunsOptions } from './compare-runs.ts';
import type { FinishedRun, OpenRunOptions } from './open-finished-run.ts';
import type { ModelOptions, OpenModel } from './open-model.ts';
import type { RankedLayers, RankLayersOptions } from './rank-layers.ts';
import type { RunOptions, RunResult } from './run-dataset.ts';

/*
 * The functions for programs. Each one loads its dependencies when called: importing the library costs nothing.
 */

/**
 * Reads a YOLOv8 model and loads it on the device that `device` names, `auto` by default.
 *
 * @param model `.onnx` (also `s3://...`), `.pt` with its `.onnx` beside it, or a training folder.
 * @throws EigenfleetError `model` for the file, `usage` for options that do not fit it, `device` for one that does not work.
 */
export async function openModel(model: string, options: ModelOptions = {}): Promise<OpenModel> {
  const library = await import('./open-model.ts');
  return library.openModel(model, options);
}

/**
 * Lists the images and reads the model, and writes nothing.
 *
 * @returns What `run` with the same options would write as `run.json`.
 * @throws EigenfleetError `usage`, `model`, `dataset` or `storage` for anything that keeps the run from being planned.
 */
export async function planRun(options: RunOptions): Promise<RunSpec> {
  const { planDataset } = await import('./run-dataset.ts');
  return planDataset(options);
}

/**
 * Explains a dataset in this process, and writes tables, maps, summary and report to `out`. Done shards of an earlier call with the same
 * options are kept. A bad image is a row with its reason, never an exception.
 *
 * @throws EigenfleetError with a `code` for anything that stops the run; the signal's reason when it was aborted before the run was planned.
 */
export async function run(options: RunOptions): Promise<RunResult> {
  const { runDataset } = await import('./run-dataset.ts');
  return runDataset(options);
}

/**
 * Opens a finished run, whether `run`, the command line or a fleet explained it.
 *
 * @param out Where the results are: a folder or `s3://bucket/prefix`.
 * @throws EigenfleetError `usage` when there is no such run, `incomplete` when it is not finished, `storage` when it cannot be read.
 */
export async function openRun(out: string, options: OpenRunOptions = {}): Promise<FinishedRun> {
  const { openFinishedRun } = await import('./open-finished-run.ts');
  return openFinishedRun(out, options);
}

/**
 * Compares finished runs: what changed in figures, classes, measures and maps, with 95 % intervals, and whether the images drifted. Writes nothing unless `write` is set.
 *
 * @param first name, id, or folder of a run or of results, as `eigenfleet compare` takes them
 * @param second the same; several are compared one after the other, each with the one before it
 * @throws EigenfleetError `usage` when there is no such run, `incomplete` when one is not finished, `storage` when it cannot be read; the signal's reason when it is aborted
 */
export async function compareRuns(
  first: string,
  second: string | readonly string[],
  options: CompareRunsOptions = {},
): Promise<Comparison> {
  const library = await import('./compare-runs.ts');
  return library.compareNamedRuns([first, ...[second].flat()], options);
}

/**
 * Holds a finished run against rules. Writes nothing unless `write` is set.
 *
 * @param reference name, id, or folder of a run, or `latest`
 * @returns the verdict: `outcome` is `pass`, `fail` or `undecided`, with a sentence, and so has each rule
 * @throws EigenfleetError `usage` for rules or figures that do not exist and when there is no such run, `incomplete` when it is not finished, `storage` when it cannot be read
 */
export async function check(reference: string, options: CheckOptions): Promise<Verdict> {
  const { checkNamedRun } = await import('./check-named-run.ts');
  return checkNamedRun(reference, options);
}

/**
 * Ranks the layers of a model, and fusions of them, by the share of the attainable heat inside the labeled objects of some images; where nobody labeled them, inside what the
 * model itself finds. `onProgress` counts each pass of the images anew.
 *
 * @returns the ranking, the best first, with the one to take; `not-ranked` with the reason where nothing says where heat should lie
 * @throws EigenfleetError as `planRun`, and `dataset` where no image has an object
 */
export async function rankLayers(model: string, options: RankLayersOptions): Promise<RankedLayers> {
  const { rankLayersOf } = await import('./rank-layers.ts');
  return rankLayersOf(model, options);
}
