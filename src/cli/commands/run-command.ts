import type { Command } from 'commander';
import { noteFolderOf } from '../../local/note-folder.ts';
import { assertNamedDevice } from '../../model/runtime/assert-named-device.ts';
import { type LocalPlan, planLocalRun } from '../../producer/plan/plan-run.ts';
import { writePlan } from '../../producer/plan/write-plan.ts';
import { EigenfleetError } from '../../shared/errors.ts';
import { commandLine } from '../../shared/redaction/command-line.ts';
import { reportPlaceOf } from '../../shared/run/run-state.ts';
import type { RunSettings } from '../../shared/settings/run-settings.ts';
import { localPathOf } from '../../shared/storage/local-path.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import type { PatientStores } from '../../shared/storage/patient-stores.ts';
import { acquireRunLock } from '../../shared/storage/run-lock.ts';
import { patientStores } from '../follow/storage-patience.ts';
import { addRunOptions, parseRunOptions } from '../options/run-options.ts';
import { closingCode } from '../terminal/closing-code.ts';
import { interruptible } from '../terminal/interrupt.ts';
import { nameStartedRun } from '../terminal/name-run.ts';
import { dryRunText, planText } from '../terminal/plan-text.ts';
import { runClosing } from '../terminal/run-closing.ts';
import { openTerminal, type Terminal } from '../terminal/terminal.ts';

const defaultOut = 'eigenfleet-results';

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
  eigenfleet run --run latest            go on with what was stopped

The same command again goes on where it stopped; other options make another run.`,
    )
    .action(async (options: Record<string, unknown>) => {
      process.exitCode = await run(await parseRunOptions(options));
    });
  addRunOptions(command);
  command.configureOutput({
    outputError: (text, write) => write(text.includes('too many arguments') ? unquoted : text),
  });
}

/** A shell that spreads a pattern over its matches is how a run gets arguments. */
const unquoted =
  'error: run takes options only. A pattern needs quotes, such as --images "shots/*.jpg", or the shell makes a list of files of it.\n';

async function run(settings: RunSettings): Promise<number> {
  const { quiet = false, json = false, out = defaultOut } = settings;
  const terminal = openTerminal({ quiet, json });
  return interruptible(terminal, async (signal) => {
    const stores = patientStores({ settings, terminal, signal });
    const store = stores.open(out);
    const command = commandLine(process.argv.slice(2));
    const plan = await planLocalRun({ settings, store, terminal, command, signal });
    try {
      if (settings.dryRun) {
        const { spec } = plan.plan;
        terminal.print(json ? JSON.stringify(spec, undefined, 2) : await dryRunText(plan, store));
        return 0;
      }
      return await explainDataset(plan, { settings, stores, store, terminal, signal });
    } finally {
      await plan.close();
    }
  });
}

interface RunContext {
  readonly settings: RunSettings;
  readonly stores: PatientStores;
  readonly store: ObjectStore;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

async function explainDataset(planned: LocalPlan, context: RunContext): Promise<number> {
  const { settings, stores, store, terminal, signal } = context;
  await assertNamedDevice(planned.execution.device);
  const folder = localPathOf(store.uri);
  // In S3 nobody can hold a lock; shards that two write at once are still whole.
  const writes = stores.writesOf(store.uri);
  const lock =
    folder === undefined ? undefined : await writes.through(() => acquireRunLock(folder));
  try {
    const { spec, mended } = await writePlan(store, planned.plan, signal);
    if (mended !== undefined) terminal.warn(mended);
    await nameStartedRun(store, { runId: spec.runId, name: settings.name }, terminal);
    if (!terminal.quiet) terminal.note(planText(planned));
    const images = stores.open(spec.dataset.rootUri);
    const { loaded, execution } = planned;
    const noteFolder = noteFolderOf(store.uri, spec.runId);
    const { s3Endpoint, s3Region } = settings;
    const storeOptions = { s3Endpoint, s3Region };
    const stored = { store, images, writes, storeOptions };
    const work = { spec, loaded, execution, ...stored, noteFolder, terminal, signal };
    // What the work stands on takes longer to load than the plan to make.
    const { executeRun } = await import('../../local/execute-run.ts');
    const outcome = await executeRun(work);
    if (outcome.status === 'interrupted') {
      terminal.note(
        `Stopped: ${outcome.shardsDone} of ${spec.dataset.shards} shards are done. The same command goes on from there.`,
      );
      return 130;
    }
    const request = { store, runId: spec.runId, imageStore: images, storeOptions };
    const { summarizeRun } = await import('../../report/summarize-run.ts');
    const summarized = await summarizeRun(request);
    if (summarized.status === 'incomplete') {
      throw new EigenfleetError(
        'storage',
        `The results of ${summarized.missing.length} shards are missing from ${store.uri}: run the same command again.`,
      );
    }
    const report = reportPlaceOf(store, spec.runId);
    terminal.print(
      runClosing({
        ...{ summary: summarized.summary, out: store.uri, report, terminal },
        json: settings.json ?? false,
      }),
    );
    if (settings.open) {
      const { openReport } = await import('../terminal/open-report.ts');
      await openReport(store, summarized.reportKey);
    }
    return closingCode(summarized.summary);
  } finally {
    await lock?.release();
  }
}
