import { createHmac } from 'node:crypto';
import type { LookupFunction } from 'node:net';
import { messageOf } from '../../shared/errors.ts';
import type { Clock } from '../../shared/host/clock.ts';
import type { Audit } from '../file/audit.ts';
import type { Night } from '../night/night.ts';
import { auditVerdictOf } from './audit-verdict.ts';
import { type PostOutcome, postWebhook } from './post-webhook.ts';
import { slackMessage } from './slack-text.ts';
import { type WebhookTarget, webhookTarget } from './webhook-target.ts';

export interface AnnouncePorts {
  readonly clock: Clock;
  /** Waits so many milliseconds. */
  delay(ms: number): Promise<void>;
  /** Lifts the guard against addresses that are not of the public Internet. */
  readonly allowInternal: boolean;
  /** Why a night could not be told, as a sentence without the address. */
  warn(sentence: string): void;
  readonly signal?: AbortSignal;
  /** The system's when absent. */
  readonly lookup?: LookupFunction;
}

/** The first attempt, and those after 1, 2, 4, 8 and 16 seconds. */
const attempts = 6;
const firstDelayMs = 1_000;
/** A server may ask for a longer pause. */
const mostDelayMs = 60_000;
/** Of all attempts together: other nights wait. */
const mostMs = 120_000;
const answerMs = 10_000;

/**
 * Tells the webhook of an audit of a settled night, signed where the audit names a key. Attempts go on while the failure may pass: no answer, 408, 429, 5xx.
 *
 * @returns What is kept of it in the night. What cannot be sent fails nothing: `warn` says why.
 */
export async function announceNight(
  audit: Audit,
  night: Night,
  ports: AnnouncePorts,
): Promise<NonNullable<Night['announced']>> {
  const { clock, allowInternal, warn } = ports;
  const at = () => clock.now().toISOString();
  if (audit.webhook === undefined) return { status: 'none', attempts: 0, at: at() };
  const failed = (count: number, why: string) => {
    warn(`The webhook of ${audit.name} was not told of ${night.key}: ${why}`);
    return { status: 'failed' as const, attempts: count, at: at() };
  };
  let target: WebhookTarget;
  try {
    target = await webhookTarget(audit.webhook, allowInternal);
  } catch (error) {
    return failed(0, messageOf(error));
  }
  const verdict = auditVerdictOf(audit, night);
  const body = JSON.stringify(target.format === 'slack' ? slackMessage(verdict) : verdict);
  const { outcome, count } = await send(target, { body, id: verdict.id }, ports);
  if (isTaken(outcome)) return { status: 'sent', attempts: count, at: at() };
  return failed(count, whyOf(outcome));
}

interface Message {
  readonly body: string;
  readonly id: string;
}

async function send(target: WebhookTarget, message: Message, ports: AnnouncePorts) {
  const { clock, delay, allowInternal, signal, lookup } = ports;
  const endMs = clock.now().getTime() + mostMs;
  for (let count = 1; ; count++) {
    const { url } = target;
    const { body } = message;
    const outcome = await postWebhook({
      ...{ url, body, limitMs: answerMs, allowInternal },
      headers: headersOf(target, message, clock.now()),
      ...(signal && { signal }),
      ...(lookup && { lookup }),
    });
    const waitMs = Math.max(firstDelayMs * 2 ** (count - 1), retryAfterMs(outcome, clock.now()));
    const isLast = count >= attempts || clock.now().getTime() + waitMs > endMs;
    if (!mayPass(outcome) || isLast) return { outcome, count };
    await delay(waitMs);
    signal?.throwIfAborted();
  }
}

/** The signature covers the time, so that nobody can send an old message again as a new one. */
function headersOf(
  { key, url }: WebhookTarget,
  { body, id }: Message,
  now: Date,
): Record<string, string> {
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const { username, password } = url;
  const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return {
    'content-type': 'application/json',
    'user-agent': 'eigenfleet',
    'x-eigenfleet-id': id,
    'x-eigenfleet-timestamp': timestamp,
    ...(username !== '' && { authorization: `Basic ${Buffer.from(user).toString('base64')}` }),
    ...(key !== undefined && { 'x-eigenfleet-signature': signatureOf(key, timestamp, body) }),
  };
}

function signatureOf(key: string, timestamp: string, body: string): string {
  return `sha256=${createHmac('sha256', key).update(`${timestamp}.${body}`).digest('hex')}`;
}

function isTaken(outcome: PostOutcome): boolean {
  return outcome.status === 'answered' && outcome.code >= 200 && outcome.code < 300;
}

function mayPass(outcome: PostOutcome): boolean {
  if (outcome.status !== 'answered') return outcome.status === 'unreachable';
  const { code } = outcome;
  return code === 408 || code === 429 || code >= 500;
}

/** Seconds, or a date (RFC 9110, section 10.2.3). */
function retryAfterMs(outcome: PostOutcome, now: Date): number {
  const said = outcome.status === 'answered' ? outcome.retryAfter : undefined;
  if (said === undefined) return 0;
  const ms = /^\d+$/.test(said) ? Number(said) * 1000 : Date.parse(said) - now.getTime();
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), mostDelayMs) : 0;
}

function whyOf(outcome: PostOutcome): string {
  if (outcome.status === 'internal') {
    return 'its address is not of the public Internet. --allow-internal-webhooks allows that.';
  }
  if (outcome.status === 'unreachable') return `it cannot be reached (${outcome.reason}).`;
  const { code } = outcome;
  if (code >= 300 && code < 400) {
    return `it answers with a redirect (${code}), which is not followed: name the address that it leads to.`;
  }
  return `it answers with ${code}.`;
}
