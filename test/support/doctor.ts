import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { repositoryRoot } from './cache-folder.ts';

export interface DoctorRun {
  readonly json: boolean;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What `doctor` prints when it exits with 0, run in a process of its own. */
export async function runDoctor({ json, env }: DoctorRun): Promise<string> {
  const module = new URL('../../src/cli/doctor/doctor.js', import.meta.url).href;
  const program = `const { doctor } = await import('${module}'); process.exitCode = await doctor({ json: ${json} });`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', program],
    { cwd: repositoryRoot, env: { ...process.env, ...env } },
  );
  return stdout;
}
