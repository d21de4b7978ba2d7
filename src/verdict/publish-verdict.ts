import { withVerdict } from '../report/evaluation/verdict-place.ts';
import { objectKeys } from '../shared/run/object-keys.ts';
import type { ObjectStore } from '../shared/storage/object-store.ts';
import { mostStoredBytes, readStoredBytes } from '../shared/storage/stored-json.ts';
import type { RunCheck } from './check-run.ts';
import { verdictMarkdown, withVerdictMarkdown } from './publish/verdict-markdown.ts';

/**
 * Writes a verdict beside its run: into the first screen of `report.html`, below the title of `summary.md`, and, last, as `verdict.json`. The verdict before it is
 * replaced. A report that is missing or too large to read stays as it is.
 *
 * @param report where people find the report
 */
export async function publishVerdict(
  store: ObjectStore,
  { verdict, evaluation }: Pick<RunCheck, 'verdict' | 'evaluation'>,
  report: string,
): Promise<void> {
  const { runId } = verdict;
  await store.delete(objectKeys.verdict(runId));
  await rewrite(store, objectKeys.report(runId), (page) => withVerdict(page, verdict, evaluation));
  const block = verdictMarkdown(verdict, report);
  await rewrite(store, objectKeys.summaryMarkdown(runId), (text) =>
    withVerdictMarkdown(text, block),
  );
  const json = `${JSON.stringify(verdict)}\n`;
  await store.put(objectKeys.verdict(runId), new TextEncoder().encode(json));
}

async function rewrite(
  store: ObjectStore,
  key: string,
  change: (text: string) => string,
): Promise<void> {
  const stored = await readStoredBytes(store, key, mostStoredBytes.report);
  if (stored.status !== 'read') return;
  const before = new TextDecoder().decode(stored.bytes);
  const after = change(before);
  if (after !== before) await store.put(key, new TextEncoder().encode(after));
}
