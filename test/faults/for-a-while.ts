/**
 * Whether a part of a campaign goes on, by time: from its first question on, since fetching Redis, an S3 server and making inputs may take longer than a short part, and
 * once in any case, as a part that tried nothing says nothing.
 */
export function forAWhile(ms: number, nowMs = Date.now): (tried: number) => boolean {
  let endMs: number | undefined;
  return (tried) => {
    endMs ??= nowMs() + ms;
    return tried === 0 || nowMs() < endMs;
  };
}
