import { createHash } from 'node:crypto';
import { type Html, html, trusted } from './html.ts';
import { pageScript } from './report-script.ts';

export interface PageHead {
  readonly title: string;
  /** CSS, taken as it is: our own, and pictures as data URIs. */
  readonly style: string;
  /** Whether the page has `pageScript` at its end; none of the others. */
  readonly hasScript: boolean;
}

/** The head of a page in the report's style. Its policy keeps the page from loading anything, and admits its own script alone, by hash. */
export function pageHead({ title, style, hasScript }: PageHead): Html {
  const scripts = hasScript ? [`script-src 'sha256-${scriptHash()}'`] : [];
  const policy = [
    ...["default-src 'none'", 'img-src data:', "style-src 'unsafe-inline'"],
    ...scripts,
    ...["base-uri 'none'", "form-action 'none'"],
  ].join('; ');
  return html`<head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>${title}</title><style>${trusted(style)}</style></head>`;
}

function scriptHash(): string {
  return createHash('sha256').update(pageScript).digest('base64');
}
