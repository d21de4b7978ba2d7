import { basename } from 'node:path';
import { adviseLayers } from '../../local/advisor/advise-layers.ts';
import { rankableLayers } from '../../local/read-model-description.ts';
import type { ModelDescription } from '../../model/yolo/model-description.ts';
import { contactSheet } from '../../report/advice/contact-sheet.ts';
import { exitCodes } from '../../shared/errors.ts';
import type { RunSettings } from '../../shared/settings/run-settings.ts';
import { figurePlace, makeOutFolder, writeFigure } from '../explain/explain-files.ts';
import { fromEnvironment } from '../options/from-environment.ts';
import { interruptible } from '../terminal/interrupt.ts';
import { openProgress } from '../terminal/progress.ts';
import { oneLine } from '../terminal/screen-text.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { adviceOut } from './advice-out.ts';
import { adviceDocument, adviceText } from './advice-text.ts';

export interface Advising {
  readonly settings: RunSettings;
  readonly description: ModelDescription;
  readonly terminal: Terminal;
}

export type Advised =
  | { readonly status: 'done'; readonly code: number }
  /** Then the layers are listed. */
  | { readonly status: 'not-ranked' };

/** Ranks the layers of a model on images, writes the contact sheet and prints the ranking. */
export async function advise(advising: Advising): Promise<Advised> {
  const { settings, terminal } = advising;
  const { out = adviceOut } = settings;
  let isListed = false;
  const code = await interruptible(terminal, async (signal) => {
    const outcome = await rank(advising, signal, out);
    if (outcome.status === 'interrupted') return exitCodes.interrupted;
    if (outcome.status === 'not-ranked') {
      terminal.warn(outcome.reason);
      isListed = true;
      return 0;
    }
    await show(advising, outcome, out);
    return 0;
  });
  return isListed ? { status: 'not-ranked' } : { status: 'done', code };
}

type Outcome = Awaited<ReturnType<typeof adviseLayers>>;

async function rank(
  { settings, description, terminal }: Advising,
  signal: AbortSignal,
  out: string,
): Promise<Outcome> {
  const { note, warn, progressStream: stream, quiet } = terminal;
  const { datasetsFolder } = await fromEnvironment();
  let stop = (): void => {};
  try {
    const views = [await openProgress({ stream, quiet }), await openProgress({ stream, quiet })];
    return await adviseLayers({
      ...{ settings, note, warn, signal, datasetsFolder, ownsThread: true },
      ...rankableLayers(description),
      // Before the work, which would be lost.
      onRankable: () => makeOutFolder(out),
      onPass: (words) => {
        stop();
        const view = views.shift();
        stop = () => view?.stop();
        note(`Explaining ${words}.`);
        return (progress) => view?.show(progress);
      },
    });
  } finally {
    stop();
  }
}

async function show(
  { settings, description, terminal }: Advising,
  outcome: Extract<Outcome, { status: 'ranked' }>,
  out: string,
): Promise<void> {
  const { advice, columns, sheet, maxPixels, failed } = outcome;
  for (const { key, reason } of failed.slice(0, 5)) {
    terminal.warn(`${oneLine(key)} was not explained: ${oneLine(reason)}.`);
  }
  const subtitle = `${basename(description.model.name)}, ${description.model.task}`;
  const drawn = await contactSheet({ advice, columns, images: sheet, subtitle, maxPixels });
  const places = { html: figurePlace(out, 'advice.html'), png: figurePlace(out, 'advice.png') };
  await writeFigure(places.html, Buffer.from(drawn.html), settings);
  await writeFigure(places.png, drawn.png, settings);
  terminal.print(
    settings.json ? adviceDocument(advice, places) : adviceText(advice, places, terminal.colors),
  );
}
