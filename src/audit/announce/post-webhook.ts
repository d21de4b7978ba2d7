import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { messageOf } from '../../shared/errors.ts';
import { isInternalAddress } from './internal-address.ts';
import { hostOf } from './webhook-target.ts';

/** What became of one attempt. Its words name no address: that may be secret. */
export type PostOutcome =
  | { readonly status: 'answered'; readonly code: number; readonly retryAfter: string | undefined }
  | { readonly status: 'unreachable'; readonly reason: string }
  | { readonly status: 'internal' };

export interface PostRequest {
  readonly url: URL;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** From the start to the head of the answer, in milliseconds. */
  readonly limitMs: number;
  readonly allowInternal: boolean;
  /** The system's when absent. */
  readonly lookup?: LookupFunction;
  readonly signal?: AbortSignal;
}

class InternalAddressError extends Error {}

/**
 * Sends a text once, to an address that was looked at: names are resolved here, all their addresses must be public, and the connection goes to one of these, so that another answer
 * of DNS cannot lead it elsewhere. Redirects are answers like others. The body of the answer is not read.
 */
export async function postWebhook(request: PostRequest): Promise<PostOutcome> {
  const { url, allowInternal } = request;
  const host = hostOf(url);
  // No name is resolved for an address.
  if (!allowInternal && isIP(host) !== 0 && isInternalAddress(host)) return { status: 'internal' };
  try {
    return await post(request);
  } catch (error) {
    if (error instanceof InternalAddressError) return { status: 'internal' };
    request.signal?.throwIfAborted();
    return { status: 'unreachable', reason: reasonOf(error) };
  }
}

function post({ url, body, headers, limitMs, signal, ...guard }: PostRequest) {
  const limit = AbortSignal.timeout(limitMs);
  const options: RequestOptions = {
    method: 'POST',
    headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    lookup: guard.allowInternal ? (guard.lookup ?? systemLookup) : guarded(guard.lookup),
    signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
    // A connection that stays would outlive the check of its address.
    agent: false,
  };
  return new Promise<PostOutcome>((resolve, reject) => {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const sent = send(url, options, (response) => {
      const { statusCode: code = 0, headers: answered } = response;
      response.on('error', () => undefined).destroy();
      resolve({ status: 'answered', code, retryAfter: answered['retry-after'] });
    });
    sent.on('error', reject).end(body);
  });
}

/** Resolves a name like the system does, and fails where any of its addresses is internal. */
function guarded(lookup: LookupFunction = systemLookup): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) {
        callback(error, '', 0);
        return;
      }
      const addresses = found as unknown as readonly LookupAddress[];
      const [first] = addresses;
      if (first === undefined || addresses.some(({ address }) => isInternalAddress(address))) {
        callback(new InternalAddressError(), '', 0);
      } else if (options.all === true) {
        callback(null, [...addresses]);
      } else callback(null, first.address, first.family);
    });
  };
}

/** The system's code where there is one: messages name the host. */
function reasonOf(error: unknown): string {
  const { name, code } = error as { name?: string; code?: unknown };
  if (name === 'AbortError' || name === 'TimeoutError') return 'no answer in time';
  return typeof code === 'string' ? code : messageOf(error);
}
