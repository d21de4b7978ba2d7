#!/usr/bin/env node
import { Command } from 'commander';
import { addCoordinatorCommand } from './cli/coordinator-command.ts';
import { addDashboardCommand } from './cli/dashboard-command.ts';
import { addDoctorCommand } from './cli/doctor-command.ts';
import { addEnqueueCommand } from './cli/enqueue-command.ts';
import { addExplainCommand } from './cli/explain-command.ts';
import { reportFailure } from './cli/failure.ts';
import { addFleetVerbs } from './cli/fleet-verbs.ts';
import { addLayersCommand } from './cli/layers-command.ts';
import { addRunCommand } from './cli/run-command.ts';
import { addWorkerCommand } from './cli/worker-command.ts';
import { softwareVersions } from './shared/software-versions.ts';

// Whoever reads our output may have enough of it ("| head"): that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

const program = new Command('eigenfleet')
  .description(
    'Explains whole image datasets of a YOLOv8 model: Eigen-CAM heatmaps, detections, measures, statistics, report.',
  )
  .version(softwareVersions().eigenfleet ?? 'unknown')
  .showSuggestionAfterError()
  .showHelpAfterError('(see eigenfleet --help)')
  .exitOverride()
  .addHelpText(
    'after',
    `
Examples:
  eigenfleet run --model best.onnx --images data/images --out results
  eigenfleet explain photo.jpg --model best.onnx
  eigenfleet layers best.onnx
  eigenfleet doctor

Exit codes: 0 done, 1 unexpected fault, 2 wrong use, 3 model, 4 dataset, 5 storage, 6 device, 7 locked, 8 Redis, 9 incomplete run, 130 interrupted.`,
  );
addRunCommand(program);
addExplainCommand(program);
addLayersCommand(program);
addDoctorCommand(program);
addEnqueueCommand(program);
addWorkerCommand(program);
addCoordinatorCommand(program);
addDashboardCommand(program);
addFleetVerbs(program);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = reportFailure(error);
}
