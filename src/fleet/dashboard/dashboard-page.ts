import { createHash } from 'node:crypto';
import { type Html, html, trusted } from '../../report/html/html.ts';
import { pageStyle } from '../../report/html/report-style.ts';
import { logo } from '../../report/render-report.ts';
import { counted, wholeNumber } from '../../report/words/wording.ts';
import type { LiveWorker } from '../../shared/queue/live-worker.ts';
import type { RunState } from '../../shared/run/run-state.ts';
import { auditsPart, type DashboardAudit } from './dashboard-audits.ts';
import { workersPart } from './dashboard-workers.ts';

/** A run as the list shows it. */
export interface DashboardRun {
  readonly runId: string;
  readonly names: readonly string[];
  readonly datasetName: string;
  /** ISO 8601. */
  readonly plannedAt: string;
  readonly state: RunState;
  readonly images: number;
  readonly shards: number;
  /** Index of its results folder, from 0; `outUri` when there are several. */
  readonly out: number;
  readonly outUri?: string;
  /** Images processed so far; absent when unknown, as while Redis is away. */
  readonly imagesDone?: number;
  readonly imagesFailed?: number;
  readonly shardsDone?: number;
  /** Shards that failed for good. */
  readonly shardsFailed?: number;
  /** The headline of a finished run. */
  readonly finding?: string;
}

export interface RunList {
  readonly runs: readonly DashboardRun[];
  /** Live workers; absent when Redis does not answer. */
  readonly workers?: readonly LiveWorker[];
  /** Absent where the dashboard is given no home of audits. */
  readonly audits?: readonly DashboardAudit[];
  /** Sentences on what the list lacks, such as that Redis does not answer. */
  readonly problems: readonly string[];
}

const stateWords: Readonly<Record<RunState, string>> = {
  open: 'Running',
  closed: 'Finished',
  cancelled: 'Cancelled',
};

const listStyle = `
main{padding:24px 0 40px}
.runs td,.runs th{vertical-align:middle}.runs th[scope=row]{min-width:200px;font-weight:400}.runs b{font-weight:650}
.state{white-space:nowrap}.state::before{content:"";display:inline-block;width:8px;height:8px;border-radius:50%;margin-right:8px;background:var(--edge)}
.state.open::before{background:var(--bar)}.state.closed::before{background:var(--fine)}.state.cancelled::before{border-radius:0;background:var(--look)}
.bar{min-width:160px}.bar progress{display:block;width:100%;height:8px;border:0;border-radius:4px;overflow:hidden;background:var(--sunk);appearance:none;margin:4px 0}
.bar progress::-webkit-progress-bar{background:var(--sunk)}.bar progress::-webkit-progress-value{background:var(--bar)}.bar progress::-moz-progress-bar{background:var(--bar)}
.runs td:nth-child(4){white-space:nowrap}
.problem{color:var(--problem)}p.problem{margin-bottom:16px}
@media (max-width:600px){.runs.stacked tr{grid-template-columns:1fr auto;gap:0 16px}.runs.stacked td:nth-child(n+3){grid-column:auto}.runs.stacked td.bar:nth-child(n+3){grid-column:1/-1}}
`;

/** Replaces the list every five seconds; without script people reload the page. */
const refreshScript = `'use strict';
setInterval(async()=>{
  if(document.hidden)return;
  try{
    const response=await fetch('/');
    if(!response.ok)return;
    const fresh=new DOMParser().parseFromString(await response.text(),'text/html').querySelector('main');
    const main=document.querySelector('main');
    if(fresh.innerHTML!==main.innerHTML&&!main.contains(document.activeElement))main.replaceWith(fresh);
  }catch{}
},5000);
`;

const scriptHash = createHash('sha256').update(refreshScript).digest('base64');

/** Admits the page's own style and script and nothing from elsewhere. */
export const dashboardPolicy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${scriptHash}'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** The list of runs, the newest first, and the workers. Names are data and are escaped. */
export function dashboardPage({ runs, workers, audits, problems }: RunList): string {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>Runs - eigenfleet</title><link rel="icon" href="data:,"><style>${trusted(pageStyle + listStyle)}</style></head>
<body><a class="skip" href="#main">Skip to the runs</a>
<header class="wrap top"><span class="brand">${logo()}eigenfleet</span><nav aria-label="Pages"><ul><li><a href="/" aria-current="page">Runs</a></li><li><a href="/queues/">Queues</a></li></ul></nav></header>
<main id="main"><div class="wrap"><h1>Runs</h1><p class="lead">${summaryLine(runs)}</p>${problems.map((problem) => html`<p class="problem" role="status">${problem}</p>`)}${runs.length > 0 && table(runs)}${audits && auditsPart(audits)}${workers && workersPart(workers)}</div></main>
<script>${trusted(refreshScript)}</script></body></html>
`.markup;
}

function summaryLine(runs: readonly DashboardRun[]): string {
  if (runs.length === 0) return 'No run yet: start one with eigenfleet enqueue.';
  const open = runs.filter(({ state }) => state === 'open').length;
  return `${counted(runs.length, 'run')}, ${open === 0 ? 'none' : wholeNumber(open)} of them running.`;
}

function table(runs: readonly DashboardRun[]): Html {
  return html`<div class="panel scroll" tabindex="0" role="region" aria-label="Runs"><table class="runs stacked"><thead><tr><th scope="col">Run</th><th scope="col">State</th><th scope="col">Progress</th><th scope="col">Failures</th><th scope="col">Started</th><th scope="col">Report</th></tr></thead><tbody>${runs.map(row)}</tbody></table></div>`;
}

function row(run: DashboardRun): Html {
  const { runId, names, datasetName, plannedAt, state, out, outUri, finding } = run;
  const title = names.length > 0 ? names.join(', ') : datasetName;
  const report =
    state === 'closed' &&
    html`<a href="/runs/${runId}/report.html${out > 0 && `?out=${out}`}">Report</a>`;
  return html`<tr><th scope="row"><b><bdi>${title}</bdi></b><br><span class="small"><bdi>${datasetName}</bdi>, <code>${runId}</code>${outUri !== undefined && html`<br><bdi>${outUri}</bdi>`}</span>${finding !== undefined && html`<br><bdi>${finding}.</bdi>`}</th>
<td><span class="state ${state}">${stateWords[state]}</span></td><td class="bar">${progress(run)}</td><td>${failures(run)}</td>
<td><time datetime="${plannedAt}">${plannedAt.slice(0, 16).replace('T', ' ')} UTC</time></td><td>${report}</td></tr>`;
}

function progress({ images, imagesDone, shards, shardsDone }: DashboardRun): Html {
  if (imagesDone === undefined) return html`${counted(images, 'image')}, progress unknown`;
  const share = images === 0 ? 100 : Math.floor((100 * imagesDone) / images);
  const words = `${wholeNumber(imagesDone)} of ${counted(images, 'image')}`;
  return html`<progress max="${images}" value="${Math.min(imagesDone, images)}" aria-label="${words}">${share} %</progress><span class="small">${words}, ${share} %${shardsDone !== undefined && html`<br>${wholeNumber(shardsDone)} of ${counted(shards, 'shard')}`}</span>`;
}

function failures({ imagesDone, imagesFailed = 0, shardsFailed = 0 }: DashboardRun): Html {
  const parts = [
    ...(imagesFailed > 0 ? [counted(imagesFailed, 'image')] : []),
    ...(shardsFailed > 0 ? [counted(shardsFailed, 'shard')] : []),
  ];
  if (parts.length === 0) return html`${imagesDone !== undefined && 'no failures'}`;
  return html`<span class="problem">${parts.join(', ')}</span>`;
}
