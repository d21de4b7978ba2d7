import {
  fewestForInterval,
  type LayerAdvice,
  type RankedMap,
} from '../../report/advice/layer-advice.ts';
import type { SheetImage } from '../../report/advice/sheet-image.ts';
import { commandLine } from '../../shared/redaction/command-line.ts';
import { type Task, traitsOf } from '../../shared/run/task-traits.ts';
import { settingsCommand } from '../../shared/settings/settings-command.ts';
import { mulberry32 } from '../../shared/statistics/mulberry32.ts';
import { type AdviceRequest, type AdviceSamples, openAdviceSamples } from './advice-samples.ts';
import { bestOfMeans, type MeansOfCandidates } from './best-of-means.ts';
import { CandidateExplainers } from './candidate-explainers.ts';
import { type FusedLayers, fusionCandidates } from './fusion-candidates.ts';
import { type FailedImage, type MeasuredImage, measureImages } from './measure-images.ts';
import { nothingMeasured } from './nothing-measured.ts';
import { sheetImages } from './sheet-images.ts';

export type AdviceOutcome =
  | {
      readonly status: 'ranked';
      readonly advice: LayerAdvice;
      /** What the contact sheet shows: all layers and the best fusions, in the order of the ranking. */
      readonly columns: readonly RankedMap[];
      /** With a map for each column. */
      readonly sheet: readonly SheetImage[];
      /** Of a photo that is drawn. */
      readonly maxPixels: number;
      readonly failed: readonly FailedImage[];
    }
  /** Nothing in the images says where heat should be: one sentence. */
  | { readonly status: 'not-ranked'; readonly reason: string }
  | { readonly status: 'interrupted' };

const resamples = 2000;
const mostFusionsShown = 4;

/**
 * Ranks the layers of a model, and fusions of them, by how much of their heat lies in the objects of some images. The images go through the model twice: once for all
 * layers, and once for the fusions of those that came out best; more often only where the activations of all layers are over a gigabyte.
 *
 * @throws EigenfleetError as `planRun`, and `dataset` where no image has an object.
 */
export async function adviseLayers(request: AdviceRequest): Promise<AdviceOutcome> {
  const samples = await openAdviceSamples(request);
  const reason = whyUnranked(samples);
  if (reason !== undefined) return { status: 'not-ranked', reason };
  await request.onRankable?.();
  const { plan } = samples;
  const layers = plan.targetLayers.map(({ name }) => name);
  const first = await throughModel(request, samples, { layers, fusions: [] });
  if (first === undefined) return { status: 'interrupted' };
  const { measured, failed, shown } = first;
  if (measured.length === 0) throw nothingMeasured(samples, first);
  const byMean = rankOf(
    layers.map((layer) => ({ layers: [layer] })),
    measured,
    request,
  );
  const ranked = byMean.map((one) => one.layers[0] ?? '');
  const fusions = fusionCandidates({ layers, ranked, defaults: request.defaults });
  const second = await throughModel(request, samples, { layers, fusions });
  if (second === undefined) return { status: 'interrupted' };
  const both = joined(measured, second.measured);
  const candidates = [...layers.map((layer) => ({ layers: [layer] })), ...fusions];
  const all = rankOf(candidates, both, request);
  const advice = adviceOf(request, samples, { ranked: all, measured: both, failed });
  const columns = columnsOf(all);
  const { maxPixels } = plan.options;
  return { status: 'ranked', advice, columns, sheet: shown(columns), maxPixels, failed };
}

function whyUnranked({ plan, labelsOf }: AdviceSamples): string | undefined {
  const { findsObjects, classifies, words } = traitsOf(plan.model.task);
  const { evidence } = plan.loaded;
  if (classifies && evidence.status !== 'found') {
    return `This is ${words.model}: it says what an image shows and not where, and has no class activation (${evidence.reason}), so nothing tells where heat should lie: its layers cannot be ranked.`;
  }
  if (classifies) return undefined;
  if (findsObjects || labelsOf !== undefined) return undefined;
  return `This is ${words.model}: it finds no objects, and nobody labeled these images, so nothing tells where heat should lie: its layers cannot be ranked. Name labels with --labels.`;
}

interface Pass {
  readonly layers: readonly string[];
  /** Where there are some, only they are measured. */
  readonly fusions: readonly FusedLayers[];
}

/** One pass of all images; `undefined` when it was stopped. */
async function throughModel(request: AdviceRequest, samples: AdviceSamples, pass: Pass) {
  const { note, signal, ownsThread, onPass } = request;
  const { fusions } = pass;
  const ofFusions = pass.layers.filter((layer) =>
    fusions.some((one) => one.layers.includes(layer)),
  );
  const layers = fusions.length === 0 ? pass.layers : ofFusions;
  if (signal.aborted) return undefined;
  const explainers = await CandidateExplainers.start(samples.plan, {
    ...{ layers, images: samples.samples.length, ownsThread },
    note: fusions.length === 0 ? note : () => {},
  });
  try {
    const onProgress = onPass?.(
      fusions.length === 0 ? `${layers.length} layers` : `fusions of ${layers.join(', ')}`,
    );
    const task = { ...pass, layers, signal, ...(onProgress && { onProgress }) };
    const images = await measureImages(explainers, samples, task);
    const { measured } = images;
    if (signal.aborted) return undefined;
    const shown =
      fusions.length === 0 ? await sheetImages(explainers, samples, measured) : () => [];
    return { ...images, shown };
  } finally {
    await explainers.close();
  }
}

/** Images that both passes measured, with the heat of all candidates. */
function joined(
  layers: readonly MeasuredImage[],
  fusions: readonly MeasuredImage[],
): MeasuredImage[] {
  const byIndex = new Map(fusions.map((one) => [one.index, one]));
  return layers.flatMap((one) => {
    const other = byIndex.get(one.index);
    return other === undefined ? [] : [{ ...one, heats: [...one.heats, ...other.heats] }];
  });
}

type Candidate = Pick<RankedMap, 'layers' | 'fusion'>;

/** Best first. */
function rankOf(
  candidates: readonly Candidate[],
  measured: readonly MeasuredImage[],
  { defaults }: Pick<AdviceRequest, 'defaults'>,
): RankedMap[] {
  const values = measured.map(({ heats }) =>
    Float64Array.from(heats, ({ attainable }) => attainable),
  );
  const few = measured.length < fewestForInterval;
  const found = bestOfMeans(values, { resamples: few ? 1 : resamples, random: mulberry32(1) });
  const ranked = candidates.map((candidate, c) => {
    const heats = measured.flatMap((one) => one.heats[c] ?? []);
    const energy = heats.reduce((sum, one) => sum + one.energy, 0) / measured.length;
    return {
      ...candidate,
      attainable: found.means[c] ?? 0,
      ...(few ? { couldBeBest: false } : sureness(found, c)),
      energy,
      degenerate: heats.filter((one) => one.isDegenerate).length,
      isDefault: isDefault(candidate, defaults),
    };
  });
  return ranked.sort((a, b) => b.attainable - a.attainable);
}

function sureness({ intervals, couldBeBest }: MeansOfCandidates, candidate: number) {
  const [low, high] = intervals[candidate] ?? [-1, 1];
  // Widened, it may reach beyond what a share can be.
  const interval = [Math.max(-1, low), Math.min(1, high)] as const;
  return { interval, couldBeBest: couldBeBest[candidate] ?? false };
}

/** The mean is what a run takes when no rule is said. */
function isDefault({ layers, fusion = 'mean' }: Candidate, defaults: readonly string[]): boolean {
  return fusion === 'mean' && layers.join('\n') === defaults.join('\n');
}

function columnsOf(ranked: readonly RankedMap[]): RankedMap[] {
  const fused = ranked.filter(({ fusion }) => fusion !== undefined).slice(0, mostFusionsShown);
  return ranked.filter((one) => one.fusion === undefined || fused.includes(one));
}

function adviceOf(
  { settings }: AdviceRequest,
  { plan, samples, labelsOf }: AdviceSamples,
  found: {
    readonly ranked: readonly RankedMap[];
    readonly measured: readonly MeasuredImage[];
    readonly failed: readonly FailedImage[];
  },
): LayerAdvice {
  const { ranked, measured, failed } = found;
  const choice = chosenOf(ranked);
  const sum = (of: (one: MeasuredImage) => number) =>
    measured.reduce((all, one) => all + of(one), 0);
  const own = measured.flatMap(({ ceiling: one }) => one ?? []);
  const ceiling =
    own.length === 0 ? undefined : own.reduce((all, one) => all + one, 0) / own.length;
  return {
    objectsFrom: sourceOf(plan.model.task, labelsOf !== undefined),
    ...(ceiling !== undefined && { ceiling }),
    confThreshold: plan.options.confThreshold,
    ranked,
    ...(choice && { choice }),
    images: { listed: samples.length, measured: measured.length, failed: failed.length },
    objects: sum(({ objects }) => objects),
    area: sum(({ area }) => area) / measured.length,
    command: commandOf(settings, choice),
  };
}

function sourceOf(task: Task, isLabeled: boolean): LayerAdvice['objectsFrom'] {
  if (traitsOf(task).classifies) return isLabeled ? 'labeled-class' : 'top-class';
  return isLabeled ? 'labels' : 'detections';
}

/** The default where it may be as good as the first; else of all that may be, the one of the fewest layers, and of these the first. */
function chosenOf(ranked: readonly RankedMap[]): RankedMap | undefined {
  const [first, ...others] = ranked;
  if (first === undefined) return undefined;
  const best = [first, ...others.filter(({ couldBeBest }) => couldBeBest)];
  const fewest = Math.min(...best.map(({ layers }) => layers.length));
  return (
    best.find(({ isDefault }) => isDefault) ?? best.find(({ layers }) => layers.length === fewest)
  );
}

/** The run that uses the choice: what was said, and its layers. */
function commandOf(settings: AdviceRequest['settings'], best: RankedMap | undefined): string {
  const { limit: _, out: _out, json: _json, quiet: _quiet, open: _open, ...said } = settings;
  const layers = best?.layers.map((name) => /^(?:model|block)\.(\d+)$/.exec(name)?.[1] ?? name);
  const chosen = {
    ...said,
    ...(layers && { layers }),
    ...(best?.fusion && { fusion: best.fusion }),
  };
  return commandLine(['run', ...settingsCommand(chosen)]);
}
