/** What of a request decides whether it is answered. Header values as they came. */
export interface GuardedRequest {
  readonly method: string;
  /** One that `isAllowedHost` let pass. */
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** `Sec-Fetch-Site`: what the browser says of the page that asks. */
  readonly fetchSite: string | undefined;
}

export interface GuardRules {
  /** Nothing may be changed through the page. */
  readonly readOnly: boolean;
}

export interface Refusal {
  readonly status: 403 | 405;
  readonly sentence: string;
}

const readingMethods: readonly string[] = ['GET', 'HEAD'];

/**
 * The dashboard knows no passwords, so any page in the same browser could press its buttons. Refused are changes that another site asks
 * for, and every change when read-only. Names that only pretend to be this machine do not come so far: see `host-guard.ts`.
 */
export function refusalOf(request: GuardedRequest, rules: GuardRules): Refusal | undefined {
  const { method, host, origin, fetchSite } = request;
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

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
