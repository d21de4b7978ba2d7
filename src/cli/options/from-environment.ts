import { ultralyticsDatasetsFolder } from '../../producer/dataset/datasets-folder.ts';
import type { PlanRequest } from '../../producer/plan/plan-run.ts';
import { yoloConfigFolder } from '../../shared/host/environment.ts';
import { commandLine } from '../../shared/redaction/command-line.ts';

/** What a plan takes from the process that a person started: its command line, and where Ultralytics keeps datasets. */
export async function fromEnvironment(): Promise<Pick<PlanRequest, 'command' | 'datasetsFolder'>> {
  return {
    command: commandLine(process.argv.slice(2)),
    datasetsFolder: await ultralyticsDatasetsFolder(yoloConfigFolder()),
  };
}
