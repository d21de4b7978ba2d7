import { isIP } from 'node:net';
import { EigenfleetError } from '../../shared/errors.ts';
import type { Webhook } from '../file/audit.ts';
import { secretValue } from './secret-value.ts';

/** Where a night is told, and how. All of it may be secret but the format. */
export interface WebhookTarget {
  readonly url: URL;
  readonly key: string | undefined;
  readonly format: Webhook['format'];
}

/** Slack's address means Slack's format. */
const slackHosts = ['hooks.slack.com', 'hooks.slack-gov.com'];

/**
 * Reads address and key where the audit says that they are.
 *
 * @throws EigenfleetError `usage` for what is missing, or not an address: it is not repeated, since it may be secret.
 */
export async function webhookTarget(
  { url: place, key, format }: Webhook,
  allowInternal: boolean,
): Promise<WebhookTarget> {
  const text = await secretValue(place, 'address of the webhook');
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new EigenfleetError(
      'usage',
      `The address of the webhook (${'env' in place ? place.env : place.file}) does not begin with https://.`,
    );
  }
  if (url.protocol === 'http:' && !allowInternal) {
    throw new EigenfleetError(
      'usage',
      'The address of the webhook begins with http://, which anybody on the way can read. Use https://, or --allow-internal-webhooks for a service of your own network.',
    );
  }
  return {
    url,
    key: key === undefined ? undefined : await secretValue(key, 'key of the webhook'),
    format: slackHosts.includes(url.hostname) ? 'slack' : format,
  };
}

/** The host of an address as `node:net` knows it: IPv6 without its brackets. */
export function hostOf({ hostname }: URL): string {
  const bare = hostname.replace(/^\[|\]$/g, '');
  return isIP(bare) === 0 ? hostname : bare;
}
