import { relative } from 'node:path/posix';
import { pathToFileURL } from 'node:url';

/**
 * The address of a report from a page: relative where both lie in the same bucket or on the same disk, so that it holds wherever the folder above them is served or copied to.
 *
 * @param report path or address of `report.html`
 * @param folder URI of the folder that the page lies in: `file:///audits/nightly`, `s3://bucket/audits/nightly`
 */
export function reportLink(report: string, folder: string): string {
  const to = urlOf(report);
  const from = urlOf(folder);
  if (to.protocol !== from.protocol || to.host !== from.host) return to.href;
  return relative(from.pathname, to.pathname);
}

function urlOf(place: string): URL {
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(place) ? new URL(place) : pathToFileURL(place);
}
