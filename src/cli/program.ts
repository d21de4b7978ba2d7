import { setMaxListeners } from 'node:events';
import { Command } from 'commander';
import { turnRuntimeTelemetryOff } from '../model/runtime/runtime-telemetry.ts';
import { endProcess } from '../shared/host/process-end.ts';
import { softwareVersions } from '../shared/host/software-versions.ts';
import { restoreArguments } from './options/argument-texts.ts';
import { reportFailure } from './terminal/failure.ts';
import { screenText } from './terminal/screen-text.ts';

/** Each command's module is loaded when it is called, or for the list of all: some stand on large libraries. */
const commands: Readonly<Record<string, () => Promise<(program: Command) => void>>> = {
  run: async () => (await import('./commands/run-command.ts')).addRunCommand,
  evaluate: async () => (await import('./commands/evaluate-command.ts')).addEvaluateCommand,
  explain: async () => (await import('./commands/explain-command.ts')).addExplainCommand,
  compare: async () => (await import('./commands/compare-command.ts')).addCompareCommand,
  layers: async () => (await import('./commands/layers-command.ts')).addLayersCommand,
  basis: async () => (await import('./commands/basis-command.ts')).addBasisCommand,
  check: async () => (await import('./commands/check-command.ts')).addCheckCommand,
  rules: async () => (await import('./commands/rules-command.ts')).addRulesCommand,
  audit: async () => (await import('./commands/audit-command.ts')).addAuditCommand,
  doctor: async () => (await import('./commands/doctor-command.ts')).addDoctorCommand,
  bench: async () => (await import('./commands/bench-command.ts')).addBenchCommand,
  enqueue: async () => (await import('./commands/enqueue-command.ts')).addEnqueueCommand,
  worker: async () => (await import('./commands/worker-command.ts')).addWorkerCommand,
  coordinator: async () =>
    (await import('./commands/coordinator-command.ts')).addCoordinatorCommand,
  dashboard: async () => (await import('./commands/dashboard-command.ts')).addDashboardCommand,
  status: fleetVerbs,
  watch: fleetVerbs,
  cancel: fleetVerbs,
  resume: fleetVerbs,
  runs: fleetVerbs,
};

async function fleetVerbs(): Promise<(program: Command) => void> {
  return (await import('./commands/fleet-verbs.ts')).addFleetVerbs;
}

/** What a command that failed still holds open, such as a connection that tries again for good, must not keep its process alive. */
const lingerMs = 2_000;

/** Runs the command line of this process, and sets its exit code. */
export async function runProgram(): Promise<void> {
  prepareProcess();
  try {
    const program = await programFor(process.argv[2] ?? '');
    restoreArguments(process.argv);
    await program.parseAsync();
  } catch (error) {
    const code = reportFailure(error);
    process.exitCode = code;
    const lingering = setTimeout(() => endProcess(code), lingerMs).unref();
    // Nothing is open any more: the next command of the same process must not be ended for this one.
    process.once('beforeExit', () => clearTimeout(lingering));
  }
}

function prepareProcess(): void {
  // Children of every command are to have it too.
  turnRuntimeTelemetryOff();

  // A reader of our output may stop early ("| head"): that is not a failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    endProcess(0);
  });

  // One signal ends all that is under way, shards and requests at once, and each of them listens: more than the ten that Node takes for a leak.
  setMaxListeners(10_000);
}

/** The program with the one command that is called, or with all of them. */
async function programFor(name: string): Promise<Command> {
  const program = emptyProgram();
  const called = Object.hasOwn(commands, name) ? commands[name] : undefined;
  const wanted = called !== undefined ? [called] : Object.values(commands);
  for (const load of new Set(wanted)) (await load())(program);
  for (const command of program.commands) {
    command.showHelpAfterError(`(see eigenfleet ${command.name()} --help)`);
  }
  return program;
}

function emptyProgram(): Command {
  return new Command('eigenfleet')
    .description(
      'Explains whole image datasets of a YOLOv8 model: Eigen-CAM heatmaps, detections, measures, statistics, report.',
    )
    .version(softwareVersions().eigenfleet ?? 'unknown')
    .showSuggestionAfterError()
    .showHelpAfterError('(see eigenfleet --help)')
    .exitOverride()
    .configureOutput({ writeErr: (text) => process.stderr.write(screenText(text)) })
    .addHelpText(
      'after',
      `
Examples:
  eigenfleet run --model best.onnx --images data/images --out results
  eigenfleet explain photo.jpg --model best.onnx
  eigenfleet layers best.onnx
  eigenfleet doctor

Exit codes: 0 done, 1 a rule failed, 2 wrong use, 3 model, 4 dataset, 5 storage, 6 device, 7 locked, 8 Redis, 9 incomplete run, 10 a rule could not be decided, 11 Redis refuses for good, 70 unexpected fault, 130 interrupted.`,
    );
}
