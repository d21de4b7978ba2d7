import type { Notices } from '../../shared/telemetry/notices.ts';
import { auditNameOf } from '../file/audit-options.ts';

const flags = /(?<![\w-])--(no-)?([a-z][a-z0-9-]*)(?![\w-])/g;

/**
 * A sentence in the words of somebody who writes audit files: a planner speaks of the flags of `run`, where an audit has keys. "Check --model." becomes "Check the audit's model.". What a person
 * types as a command keeps its flags.
 */
export function auditWords(text: string): string {
  return text.replaceAll(
    flags,
    (flag: string, no: string | undefined, name: string, at: number) => {
      const key = isOfCommand(text.slice(0, at)) ? undefined : auditNameOf(name);
      if (key === undefined) return flag;
      return `the audit's ${key}${no === undefined ? '' : ': false'}`;
    },
  );
}

/** Whether what follows belongs to a command, such as `eigenfleet basis fit --model` or `mlflow server`. */
function isOfCommand(before: string): boolean {
  const sentence = before.slice(Math.max(before.lastIndexOf('. '), before.lastIndexOf('; ')) + 1);
  return /\b(?:eigenfleet|mlflow server|yolo) [^()]*$/.test(sentence);
}

/** The same of what a planner says on its way. */
export function inAuditWords({ note, warn }: Notices): Notices {
  return { note: (line) => note(auditWords(line)), warn: (line) => warn(auditWords(line)) };
}
