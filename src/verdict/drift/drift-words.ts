import { counted, percent, twoDigits } from '../../report/words/wording.ts';
import type { DriftMeasure, DriftTest } from './drift.ts';
import { driftKind } from './measure-kind.ts';

/** Below it the two samples lie at the same place, and differ in their spread. */
const sidewaysEffect = 0.1;

/** What a drifted measure says: "images are darker: brightness 0.61 -> 0.42". `test`: its strongest. */
export function driftSentence({ measure }: Pick<DriftMeasure, 'measure'>, test: DriftTest): string {
  const { words, more, less } = driftKind(measure);
  const [before, now] = test.quantiles;
  const where = test.of === 'shared' ? `, on the same ${unitsOf(test)}` : '';
  if (test.by === 'zeros' && test.zeros !== undefined) {
    const [zeroBefore, zeroNow] = test.zeros;
    const shares = `${percent(1 - zeroBefore)} -> ${percent(1 - zeroNow)}`;
    return `${test.effect >= 0 ? more : less}: ${words} above 0 in ${shares} of the images${where}`;
  }
  if (Math.abs(test.effect) < sidewaysEffect || before[1] === now[1]) {
    const range = ([low, , high]: readonly number[]) =>
      `${twoDigits(low ?? 0)} to ${twoDigits(high ?? 0)}`;
    return `${words} spreads otherwise: in 9 of 10, ${range(before)} -> ${range(now)}${where}`;
  }
  const [from, to] = told(before[1], now[1]);
  const way = test.effect >= 0 ? more : less;
  const named = way.startsWith(words) ? '' : `${words} `;
  return `${way}: ${named}${from} -> ${to}${where}`;
}

function unitsOf({ test, units }: DriftTest): string {
  return counted(units[1], test === 'paired-t' ? 'group' : 'image');
}

/** Two figures with as many digits as it takes to tell them apart. */
function told(a: number, b: number): [string, string] {
  const [short, other] = [twoDigits(a), twoDigits(b)];
  if (short !== other) return [short, other];
  for (const digits of [3, 4, 5]) {
    const [longer, longest] = [a.toPrecision(digits), b.toPrecision(digits)];
    if (longer !== longest) return [longer, longest];
  }
  return [short, other];
}
