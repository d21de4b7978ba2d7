import type { Command } from 'commander';
import { listAudits, readAudit, type StoredAudit } from '../../audit/home/stored-audits.ts';
import { EigenfleetError } from '../../shared/errors.ts';
import { nearNames } from '../../shared/settings/near-names.ts';
import { runSettings } from '../../shared/settings/run-settings.ts';
import { placeOf } from '../../shared/storage/local-path.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import type { StoreOptions } from '../../shared/storage/open-store.ts';
import { addHomeOption, neededHomeOf } from '../options/home-option.ts';
import { addStoreOptions, storeOptionsOf } from '../options/store-options.ts';
import { openTerminal, type Terminal } from '../terminal/terminal.ts';

/** What a command on audits works with. */
export interface AuditCall {
  readonly home: ObjectStore;
  readonly storage: StoreOptions;
  readonly terminal: Terminal;
  readonly json: boolean;
  readonly now: Date;
}

/** Adds the options that every command on audits has. */
export function addAuditOptions(command: Command): Command {
  command
    .option('--json', 'print JSON', false)
    .option('-q, --quiet', runSettings.quiet.help, false);
  return addStoreOptions(addHomeOption(command, 'where audits and their nights are kept'));
}

/** @throws EigenfleetError `usage` where no home is named. */
export function auditCallOf(options: Readonly<Record<string, unknown>>): AuditCall {
  const storage = storeOptionsOf(options);
  const json = options.json === true;
  const terminal = openTerminal({ json, quiet: options.quiet === true });
  return { home: neededHomeOf(options, storage), storage, terminal, json, now: new Date() };
}

/** @throws EigenfleetError `usage` for an audit that the home does not have, `storage` for one that cannot be read. */
export async function neededAudit(home: ObjectStore, name: string): Promise<StoredAudit> {
  const read = await readAudit(home, name);
  if (read.status === 'read') return read;
  if (read.status === 'broken') throw new EigenfleetError('storage', read.sentence);
  throw await unknownAudit(home, name);
}

/** What to say of an audit that a home does not have. */
export async function unknownAudit(home: ObjectStore, name: string): Promise<EigenfleetError> {
  const { audits, broken } = await listAudits(home);
  const names = [...audits.map(({ audit }) => audit.name), ...broken.map((one) => one.name)];
  const near = nearNames(name, names);
  const hint =
    names.length === 0
      ? 'It has none: add audit files with "eigenfleet audit sync FOLDER".'
      : near.length > 0
        ? `Did you mean ${near.join(' or ')}?`
        : `There are ${names.slice(0, 20).join(', ')}.`;
  const where = placeOf(home.uri);
  return new EigenfleetError(
    'usage',
    `There is no audit ${JSON.stringify(name)} in ${where}. ${hint}`,
  );
}
