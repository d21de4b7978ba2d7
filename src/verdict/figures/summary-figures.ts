import type { Figure } from '../../evaluate/result/figure.ts';
import type { Summary } from '../../report/summary/summary-schema.ts';
import { measureFigures } from './measure-figures.ts';
import type { RunFigure } from './run-figure.ts';
import { shareInterval } from './share-interval.ts';

/**
 * The figures of `summary.json` by the names of rules: counts (`failed`, `flagged.diffuse`, `objects.RBC`) with the share that a percentage is compared with,
 * and `mean.`, `median.` ... of each measure.
 */
export function summaryFigures(summary: Summary): ReadonlyMap<string, RunFigure> {
  const { counts, unreadable, setAside, measures } = summary;
  const { images, explained } = counts;
  const ofImages = (count: number) => counted(count, images);
  return new Map<string, RunFigure>([
    ['images', { value: images, n: images, of: 'images', counts: true }],
    ['explained', ofImages(explained)],
    ['failed', ofImages(counts.failed)],
    ['unreadable', ofImages(unreadable?.rows ?? 0)],
    ['set_aside', ofImages(setAside ?? 0)],
    ...failuresOf(summary).map(([name, count]): [string, RunFigure] => [name, ofImages(count)]),
    ['flagged', counted(counts.flagged, explained)],
    ...summary.flags.map(({ flag, count }): [string, RunFigure] => [
      `flagged.${flag}`,
      counted(count, explained),
    ]),
    ...objectFigures(summary),
    ...Object.entries(measures).flatMap(([column, measure]) => measureFigures(column, measure)),
  ]);
}

function failuresOf({ counts }: Summary): [string, number][] {
  const statuses = {
    failed_to_fetch: 0,
    failed_to_decode: 0,
    failed_to_infer: 0,
    ...counts.statuses,
  };
  return Object.entries(statuses).filter(([status]) => status !== 'success');
}

function objectFigures({ counts, classes }: Summary): [string, RunFigure][] {
  const { objects, imagesWithObjects, explained } = counts;
  if (objects === undefined || imagesWithObjects === undefined) return [];
  return [
    ['objects', { value: objects, n: objects, of: 'objects', counts: true }],
    ['images_with_objects', counted(imagesWithObjects, explained)],
    ...classes.flatMap((one): [string, RunFigure][] => [
      [`objects.${one.name}`, counted(one.objects, objects, 'objects')],
      [`images_with_objects.${one.name}`, counted(one.images, explained)],
      [`median_confidence.${one.name}`, confidence(one)],
    ]),
  ];
}

function confidence({ objects, confidence }: Summary['classes'][number]): RunFigure {
  if (confidence === undefined) {
    return { value: null, n: 0, of: 'objects', why: 'The model found no object of this class.' };
  }
  return {
    value: confidence.quantiles.p50,
    n: objects,
    of: 'objects',
    why: 'Objects of an image depend on each other, so its interval is unknown.',
  };
}

/** Objects of an image depend on each other: their share has no interval here. */
function counted(count: number, n: number, of: Figure['of'] = 'images'): RunFigure {
  const share: Figure =
    n === 0
      ? { value: null, n, of, why: `There are no ${of} to take a share of.` }
      : of === 'images'
        ? { value: count / n, n, of, interval: shareInterval(count, n) }
        : {
            value: count / n,
            n,
            of,
            why: 'Objects of an image depend on each other, so its interval is unknown.',
          };
  return { value: count, n, of, counts: true, share };
}
