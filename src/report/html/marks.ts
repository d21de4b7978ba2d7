import type { Tone } from '../../shared/catalog/flag-catalog.ts';
import { type Html, html } from './html.ts';

/** Shapes of the four states, once a page; `mark` refers to them. A state shows by shape and word, never by color alone. */
export function markSymbols(): Html {
  return html`<symbol id="mark-fine" viewBox="0 0 18 18"><circle cx="9" cy="9" r="8" fill="none" stroke="currentColor" stroke-width="1.5"/><path d="M5 9.4l2.8 2.8L13 6.6" fill="none" stroke="currentColor" stroke-width="2"/></symbol>
<symbol id="mark-note" viewBox="0 0 18 18"><circle cx="9" cy="9" r="8" fill="none" stroke="currentColor" stroke-width="1.5"/><path d="M9 8v5M9 4.6v1.9" fill="none" stroke="currentColor" stroke-width="2"/></symbol>
<symbol id="mark-look" viewBox="0 0 18 18"><path d="M9 1.8L17 16H1z" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linejoin="round"/><path d="M9 6.4v4.6M9 12.4v1.9" fill="none" stroke="currentColor" stroke-width="1.9"/></symbol>
<symbol id="mark-problem" viewBox="0 0 18 18"><path d="M5.7 1h6.6L17 5.7v6.6L12.3 17H5.7L1 12.3V5.7z" fill="currentColor"/><path d="M6 6l6 6M12 6l-6 6" fill="none" stroke="light-dark(#fff,#1a1e25)" stroke-width="2"/></symbol>
<pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path class="hatch-ground" d="M0 0h7v7H0z" fill="#fdf3e0"/><path class="hatch-line" d="M0 0v7" fill="none" stroke="#9a5b00"/></pattern>`;
}

const toneWords: Readonly<Record<Tone, string>> = {
  fine: 'Fine',
  note: 'Note',
  look: 'Look',
  problem: 'Problem',
};

/** A mark with its word for screen readers. */
export function mark(tone: Tone): Html {
  return html`<svg class="mark tone-${tone}" role="img" aria-label="${toneWords[tone]}" width="18" height="18"><use href="#mark-${tone}"/></svg>`;
}
