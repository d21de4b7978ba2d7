import type { GroupAngle } from '../../model/basis/compare-bases.ts';

export interface ComparedBases {
  /** Files, for people. */
  readonly first: string;
  readonly second: string;
  readonly groups: readonly GroupAngle[];
}

/** Two bases side by side: the angle of each component or group, and whether it is more than the images of the first alone bring about. */
export function comparedBasesText({ first, second, groups }: ComparedBases): string {
  if (groups.length === 0) return `${first} and ${second} hold no component of the same layer.`;
  const width = Math.max(...groups.map(({ layer }) => layer.length));
  const rows = groups.map((group) => {
    const { layer, components, degrees, splitDegrees } = group;
    const name = `PC${[...new Set([components[0], components.at(-1)])].join('-')}`;
    const by = `${angle(degrees)}, ${angle(splitDegrees)} from half to half of the first`;
    return `  ${layer.padEnd(width)}  ${name.padEnd(8)} turns by ${by}${isTurned(group) ? '  *' : ''}`;
  });
  const turned = groups.filter(isTurned).length;
  const closing =
    turned === 0
      ? 'None turns more than twice as far as from half to half of its own images: they mean the same in both.'
      : `* turns more than twice as far as from half to half of its own images (${turned} of ${groups.length}): do not read it as the same direction in both.`;
  return [`${second} beside ${first}:`, ...rows, '', closing].join('\n');
}

/** A rule of thumb, not a test. Below a degree float32 has its say. */
function isTurned({ degrees, splitDegrees }: GroupAngle): boolean {
  return degrees > Math.max(1, 2 * splitDegrees);
}

function angle(degrees: number): string {
  return `${degrees.toFixed(degrees < 10 ? 1 : 0)} degrees`;
}
