import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { auditKeys } from '../home/audit-keys.ts';
import type { StoredAudit } from '../home/stored-audits.ts';
import { listNightKeys, listNights } from '../night/stored-nights.ts';
import { renderTrend } from './render-trend.ts';
import { reportLink } from './report-link.ts';
import { trendOf } from './trend.ts';

/** Nights on a page: 13 months. */
const mostNights = 400;

/**
 * Writes `trend.html` of an audit into the home, from its nights; the page before it is replaced.
 *
 * @returns the key of the page
 * @throws EigenfleetError `storage` for a night that cannot be read
 */
export async function writeTrend(
  home: ObjectStore,
  { audit, pausedSince }: StoredAudit,
): Promise<string> {
  const { name } = audit;
  const keys = await listNightKeys(home, name);
  const nights = await listNights(home, name, mostNights);
  const folder = `${home.uri}/${name}`;
  const page = renderTrend(
    trendOf({
      ...{ audit, pausedSince, nights, left: keys.length - nights.length },
      linkOf: (report) => reportLink(report, folder),
    }),
  );
  const key = auditKeys.trend(name);
  await home.put(key, new TextEncoder().encode(page));
  return key;
}
