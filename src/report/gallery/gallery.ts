import { type FlagName, flagCatalog, flagNames } from '../../shared/catalog/flag-catalog.ts';
import { fusedColumns, sampleColumns } from '../../shared/catalog/measure-column.ts';
import type { ObjectForm } from '../../shared/run/object-form.ts';
import { addressOf, type RowAddress } from '../../shared/run/places/row-address.ts';
import type { SampleRow } from '../../shared/run/sample-row.ts';
import type { Exemplar, ShardStatistics } from '../../shared/statistics/shard-statistics.ts';

/** Images shown for one reason, the most telling first. */
export interface GalleryGroup {
  /** Part of the anchor: `#gallery-<id>`. */
  readonly id: string;
  readonly title: string;
  /** Why these images and no others. */
  readonly rule: string;
  readonly exemplars: readonly Exemplar[];
}

export interface GalleryPlan {
  /** Most cards in all. */
  readonly cards: number;
  /** Most cards of one group. */
  readonly cardsPerGroup: number;
}

/** 24 cards for a set that fits one look, else 48: the size of a report does not follow the number of images. */
export function galleryPlan(images: number): GalleryPlan {
  return { cards: images < 100 ? 24 : 48, cardsPerGroup: 8 };
}

/** The measure that says whether an image is typical: heat inside boxes, or the spread of the heat where there are no boxes. */
export function typicalColumn(statistics: ShardStatistics): string {
  const boxes = statistics.measures[fusedColumns.energyInBoxes];
  return boxes !== undefined && boxes.n > 0 ? fusedColumns.energyInBoxes : fusedColumns.entropy;
}

/**
 * Which images to show, and why: typical ones first (they calibrate the eye), then each flag, the least and the most heat inside
 * boxes (without boxes: spread and certainty), layers that disagree, no detection. An image is shown once. The groups take turns, so
 * none is crowded out.
 *
 * @param evenRows rows of `statistics.evenSample`, by address; rows that could not be read are absent
 * @param median of `typicalColumn`
 */
export function chooseGallery({
  statistics,
  evenRows,
  median,
  plan,
  form,
}: {
  readonly statistics: ShardStatistics;
  readonly evenRows: ReadonlyMap<RowAddress, SampleRow>;
  readonly median: number;
  readonly plan: GalleryPlan;
  readonly form: ObjectForm;
}): GalleryGroup[] {
  const candidates = [
    typicalGroup(statistics, evenRows, { median, form }),
    ...flagNames
      .filter((flag) => flag !== 'no-detection')
      .map((flag) => flagGroup(statistics, flag)),
    ...extremeGroups(statistics, form),
    flagGroup(statistics, 'no-detection'),
  ];
  return takeTurns(candidates, plan);
}

function takeTurns(candidates: readonly GalleryGroup[], plan: GalleryPlan): GalleryGroup[] {
  const queues = candidates.map((group) => rarestFirst(group, candidates));
  const taken = candidates.map((): Exemplar[] => []);
  const shown = new Set<RowAddress>();
  for (let turn = 0; turn < plan.cardsPerGroup; turn++) {
    queues.forEach((queue, group) => {
      if (shown.size >= plan.cards) return;
      const next = nextUnseen(queue, shown);
      if (next === undefined) return;
      shown.add(addressOf(next));
      taken[group]?.push(next);
    });
  }
  return candidates
    .map((group, i) => ({ ...group, exemplars: taken[i] ?? [] }))
    .filter((group) => group.exemplars.length > 0);
}

/** A group's images; those that a rarer group also wants come last: few have many reasons, and the rarest is the most telling. */
function rarestFirst(group: GalleryGroup, all: readonly GalleryGroup[]): Exemplar[] {
  const rarer = all.filter(({ exemplars }) => exemplars.length < group.exemplars.length);
  const wanted = new Set(rarer.flatMap(({ exemplars }) => exemplars.map(addressOf)));
  const [own, shared] = [false, true].map((isWanted) =>
    group.exemplars.filter((exemplar) => wanted.has(addressOf(exemplar)) === isWanted),
  );
  return [...(own ?? []), ...(shared ?? [])];
}

function nextUnseen(queue: Exemplar[], shown: ReadonlySet<RowAddress>): Exemplar | undefined {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (!shown.has(addressOf(next))) return next;
  }
  return undefined;
}

function typicalGroup(
  statistics: ShardStatistics,
  evenRows: ReadonlyMap<RowAddress, SampleRow>,
  { median, form }: { readonly median: number; readonly form: ObjectForm },
): GalleryGroup {
  const column = typicalColumn(statistics);
  const exemplars = statistics.evenSample
    .flatMap((exemplar) => {
      const row = evenRows.get(addressOf(exemplar));
      const value = row?.measures[column];
      return value === undefined || row === undefined || row.flags.length > 0
        ? []
        : [{ ...exemplar, value }];
    })
    .sort((a, b) => Math.abs(a.value - median) - Math.abs(b.value - median));
  const what = column === fusedColumns.entropy ? 'spread of the heat' : `heat inside ${form}`;
  return {
    id: 'typical',
    title: 'Typical',
    rule: `Nearest the median ${what}, among ${statistics.evenSample.length} images drawn evenly.`,
    exemplars,
  };
}

function flagGroup({ flags }: ShardStatistics, flag: FlagName): GalleryGroup {
  const { label, meaning } = flagCatalog[flag];
  return { id: flag, title: label, rule: meaning, exemplars: flags[flag]?.exemplars ?? [] };
}

function extremeGroups({ extremes, measures }: ShardStatistics, form: ObjectForm): GalleryGroup[] {
  const disagree: GalleryGroup = {
    id: 'layers-disagree',
    title: 'Layers disagree',
    rule: 'The lowest agreement of the layer maps.',
    exemplars: extremes[sampleColumns.layerAgreement]?.lowest ?? [],
  };
  const hasBoxes = (measures[fusedColumns.energyInBoxes]?.n ?? 0) > 0;
  return [...(hasBoxes ? boxGroups(extremes, form) : spreadGroups(extremes)), disagree];
}

type Extremes = ShardStatistics['extremes'];

function boxGroups(extremes: Extremes, form: ObjectForm): GalleryGroup[] {
  const { lowest = [], highest = [] } = extremes[fusedColumns.energyInBoxes] ?? {};
  return [
    {
      id: 'least-in-boxes',
      title: `Least heat inside ${form}`,
      rule: `The lowest share of heat inside the model's own ${form}, whatever their area.`,
      exemplars: lowest,
    },
    {
      id: 'most-in-boxes',
      title: `Most heat inside ${form}`,
      rule: `The highest share of heat inside the model's own ${form}, whatever their area.`,
      exemplars: highest,
    },
  ];
}

function spreadGroups(extremes: Extremes): GalleryGroup[] {
  const { lowest = [], highest = [] } = extremes[fusedColumns.entropy] ?? {};
  return [
    {
      id: 'most-gathered',
      title: 'Most gathered heat',
      rule: 'The lowest spread of the heat.',
      exemplars: lowest,
    },
    {
      id: 'most-spread',
      title: 'Most spread heat',
      rule: 'The highest spread of the heat.',
      exemplars: highest,
    },
    {
      id: 'least-confident',
      title: 'Least confident',
      rule: 'The lowest confidence of the model.',
      exemplars: extremes[sampleColumns.confidence]?.lowest ?? [],
    },
  ];
}
