import { figure, wholeNumber } from '../../report/words/wording.ts';
import { sampleColumns } from '../../shared/catalog/measure-column.ts';
import type { Drift, DriftExample } from '../drift/drift.ts';
import type { ComparedRun } from './compared-run.ts';
import type { ChangedGroup } from './comparison.ts';
import type { MapSimilarities } from './maps/map-similarities.ts';
import { findRows } from './pairs/find-rows.ts';
import type { RankedPair } from './pairs/paired-rows.ts';
import { driftedInputs } from './words/drift-headlines.ts';

/** What a step found of single images. */
export interface StepImages {
  readonly foundPairs: readonly RankedPair[];
  readonly maps: MapSimilarities | undefined;
  readonly drift: Drift | undefined;
}

type NamedImages = Omit<ChangedGroup, 'images'> & {
  readonly images: readonly { readonly key: string; readonly words: string }[];
};

/** Drifted measures whose worst examples are shown, and images of each. */
const mostDrifted = 3;
const examplesEach = 2;

/** The images that changed most in a step, with their places in all runs. */
export async function changedGroups(
  runs: readonly ComparedRun[],
  step: StepImages,
): Promise<ChangedGroup[]> {
  const groups = [driftGroup(step), foundGroup(step), heatGroup(step)];
  const shown = groups.filter(({ images }) => images.length > 0);
  const keys = new Set(shown.flatMap(({ images }) => images.map(({ key }) => key)));
  const found = await Promise.all(runs.map((run) => findRows(run, keys)));
  return shown.map(({ images, ...group }) => ({
    ...group,
    images: images.map((one) => ({ ...one, places: found.map((rows) => rows.get(one.key)) })),
  }));
}

/** The worst examples of inputs that drifted, each image once. */
function driftGroup({ drift }: StepImages): NamedImages {
  const measures = driftedInputs(drift).slice(0, mostDrifted);
  const images = new Map<string, string>();
  for (const { words, examples } of measures) {
    const fresh = examples.filter(({ key }) => !images.has(key)).slice(0, examplesEach);
    for (const one of fresh) images.set(one.key, exampleWords(words, one));
  }
  return {
    id: 'drift',
    title: 'Farthest out',
    rule: 'Images of the latter run that are farthest in the direction of the drift of their pixels.',
    images: [...images].map(([key, words]) => ({ key, words })),
  };
}

function exampleWords(words: string, { value, before }: DriftExample): string {
  const was = before === undefined ? '' : `, before ${figure(before)}`;
  return `${words.charAt(0).toUpperCase()}${words.slice(1)} ${figure(value)}${was}.`;
}

function foundGroup({ foundPairs }: StepImages): NamedImages {
  return {
    id: 'found',
    title: 'Most objects gained or lost',
    rule: 'The images whose number of objects found changed most.',
    images: foundPairs.map((pair) => ({ key: pair.key, words: countWords(pair) })),
  };
}

function countWords({ from, to }: RankedPair): string {
  const [before, after] = [from, to].map(({ measures }) => measures[sampleColumns.detections] ?? 0);
  return `${wholeNumber(before ?? 0)} objects before, ${wholeNumber(after ?? 0)} now.`;
}

function heatGroup({ maps }: StepImages): NamedImages {
  const { images = 0, of = 0, least = [] } = maps ?? {};
  const which = images === of ? 'all' : `${wholeNumber(images)} sampled`;
  return {
    id: 'heat',
    title: 'Heat moved most',
    rule: `The fused maps that are least alike, of ${which} images.`,
    images: least.map(({ pair: { key }, correlation }) => {
      return { key, words: `The fused maps correlate at ${figure(correlation)}.` };
    }),
  };
}
