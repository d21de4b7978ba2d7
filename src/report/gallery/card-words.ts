import { evidenceWords } from '../../image/figure/evidence-caption.ts';
import { fusedColumns, sampleColumns } from '../../shared/catalog/measure-column.ts';
import type { ClassEvidenceFigures } from '../../shared/run/evidence/class-evidence.ts';
import { objectForm } from '../../shared/run/object-form.ts';
import type { SampleRow } from '../../shared/run/sample-row.ts';
import { type Html, html } from '../html/html.ts';
import { swatch } from '../html/swatch.ts';
import { classCounts, shortClassName } from '../words/class-words.ts';
import { capital, counted, figure, mapWords, percent } from '../words/wording.ts';

/** Classes named in one sentence. */
const mostClasses = 3;

/** One sentence on where the heat of an image lies and on what the model found, as text. */
export function sentenceOf(row: SampleRow, classNames: readonly string[]): string {
  const clause = foundClause(row, classNames);
  if (clause === undefined) return `${capital(heatClause(row))}.`;
  const { lead, names, rest } = clause;
  return `${capital(heatClause(row))}; ${lead}${names.map(({ before, name }) => before + name).join(', ')}${rest}.`;
}

/** What the shown class's evidence amounts to in one image, as markup. */
export function evidenceSentence(
  figures: ClassEvidenceFigures,
  { classScores, detections }: SampleRow,
  classNames: readonly string[],
): Html {
  const { classId, layer } = figures;
  const name = shortClassName({ classId, name: classNames[classId] ?? '' });
  const form = classScores.length > 0 ? undefined : objectForm(detections);
  const words = evidenceWords(figures, 'this class', form).join('; ');
  return html`Class evidence, <bdi>${name}</bdi>, on ${mapWords(layer)}: ${words}.`;
}

/** The same as markup: a name in another direction of writing does not disturb its neighbors. */
export function sentenceHtml(row: SampleRow, classNames: readonly string[]): Html {
  const clause = foundClause(row, classNames);
  if (clause === undefined) return html`${capital(heatClause(row))}.`;
  const { lead, names, rest } = clause;
  const list = names.map(
    ({ before, classId, name }, i) =>
      html`${i > 0 && ', '}${before}<span${swatch(classId)}><bdi>${name}</bdi></span>`,
  );
  return html`${capital(heatClause(row))}; ${lead}${list}${rest}.`;
}

function heatClause({ measures, flags, detections }: SampleRow): string {
  const border = measures[fusedColumns.borderShare];
  const inside = measures[fusedColumns.energyInBoxes];
  if (flags.includes('degenerate') && measures[fusedColumns.centerX] === undefined) {
    return 'the map is degenerate and shows no heat';
  }
  if (flags.includes('border-focus') && border !== undefined) {
    return `${percent(border)} of the heat lies along the border`;
  }
  if (flags.includes('diffuse')) return 'the heat is almost the same everywhere';
  const area = measures[sampleColumns.boxArea];
  if (inside !== undefined && area !== undefined) {
    return `${percent(inside)} of the heat lies inside the ${objectForm(detections)}, which cover ${percent(area)} of the image`;
  }
  const x = measures[fusedColumns.centerX];
  const y = measures[fusedColumns.centerY];
  if (x === undefined || y === undefined) return 'the place of the heat was not measured';
  return `the heat is centered ${percent(x)} across and ${percent(y)} down`;
}

interface NamedClass {
  readonly before: string;
  readonly classId: number;
  readonly name: string;
}

interface FoundClause {
  readonly lead: string;
  readonly names: readonly NamedClass[];
  readonly rest: string;
}

/** `undefined` where nothing was looked for. */
function foundClause(
  { detections, classScores, measures }: SampleRow,
  names: readonly string[],
): FoundClause | undefined {
  const named = (classId: number, before: string): NamedClass => {
    const name = shortClassName({ classId, name: names[classId] ?? '' });
    return { before, classId, name };
  };
  const top = classScores[0];
  if (top !== undefined) {
    const rest = ` (${figure(top.score)})`;
    return { lead: 'top class ', names: [named(top.classId, '')], rest };
  }
  if (detections.length === 0 && measures[sampleColumns.detections] === undefined) return undefined;
  if (detections.length === 0) return { lead: 'no object found', names: [], rest: '' };
  const counts = classCounts(detections);
  const others = counts.length - mostClasses;
  return {
    lead: `${counted(detections.length, 'object')} found: `,
    names: counts.slice(0, mostClasses).map(({ classId, count }) => named(classId, `${count} `)),
    rest: others > 0 ? ` and ${counted(others, 'more class', 'more classes')}` : '',
  };
}
