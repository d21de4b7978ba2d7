import { figure, wholeNumber } from '../../report/words/wording.ts';
import { sampleColumns } from '../../shared/catalog/measure-column.ts';
import type { ComparedRun } from './compared-run.ts';
import type { ChangedGroup, ChangedImage, RowPlace } from './comparison.ts';
import type { MapSimilarities } from './maps/map-similarities.ts';
import { findRows } from './pairs/find-rows.ts';
import type { RankedPair, RowPair } from './pairs/paired-rows.ts';

/** What a step found of single images. */
export interface StepImages {
  readonly foundPairs: readonly RankedPair[];
  readonly maps: MapSimilarities | undefined;
}

/** The images that changed most from one run to the next, with their places in all runs. @param from index of the former run */
export async function changedGroups(
  runs: readonly ComparedRun[],
  from: number,
  { foundPairs, maps }: StepImages,
): Promise<ChangedGroup[]> {
  const least = maps?.least ?? [];
  const keys = new Set([...foundPairs, ...least.map(({ pair }) => pair)].map(({ key }) => key));
  const places = await Promise.all(
    runs.map((run, i) => (i === from || i === from + 1 ? undefined : findRows(run, keys))),
  );
  const placed = (pair: RowPair, words: string): ChangedImage => ({
    key: pair.key,
    words,
    places: places.map((found, i): RowPlace | undefined => {
      if (found !== undefined) return found.get(pair.key);
      const { shard, row } = i === from ? pair.from : pair.to;
      return { shard, row };
    }),
  });
  const groups: ChangedGroup[] = [
    {
      id: 'found',
      title: 'Most objects gained or lost',
      rule: 'The images whose number of objects found changed most.',
      images: foundPairs.map((pair) => placed(pair, countWords(pair))),
    },
    {
      id: 'heat',
      title: 'Heat moved most',
      rule: `The fused maps that are least alike, of ${maps?.images === maps?.of ? 'all' : `${wholeNumber(maps?.images ?? 0)} sampled`} images.`,
      images: least.map(({ pair, correlation }) =>
        placed(pair, `The fused maps correlate at ${figure(correlation)}.`),
      ),
    },
  ];
  return groups.filter(({ images }) => images.length > 0);
}

function countWords({ from, to }: RankedPair): string {
  const [before, after] = [from, to].map(({ measures }) => measures[sampleColumns.detections] ?? 0);
  return `${wholeNumber(before ?? 0)} objects before, ${wholeNumber(after ?? 0)} now.`;
}
