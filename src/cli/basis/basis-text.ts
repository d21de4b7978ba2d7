import {
  type BasisDescription,
  type BasisLayer,
  heldShare,
} from '../../shared/basis/basis-description.ts';
import { groupWords } from '../../shared/basis/group-words.ts';

const barWidth = 30;
const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A basis for the terminal: what it is of, the scree curve of each layer, and which components are one group. */
export function basisText(description: BasisDescription, file: string): string {
  const { model, dataset, layers } = description;
  const left = dataset.failed > 0 ? `, ${dataset.failed} left out` : '';
  return [
    `Basis of ${dataset.images} images of ${dataset.name}${partsWords(dataset)}${left}, for ${model.name} (weights ${model.weightsSha256.slice(0, 12)})`,
    ...layers.map(layerText),
    '',
    'Components are the dominant directions of these images, not classes. Of a group that nearly ties only the span is meaningful.',
    `Written to ${file}`,
  ].join('\n');
}

/** `, part 2 of 8`; empty for a basis of the whole. */
function partsWords({ parts = [] }: BasisDescription['dataset']): string {
  return parts
    .map(({ numbers, of }) => {
      const which = numbers.length === 1 ? `part ${numbers[0]}` : `${numbers.length} parts`;
      return `, ${which} of ${of}`;
    })
    .join('');
}

function layerText(layer: BasisLayer): string {
  const { name, channels, components, eigenvalues, totalVariance, splitAngles, groups } = layer;
  const [largest = 1] = eigenvalues;
  const held = percent(heldShare(layer));
  const rows = eigenvalues.map((value, i) => {
    const group = groups.findIndex((one) => one.includes(i + 1));
    const angle = groups[group]?.[0] === i + 1 ? `turns by ${degrees(splitAngles[group])}` : '';
    const mark = i < components ? ' ' : '-';
    return `  ${mark}${String(i + 1).padStart(3)}  ${bar(value / largest).padEnd(barWidth)} ${percent(value / totalVariance).padStart(7)}  ${angle}`.trimEnd();
  });
  return [
    '',
    `${name}: ${components} of ${channels} components kept, ${held} of the variance${groupWords(layer)}`,
    ...rows,
  ].join('\n');
}

function bar(share: number): string {
  const units = Math.round(share * barWidth * 8);
  return '█'.repeat(units >> 3) + (eighths[units & 7] ?? '');
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.01 ? 2 : 1)} %`;
}

function degrees(angle = 90): string {
  return `${angle.toFixed(angle < 10 ? 1 : 0)} degrees from half to half`;
}
