/** Markup that is safe to put into a page: made by `html` or by `trusted`, never from data. */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }

  toString(): string {
    return this.markup;
  }
}

export type HtmlValue = Html | string | number | undefined | false | readonly HtmlValue[];

/** Marks the page's own constant text (style, script) as markup. Never call it with data. */
export function trusted(markup: string): Html {
  return new Html(markup);
}

// Control characters, marks and overrides of writing direction, byte order mark, line and paragraph separators:
// shown as they would be typed, so that a name cannot reorder or hide the text around it.
const invisible =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the regex is about these
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** Text with everything that is invisible, or that changes the direction of what follows, written as an escape. */
export function visibleText(text: string): string {
  return text.replace(invisible, (character) => {
    if (character === '\n') return '\\n';
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Data as HTML text or as a quoted attribute value. */
export function escapeHtml(text: string): string {
  return visibleText(text).replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

function markupOf(value: HtmlValue): string {
  if (value instanceof Html) return value.markup;
  if (Array.isArray(value)) return value.map(markupOf).join('');
  if (value === undefined || value === false) return '';
  return escapeHtml(String(value));
}

/** Template tag: everything put in is escaped, unless it is markup itself; `undefined` and `false` leave nothing. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return new Html(parts.reduce((text, part, i) => text + markupOf(values[i - 1]) + part));
}
