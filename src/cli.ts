import { exitCodes } from './shared/errors.ts';
import { softwareVersions } from './shared/host/software-versions.ts';
import { optimizeLater } from './shared/host/threads/engine-flags.ts';

const [, , first, ...others] = process.argv;

// Node ends a process whose exception nobody caught with 1, which is the code of a rule that failed.
process.once('uncaughtExceptionMonitor', () => {
  process.once('exit', () => {
    process.exitCode = exitCodes.fault;
  });
});

// A shell's completion or a script's check asks for the version alone: nothing else is loaded for it.
if (others.length === 0 && (first === '--version' || first === '-V')) {
  process.stdout.write(`${softwareVersions().eigenfleet}\n`);
} else {
  optimizeLater();
  const { runProgram } = await import('./cli/program.ts');
  await runProgram();
}
