import type { Night } from '../../audit/night/night.ts';
import { exitCodes } from '../../shared/errors.ts';
import { oneLine } from '../terminal/screen-text.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { nightMark, nightWords } from './night-text.ts';

/** The exit code of a settled night, as of a run with rules: a failed rule first, then what it lacks, then what could not be told. */
export function nightCode({ verdict, error, status }: Night): number {
  if (verdict?.outcome === 'fail') return exitCodes.failed;
  if (error !== undefined) return codeOf(error.code);
  if (status === 'missed') return exitCodes.incomplete;
  return verdict?.outcome === 'unknown' ? exitCodes.undecided : 0;
}

function codeOf(code: string): number {
  const named = Object.entries(exitCodes).find(([name]) => name === code);
  return named?.[1] ?? exitCodes.fault;
}

/** The end of a night for people: what became of it, the rules that are not met, where its report is. */
export function nightClosing(night: Night, terminal: Pick<Terminal, 'colors'>): string {
  const { audit, key, verdict, error, report, model } = night;
  const { bold, dim } = terminal.colors;
  const rules = [
    ...(verdict?.failed ?? []).map((rule) => `  failed: ${oneLine(rule)}`),
    ...(verdict?.unknown ?? []).map((rule) => `  could not tell: ${oneLine(rule)}`),
  ];
  const lack = verdict !== undefined && error !== undefined ? [`  ${oneLine(error.sentence)}`] : [];
  const changed = model?.changedFrom === undefined ? [] : [dim(`  another model: ${model.name}`)];
  return [
    `${nightMark(night, terminal)} ${bold(`${audit} ${key}`)} ${oneLine(nightWords(night))}`,
    ...[...rules, ...lack, ...changed],
    ...(report === undefined ? [] : ['', `report: ${bold(report)}`]),
  ].join('\n');
}
