import { type Command, Option } from 'commander';
import { EigenfleetError } from '../../shared/errors.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { openStore, type StoreOptions } from '../../shared/storage/open-store.ts';

/** Adds where audits and their histories are kept. */
export function addHomeOption(command: Command, help: string): Command {
  return command.addOption(
    new Option('--audits <place>', `${help}: a folder or s3://bucket/prefix`)
      .env('EIGENFLEET_AUDITS')
      .helpGroup('Audits:'),
  );
}

/** Adds `--allow-internal-webhooks`, to what tells of nights. */
export function addWebhookOption(command: Command): Command {
  return command.addOption(
    new Option(
      '--allow-internal-webhooks',
      'tell webhooks inside the own network of audits, also over http://',
    )
      .default(false)
      .helpGroup('Audits:'),
  );
}

/** The home of audits, where one is named. */
export function homeOf(
  { audits }: Readonly<Record<string, unknown>>,
  storage: StoreOptions,
): ObjectStore | undefined {
  return typeof audits === 'string' && audits !== '' ? openStore(audits, storage) : undefined;
}

/** @throws EigenfleetError `usage` where none is named: audits are kept in no place by default. */
export function neededHomeOf(
  options: Readonly<Record<string, unknown>>,
  storage: StoreOptions,
): ObjectStore {
  const home = homeOf(options, storage);
  if (home !== undefined) return home;
  throw new EigenfleetError(
    'usage',
    'Where are the audits? Name their place with --audits, such as --audits s3://data/audits, or in EIGENFLEET_AUDITS.',
  );
}
