import { type Command, Option } from 'commander';
import { parseSetting } from '../../shared/settings/parse-setting.ts';
import type { StoreOptions } from '../../shared/storage/open-store.ts';

/** Adds the options of an S3-compatible server, for commands that have no run settings. */
export function addStoreOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--s3-endpoint <url>',
        'an S3-compatible server (default: AWS_ENDPOINT_URL_S3, else AWS)',
      ).helpGroup('Fleet:'),
    )
    .addOption(
      new Option('--s3-region <name>', 'region (default: AWS_REGION)').helpGroup('Fleet:'),
    );
}

/** Throws `EigenfleetError('usage')` for an endpoint that is not an address, or one with credentials in it. */
export function storeOptionsOf(options: Readonly<Record<string, unknown>>): StoreOptions {
  const { s3Endpoint, s3Region } = options;
  return {
    ...(typeof s3Endpoint === 'string' && {
      s3Endpoint: parseSetting('s3Endpoint', s3Endpoint, '--s3-endpoint'),
    }),
    ...(typeof s3Region === 'string' && { s3Region }),
  };
}
