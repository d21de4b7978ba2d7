import { type BuildRun, runCommand } from './build.ts';

/** Runs the command line of this build as a person does, and watches its memory and CPU time. Throws when it fails. */
export function runCli(args: readonly string[]): Promise<BuildRun> {
  return runCommand({ name: 'this build', folder: process.cwd() }, args);
}
