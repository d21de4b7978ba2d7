import type { Command } from 'commander';
import { type PlannedRunRequest, runPlanned } from '../../local/run-planned.ts';
import { patientStores } from '../../local/storage-patience.ts';
import { planRun } from '../../producer/plan/plan-run.ts';
import { exitCodes } from '../../shared/errors.ts';
import { reportPlaceOf } from '../../shared/run/run-state.ts';
import { defaultOut, type RunSettings } from '../../shared/settings/run-settings.ts';
import { assertGate, gatedCode, passGate, type RunGate, readGate } from '../follow/run-gate.ts';
import { fromEnvironment } from '../options/from-environment.ts';
import { addRunOptions, parseRunOptions } from '../options/run-options.ts';
import { interruptible } from '../terminal/interrupt.ts';
import { dryRunText, planText } from '../terminal/plan-text.ts';
import { openProgress } from '../terminal/progress.ts';
import { runClosing } from '../terminal/run-closing.ts';
import { openTerminal, type Terminal } from '../terminal/terminal.ts';

export function addRunCommand(program: Command): void {
  const command = program
    .command('run')
    .description(
      'explain a dataset on this machine: heatmaps, detections, measures, statistics, report',
    )
    .addHelpText(
      'after',
      `
Examples:
  eigenfleet run --model best.onnx --images data/images --out results
  eigenfleet run --model runs/detect/train --images data.yaml --split test --name after-training
  eigenfleet run --model best.onnx --images "shots/**/*.jpg" --layers 15,18 --components 1,2,3
  eigenfleet run --config audit.yaml --limit 100 --dry-run
  eigenfleet run -m s3://models/best.onnx -i s3://data/shots -o s3://results/audit
  eigenfleet run -m best.onnx -i data/val --fail-if "recall.Platelets<0.7" --fail-if "failed>5%"
  eigenfleet run --run latest            continue a stopped run

Running the same command again continues where it stopped; other options make another run.`,
    )
    .action(async (options: Record<string, unknown>) => {
      process.exitCode = await run(await parseRunOptions(options));
    });
  addRunOptions(command);
  command.configureOutput({
    outputError: (text, write) => write(text.includes('too many arguments') ? unquoted : text),
  });
}

/** A run gets arguments when the shell expands a pattern. */
const unquoted =
  'error: run takes options only. A pattern needs quotes, such as --images "shots/*.jpg", or the shell expands it to a list of files.\n';

async function run(settings: RunSettings): Promise<number> {
  const { quiet = false, json = false, out = defaultOut } = settings;
  const terminal = openTerminal({ quiet, json });
  const { note, warn } = terminal;
  return interruptible(terminal, async (signal) => {
    const gate = await readGate(settings);
    const stores = patientStores({ settings, note, signal });
    const store = stores.open(out);
    const request = { settings, store, note, warn, signal };
    const planned = await planRun({ ...request, ...(await fromEnvironment()) });
    try {
      const { spec } = planned.plan;
      await assertGate(gate, spec.model.classNames);
      const explained = { ...request, planned, stores };
      if (!settings.dryRun) return await explainDataset(explained, terminal, gate);
      terminal.print(json ? JSON.stringify(spec, undefined, 2) : await dryRunText(planned, store));
      return 0;
    } finally {
      await planned.close();
    }
  });
}

async function explainDataset(
  request: PlannedRunRequest,
  terminal: Terminal,
  gate: RunGate | undefined,
): Promise<number> {
  const { planned, settings, store } = request;
  const { progressStream: stream, quiet } = terminal;
  const progress = await openProgress({ stream, quiet });
  const outcome = await runPlanned({
    ...request,
    onStarted: () => terminal.note(planText(planned)),
    onProgress: (now) => progress.show(now),
    ownsThread: true,
  }).finally(() => progress.stop());
  const { runId, dataset } = planned.plan.spec;
  if (outcome.status === 'interrupted') {
    terminal.note(
      `Stopped: ${outcome.shardsDone} of ${dataset.shards} shards are done. Run the same command again to continue.`,
    );
    return exitCodes.interrupted;
  }
  const { summary, reportKey } = outcome;
  const report = reportPlaceOf(store, runId);
  const { json = false } = settings;
  const verdict = await passGate(gate, { store, runId });
  terminal.print(runClosing({ summary, out: store.uri, report, json, terminal, verdict }));
  if (settings.open) {
    const { openReport } = await import('../terminal/open-report.ts');
    await openReport(store, reportKey);
  }
  return gatedCode(summary, verdict);
}
