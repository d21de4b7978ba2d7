/** The parts of a request that decide whether it is answered. Header values unchanged. */
export interface GuardedRequest {
  readonly method: string;
  /** One that `isAllowedHost` let pass. */
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** `Sec-Fetch-Site`: what the browser says about the calling page. */
  readonly fetchSite: string | undefined;
}

export interface GuardRules {
  /** The page cannot change anything. */
  readonly readOnly: boolean;
}

export interface Refusal {
  readonly status: 403 | 405;
  readonly sentence: string;
}

const readingMethods: readonly string[] = ['GET', 'HEAD'];

/**
 * The dashboard has no passwords, so any page in the same browser could press its buttons. Refuses changes that another site requests,
 * and every change when read-only. `host-guard.ts` stops names that only pretend to be this machine.
 */
export function refusalOf(request: GuardedRequest, rules: GuardRules): Refusal | undefined {
  const { method, host, origin, fetchSite } = request;
  if (readingMethods.includes(method)) return undefined;
  if (rules.readOnly)
    return {
      status: 405,
      sentence: 'This dashboard is read-only; start it with --manage to change something.',
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
