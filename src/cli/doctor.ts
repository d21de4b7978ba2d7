import pc from 'picocolors';
import { exitCodes } from '../shared/errors.ts';
import { softwareVersions } from '../shared/software-versions.ts';
import type { DoctorCheck } from './doctor-check.ts';
import { checkDevices } from './doctor-devices.ts';
import { checkMachine } from './doctor-machine.ts';
import { checkSoftware } from './doctor-software.ts';

export interface DoctorOptions {
  /** Print one JSON document instead of lines. */
  readonly json: boolean;
}

/**
 * `eigenfleet doctor`: looks at everything a run needs on this machine, and says what to do about what is missing. Resolves to the
 * exit code: 0 when a run is possible here, 6 (`device`) when something that it cannot do without is missing.
 */
export async function doctor({ json }: DoctorOptions): Promise<number> {
  const checks = [...(await checkSoftware()), ...(await checkDevices()), ...(await checkMachine())];
  const ready = checks.every((check) => check.status !== 'problem');
  if (json) {
    const document = { schema: 'doctor@1', ready, versions: softwareVersions(), checks };
    console.log(JSON.stringify(document, null, 2));
  } else {
    console.log(checks.map(lineOf).join('\n'));
    console.log(`\n${verdict(checks)}`);
  }
  return ready ? 0 : exitCodes.device;
}

const marks = {
  ok: pc.green('✔'),
  note: pc.yellow('–'),
  problem: pc.red('✖'),
} as const;

function lineOf({ name, status, says, remedy }: DoctorCheck): string {
  const advice = remedy === undefined ? '' : ` ${pc.dim('→')} ${remedy}`;
  return `${marks[status]} ${name.padEnd(16)} ${says}${advice}`;
}

function verdict(checks: readonly DoctorCheck[]): string {
  const problems = checks.filter((check) => check.status === 'problem');
  if (problems.length > 0) {
    const names = problems.map((check) => check.name).join(', ');
    return `eigenfleet cannot run here yet: see ${names}.`;
  }
  const devices = checks.filter(
    ({ name, status }) => name.startsWith('device ') && status === 'ok',
  );
  const names = devices.map(({ name }) => name.slice('device '.length)).join(', ');
  return `eigenfleet can run here, on: ${names}.`;
}
