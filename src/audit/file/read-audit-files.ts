import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { posix, resolve } from 'node:path';
import { EigenfleetError, messageOf } from '../../shared/errors.ts';
import { latestName } from '../../shared/run/run-names.ts';
import { parseYaml } from '../../shared/settings/parse-yaml.ts';
import { type FilePlace, filePlace, readTextFrom } from '../../shared/storage/file-place.ts';
import { localPathOf } from '../../shared/storage/local-path.ts';
import { openStore, type StoreOptions } from '../../shared/storage/open-store.ts';
import { isS3Uri } from '../../shared/storage/s3/s3-uri.ts';
import { assertPossibleRules } from '../../verdict/rules/known-rules.ts';
import { parseRules } from '../../verdict/rules/parse-rules.ts';
import { type Rule, ruleText } from '../../verdict/rules/rule.ts';
import { type Audit, auditNameSchema } from './audit.ts';
import { type ParsedAudit, parseAudit } from './parse-audit.ts';

/** An audit as its file says it, before a home says since when it has it. */
export type FiledAudit = Omit<Audit, 'addedAt' | 'scheduledAt'>;

export type ReadAuditFile =
  | {
      readonly status: 'read';
      readonly file: string;
      readonly name: string;
      readonly audit: FiledAudit;
    }
  /** `sentence`: the file with line and column, what is wrong there, what to write instead. */
  | {
      readonly status: 'wrong';
      readonly file: string;
      readonly name: string;
      readonly sentence: string;
    };

export interface AuditFileRequest {
  readonly storage: StoreOptions;
  /** From when on a pattern must have a date. */
  readonly now: Date;
}

/** Reads one audit file, a path or an `s3://` address. Its name without `.yaml` is the audit's. Throws only where the storage does. */
export async function readAuditFile(
  file: string,
  { storage, now }: AuditFileRequest,
): Promise<ReadAuditFile> {
  const place = filePlace(file, storage);
  const name = posix.basename(place.key).replace(/\.ya?ml$/i, '');
  const wrong = (sentence: string): ReadAuditFile => ({ status: 'wrong', file, name, sentence });
  if (!auditNameSchema.safeParse(name).success) {
    return wrong(
      `${file}: ${JSON.stringify(name)} is not a name for an audit: use up to 64 letters, digits, ".", "_" or "-", the first a letter or a digit.`,
    );
  }
  if (name === latestName) {
    return wrong(
      `${file}: an audit gives its runs its name, and "${latestName}" is always the newest run: rename the file.`,
    );
  }
  const text = await readTextFrom(place);
  if (text.status !== 'read') return wrong(`${file} ${text.how}.`);
  try {
    const parsed = parseAudit(text.text, { fileName: file, base: baseOf(place), now });
    const rules = await readRules(parsed, file, storage);
    const sha256 = createHash('sha256').update(text.bytes).digest('hex');
    const said = { ...parsed.audit, ...(rules && { rules }) };
    return { status: 'read', file, name, audit: { schema: 'audit@1', name, ...said, sha256 } };
  } catch (error) {
    if (!(error instanceof EigenfleetError) || error.code !== 'usage') throw error;
    return wrong(messageOf(error));
  }
}

/**
 * Reads the audit files of a folder, `*.yaml` and `*.yml` directly in it; a path, or an `s3://` address. Rules files among them are left to the audits that name them.
 *
 * @returns By name of the file.
 * @throws EigenfleetError `usage` for a folder that is not there, or has no such file.
 */
export async function readAuditFiles(
  folder: string,
  request: AuditFileRequest,
): Promise<ReadAuditFile[]> {
  const audits: ReadAuditFile[] = [];
  for (const name of await yamlFilesOf(folder, request.storage)) {
    const file = `${folder.replace(/\/+$/, '')}/${name}`;
    if (!(await holdsRules(file, request.storage))) audits.push(await readAuditFile(file, request));
  }
  if (audits.length === 0) {
    throw new EigenfleetError(
      'usage',
      `There is no audit file (NAME.yaml) in ${folder}. Check the folder; an audit that should end is removed with "eigenfleet audit remove NAME".`,
    );
  }
  return audits.map((read, index) => twiceNamed(read, audits, index));
}

/** Whether a file holds rules and nothing of an audit. */
async function holdsRules(file: string, storage: StoreOptions): Promise<boolean> {
  const read = await readTextFrom(filePlace(file, storage));
  if (read.status !== 'read') return false;
  try {
    const value = parseYaml(read.text);
    const keys = Object.keys(value ?? {});
    return keys.includes('rules') && keys.every((key) => ['rules', 'decide', 'min'].includes(key));
  } catch {
    return false;
  }
}

interface RulesFile {
  readonly place: FilePlace;
  /** As errors call it. */
  readonly file: string;
}

/** The rules file that an audit names: beside it, or at an address or whole path. */
function rulesFileOf(said: string, file: string, storage: StoreOptions): RulesFile {
  const isWhole = isS3Uri(said) || posix.isAbsolute(said) || resolve(said) === said;
  const beside = isWhole ? said : `${file.slice(0, file.lastIndexOf('/') + 1)}${said}`;
  // "../" of an address: keys have no such parts.
  const [, root = '', path = beside] = /^(s3:\/\/[^/]+\/)(.*)$/i.exec(beside) ?? [];
  const named = root === '' ? beside : `${root}${posix.normalize(path)}`;
  return { place: filePlace(named, storage), file: named };
}

async function readRules(
  { rules, audit, source }: ParsedAudit,
  file: string,
  storage: StoreOptions,
): Promise<Audit['rules']> {
  if (rules.kind === 'none') return undefined;
  const inlined =
    rules.kind === 'text'
      ? { text: rules.text, file }
      : await inlinedRules(rulesFileOf(rules.said, file, storage), source);
  const read = parseRules(inlined.text, inlined.file);
  assertPossibleRules(read);
  for (const rule of read) {
    if (audit.baseline === undefined && needsBaseline(rule)) {
      throw new EigenfleetError(
        'usage',
        `${rule.where}: ${JSON.stringify(ruleText(rule))} is measured from a baseline, and the audit names none: add "baseline: previous", or the name, id or place of a run.`,
      );
    }
  }
  return inlined;
}

async function inlinedRules(
  { place, file }: RulesFile,
  source: ParsedAudit['source'],
): Promise<{ text: string; file: string }> {
  const read = await readTextFrom(place);
  if (read.status === 'read') return { text: read.text, file };
  throw source.fault(['rules'], `the rules file ${file} ${read.how}.`);
}

function needsBaseline(rule: Rule): boolean {
  return rule.kind === 'drift' || rule.change;
}

/** `a.yaml` and `a.yml` are one audit; which is meant nobody knows. */
function twiceNamed(
  read: ReadAuditFile,
  all: readonly ReadAuditFile[],
  index: number,
): ReadAuditFile {
  const { file, name } = read;
  const other = all.find((one, at) => at !== index && one.name === name);
  if (other === undefined) return read;
  const sentence = `${file} and ${other.file} are one name: rename or delete one.`;
  return { status: 'wrong', file, name, sentence };
}

async function yamlFilesOf(folder: string, options: StoreOptions): Promise<string[]> {
  const isYaml = (name: string) => /^[^/]+\.ya?ml$/i.test(name);
  if (!isS3Uri(folder)) return (await filesOf(folder)).filter(isYaml).sort();
  const names: string[] = [];
  for await (const { key } of openStore(folder, options).list('')) if (isYaml(key)) names.push(key);
  return names;
}

/** Only the folder itself is read: below it may lie a dataset. */
async function filesOf(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(localPathOf(folder) ?? folder, { withFileTypes: true });
    return entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
  } catch (cause) {
    throw new EigenfleetError(
      'usage',
      `${folder} is not a folder that can be read. Name the one with the audit files.`,
      { cause },
    );
  }
}

function baseOf({ store }: FilePlace): string {
  return localPathOf(store.uri) ?? store.uri;
}
