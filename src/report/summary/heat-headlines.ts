import { fusedColumns, sampleColumns } from '../../shared/catalog/measure-column.ts';
import { traitsOf } from '../../shared/run/task-traits.ts';
import { nextSteps } from '../words/next-steps.ts';
import { figure, percent, shareOfImages } from '../words/wording.ts';
import { headline, type SummaryFacts, smallestDistribution } from './found-headlines.ts';
import type { Headline } from './summary-schema.ts';

/** Boxes over more than this share of an image hold most of any heat. */
const mostOfImage = 0.5;

/** How much heat lies inside labeled boxes, or else inside the model's own, which proves nothing: never fine. */
export function heatInside(facts: SummaryFacts): Headline | undefined {
  return inLabels(facts) ?? inOwnBoxes(facts);
}

function inLabels({ measures }: SummaryFacts): Headline | undefined {
  const heat = measures[fusedColumns.energyInLabels];
  const lift = measures[fusedColumns.labelLift];
  const area = measures[sampleColumns.labelArea];
  if (heat === undefined || lift === undefined || area === undefined) return undefined;
  if (heat.n < smallestDistribution) return undefined;
  const [inside, covered, times] = [heat, area, lift].map(({ quantiles }) => quantiles.p50);
  if (inside === undefined || covered === undefined || times === undefined) return undefined;
  const proof = 'measures';
  if (covered > mostOfImage) {
    const text = `Labeled boxes cover ${percent(covered)} of the typical image, so most heat lies inside them by chance alone: ${percent(inside)} does, ${figure(times)} times an even spread.`;
    return headline(text, { tone: 'look', proof, next: nextSteps.wideBoxes });
  }
  const text = `In the typical image ${percent(inside)} of the heat lies inside labeled boxes, which cover ${percent(covered)} of it: ${figure(times)} times an even spread.`;
  return times < 1
    ? headline(text, { tone: 'look', proof, next: nextSteps.offLabels })
    : headline(text, { tone: 'note', proof, next: nextSteps.labels });
}

function inOwnBoxes(facts: SummaryFacts): Headline | undefined {
  const { heatOnObjects, heatMeasured } = facts.counts;
  const heat = facts.measures[fusedColumns.energyInBoxes];
  const lift = facts.measures[fusedColumns.boxLift];
  const area = facts.measures[sampleColumns.boxArea];
  if (heat === undefined || lift === undefined || area === undefined) return undefined;
  const { form } = traitsOf(facts.model.task).words;
  const proof = 'heat-in-boxes';
  const isFew = heatMeasured < smallestDistribution;
  const covered = isFew ? area.mean : area.quantiles.p50;
  const which = isFew ? 'these images on average' : 'the typical image';
  if (covered > mostOfImage) {
    const inside = percent(isFew ? heat.mean : heat.quantiles.p50);
    const times = figure(isFew ? lift.mean : lift.quantiles.p50);
    const text = `The ${form} the model drew cover ${percent(covered)} of ${which}, so most heat lies inside them by chance alone: ${inside} does, ${times} times an even spread.`;
    return headline(text, { tone: 'look', proof, next: nextSteps.wideBoxes });
  }
  if (isFew) {
    const text = `In ${shareOfImages(heatOnObjects, heatMeasured)} more heat lies inside the ${form} the model drew than an even spread would put there.`;
    return headline(text, { tone: 'note', proof, next: nextSteps.selfAgreement });
  }
  const text = `In the typical image ${percent(heat.quantiles.p50)} of the heat lies inside the ${form} the model drew, which cover ${percent(area.quantiles.p50)} of it: ${figure(lift.quantiles.p50)} times an even spread.`;
  const tone = lift.quantiles.p50 < 1 ? 'look' : 'note';
  return headline(text, { tone, proof, next: nextSteps.selfAgreement });
}
