/**
 * eigenfleet as a library: `docs/library.md` has examples. Importing it does one thing: it turns ONNX Runtime's telemetry off in this process. What a function
 * needs is loaded when it is called.
 */
import { turnRuntimeTelemetryOff } from './model/runtime/runtime-telemetry.ts';

turnRuntimeTelemetryOff();

export type { Evaluation } from './evaluate/result/evaluation.ts';
export type { Figure } from './evaluate/result/figure.ts';
export type { ObjectRow, ObjectTrust } from './evaluate/result/object-row.ts';
export type { CheckOptions, WrittenRule } from './local/library/check-named-run.ts';
export type { CompareRunsOptions } from './local/library/compare-runs.ts';
export {
  type ComponentMap,
  type Heatmap,
  heatmapOverPicture,
  type LayerMaps,
  type PictureSize,
} from './local/library/heatmap.ts';
export type {
  ExplainedImage,
  ImageExplanation,
  UnexplainedImage,
} from './local/library/image-explanation.ts';
export {
  check,
  compareRuns,
  openModel,
  openRun,
  planRun,
  rankLayers,
  run,
} from './local/library/library.ts';
export type { Named } from './local/library/named.ts';
export type {
  EvaluatedObject,
  FinishedRun,
  ImageRow,
  OpenRunOptions,
} from './local/library/open-finished-run.ts';
export type { ModelOptions, OpenModel } from './local/library/open-model.ts';
export type { RankedLayers, RankLayersOptions } from './local/library/rank-layers.ts';
export type { RunOptions, RunResult } from './local/library/run-dataset.ts';
export type { RunProgress } from './local/run-progress.ts';
export type { LayerAdvice, RankedMap } from './report/advice/layer-advice.ts';
export type { Summary } from './report/summary/summary-schema.ts';
export type { Verdict } from './report/summary/verdict-schema.ts';
export type { FlagName } from './shared/catalog/flag-catalog.ts';
export { EigenfleetError, type ErrorCode } from './shared/errors.ts';
export type { StoredRow } from './shared/results/sample-row-parquet.ts';
export type {
  ClassScore,
  CocoRle,
  Detection,
  Keypoint,
  ObjectMask,
  RotatedBox,
  Xyxy,
} from './shared/run/detection.ts';
export type {
  ClassEvidence,
  EvidenceInObjects,
  StoredEvidence,
} from './shared/run/evidence/class-evidence.ts';
export type { LetterboxGeometry } from './shared/run/letterbox-geometry.ts';
export type { ExplainOptions, RunSpec, TargetLayer } from './shared/run/run-spec.ts';
export type { Sample, SampleStatus } from './shared/run/sample.ts';
export type { SampleRow } from './shared/run/sample-row.ts';
export type { Task } from './shared/run/task-traits.ts';
export type { SaidSettings } from './shared/settings/said-settings.ts';
export type { StoreOptions } from './shared/storage/open-store.ts';
export type { Notices } from './shared/telemetry/notices.ts';
export type {
  ChangedImage,
  ClassDifference,
  Comparison,
  ComparisonStep,
  Difference,
  FigureDifference,
  MeasureDifference,
} from './verdict/compare/comparison.ts';
