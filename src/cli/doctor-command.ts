import type { Command } from 'commander';
import { doctor } from './doctor.ts';

export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('check what this machine can do, and say what to do about what is missing')
    .option('--json', 'print one JSON document', false)
    .action(async ({ json }: { json: boolean }) => {
      process.exitCode = await doctor({ json });
    });
}
