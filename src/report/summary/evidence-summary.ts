import { meanOtherLift } from '../../shared/statistics/other-images.ts';
import type { ClassEvidenceStatistics, MapSum } from '../../shared/statistics/shard-statistics.ts';
import { describeDistribution } from './distribution-summary.ts';
import type { ClassEvidenceSummary, MeanMap } from './summary-schema.ts';

/** The evidence of one class in numbers; `undefined` where no image has both evidence and objects. */
export function evidenceSummary(
  statistics: ClassEvidenceStatistics,
  meanMap: (sum: MapSum) => MeanMap,
): ClassEvidenceSummary | undefined {
  const share = describeDistribution(statistics.share, 'unit');
  const area = describeDistribution(statistics.area, 'unit');
  const ceiling = describeDistribution(statistics.ceiling, 'log2');
  const lift = describeDistribution(statistics.lift, 'log2');
  const attainable = describeDistribution(statistics.attainable, 'signed');
  if (!share || !area || !ceiling || !lift) return undefined;
  const others = meanOtherLift(statistics.others);
  return {
    ...{ layer: mostFrequent(statistics.layers), share, area, ceiling, lift },
    ...(attainable && { attainable }),
    ...(others !== undefined && { otherImagesLift: Number(others.toPrecision(6)) }),
    ...(statistics.boxMap.n > 0 && { boxMap: meanMap(statistics.boxMap) }),
  };
}

/** The first of several. */
function mostFrequent(layers: Readonly<Record<string, number>>): string {
  const sorted = Object.entries(layers).sort(([, a], [, b]) => b - a);
  return sorted[0]?.[0] ?? '';
}
