/** What of a request decides whether it is answered. Header values as they came. */
export interface GuardedRequest {
  readonly method: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** `Sec-Fetch-Site`: what the browser says of the page that asks. */
  readonly fetchSite: string | undefined;
}

export interface GuardRules {
  /** Nothing may be changed through the page. */
  readonly readOnly: boolean;
  /** The server listens on this machine only, so it must have been called by one of its names. */
  readonly localOnly: boolean;
}

export interface Refusal {
  readonly status: 403 | 405;
  readonly sentence: string;
}

const localNames: readonly (string | undefined)[] = ['localhost', '127.0.0.1', '[::1]'];
const readingMethods: readonly string[] = ['GET', 'HEAD'];

/**
 * The dashboard knows no passwords, so any page in the same browser could press its buttons. Refused are changes that another site asks
 * for, every change when read-only, and a name that only pretends to be this machine (DNS rebinding).
 */
export function refusalOf(request: GuardedRequest, rules: GuardRules): Refusal | undefined {
  const { method, host, origin, fetchSite } = request;
  if (rules.localOnly && !localNames.includes(hostnameOf(`http://${host}`))) {
    const sentence = 'This dashboard answers to localhost and 127.0.0.1 only; see --host.';
    return { status: 403, sentence };
  }
  if (readingMethods.includes(method)) return undefined;
  if (rules.readOnly)
    return {
      status: 405,
      sentence: 'This dashboard only shows; start it with --manage to change something.',
    };
  const foreign =
    fetchSite === undefined
      ? origin !== undefined && hostOf(origin) !== host
      : fetchSite !== 'same-origin';
  return foreign
    ? { status: 403, sentence: 'Another site may not change anything here.' }
    : undefined;
}

function hostnameOf(address: string): string | undefined {
  return URL.canParse(address) ? new URL(address).hostname : undefined;
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
