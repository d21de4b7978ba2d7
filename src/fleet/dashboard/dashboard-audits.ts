import { nextNight } from '../../audit/calendar/due-nights.ts';
import { auditKeys } from '../../audit/home/audit-keys.ts';
import { listAudits, readAudit, type StoredAudit } from '../../audit/home/stored-audits.ts';
import { type AuditStatus, auditStatus } from '../../audit/night/audit-status.ts';
import { NightCache } from '../../audit/night/night-cache.ts';
import { lastDateOf } from '../../audit/night/night-history.ts';
import { nightSentence, nightState, nightStateWords } from '../../audit/trend/night-state.ts';
import { type Html, html } from '../../report/html/html.ts';
import { counted } from '../../report/words/wording.ts';
import { messageOf } from '../../shared/errors.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { mostStoredBytes, readStoredBytes } from '../../shared/storage/stored-json.ts';

/** An audit as the list shows it. */
export interface DashboardAudit extends AuditStatus {
  /** ISO 8601; absent while it is paused. */
  readonly next?: string;
  readonly hasTrend: boolean;
}

export interface AuditList {
  readonly audits: readonly DashboardAudit[];
  /** Sentences on those that cannot be shown. */
  readonly problems: readonly string[];
}

/** Collects how the audits of a home stand; storage says all of it. */
export class DashboardAudits {
  readonly #home: ObjectStore;
  readonly #nights: NightCache;
  readonly #now: () => Date;

  constructor(home: ObjectStore, now = () => new Date()) {
    this.#home = home;
    this.#nights = new NightCache(home);
    this.#now = now;
  }

  async list(): Promise<AuditList> {
    const problems: string[] = [];
    const audits: DashboardAudit[] = [];
    try {
      const stored = await listAudits(this.#home);
      problems.push(...stored.broken.map(({ sentence }) => sentence));
      for (const one of stored.audits) {
        const described = await this.#describe(one).catch((error: unknown) => messageOf(error));
        if (typeof described === 'string') problems.push(described);
        else audits.push(described);
      }
    } catch (error) {
      problems.push(messageOf(error));
    }
    return { audits, problems };
  }

  /** The name comes from a URL: only one of an audit has a page. */
  async readTrend(name: string): Promise<Uint8Array | undefined> {
    if ((await readAudit(this.#home, name)).status !== 'read') return undefined;
    const most = mostStoredBytes.report;
    const stored = await readStoredBytes(this.#home, auditKeys.trend(name), most);
    return stored.status === 'read' ? stored.bytes : undefined;
  }

  async #describe(stored: StoredAudit): Promise<DashboardAudit> {
    const { audit, pausedSince } = stored;
    const nights = await this.#nights.read(audit.name);
    const now = this.#now();
    const isPaused = pausedSince !== undefined;
    const next = isPaused ? undefined : nextNight(audit, lastDateOf(nights), now);
    const hasTrend = (await this.#home.head(auditKeys.trend(audit.name))) !== undefined;
    const status = auditStatus(stored, nights, now);
    return { ...status, hasTrend, ...(next && { next: next.at.toISOString() }) };
  }
}

/** The audits, those that failed first. */
export function auditsPart(audits: readonly DashboardAudit[]): Html {
  const heading = html`<h2 class="part">Audits</h2>`;
  if (audits.length === 0) {
    return html`${heading}<p class="lead">None yet: add some with eigenfleet audit sync.</p>`;
  }
  const ordered = [...audits].sort((a, b) => rank(a) - rank(b));
  return html`${heading}<p class="lead">${counted(audits.length, 'audit')}.</p><div class="panel scroll" tabindex="0" role="region" aria-label="Audits"><table><thead><tr><th scope="col">Audit</th><th scope="col">Last night</th><th scope="col">Now</th><th scope="col">Next</th></tr></thead><tbody>${ordered.map(row)}</tbody></table></div>`;
}

function rank({ verdict, overdue }: DashboardAudit): number {
  if (verdict === -1 || overdue !== undefined) return 0;
  return verdict === 0 ? 1 : 2;
}

function row(audit: DashboardAudit): Html {
  const { name, hasTrend, latest, verdict, next } = audit;
  const title = hasTrend ? html`<a href="/audits/${name}/trend.html">${name}</a>` : html`${name}`;
  const state = latest === undefined ? undefined : nightState(latest);
  const last =
    latest &&
    state &&
    html`<span${verdict !== 1 && html` class="problem"`}>${latest.key} ${nightStateWords[state]}</span><br><span class="small"><bdi>${nightSentence(latest)}</bdi></span>`;
  return html`<tr><th scope="row"><bdi>${title}</bdi></th><td>${last ?? 'no night yet'}</td><td>${nowWords(audit)}</td><td>${next === undefined ? '' : html`<time datetime="${next}">${next.slice(0, 16).replace('T', ' ')} UTC</time>`}</td></tr>`;
}

function nowWords({ isPaused, overdue, current }: DashboardAudit): Html {
  if (overdue !== undefined) return html`<span class="problem"><bdi>${overdue}</bdi></span>`;
  if (current !== undefined) {
    const { key, status } = current;
    return html`${key} ${status === 'due' ? 'begins' : 'is under way'}`;
  }
  return html`${isPaused ? 'paused' : ''}`;
}
