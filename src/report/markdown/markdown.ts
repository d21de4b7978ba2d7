import { visibleText } from '../html/html.ts';

/** Escapes data as Markdown text: nothing in it starts markup, a link, a table cell, an entity or HTML. */
export function escapeMarkdown(text: string): string {
  return visibleText(text)
    .replace(/[\\`*_[\]{}()#+!|~$@-]/g, '\\$&')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/:\/\//g, ':&#47;&#47;');
}

/** Data as code: with a fence longer than any run of backticks in it. */
export function code(text: string): string {
  const visible = visibleText(text);
  if (visible.trim() === '') return '(no name)';
  const longest = Math.max(0, ...[...visible.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = longest > 0 ? ' ' : '';
  return `${fence}${pad}${visible}${pad}${fence}`;
}

/** The same in a cell of a table, which `|` would end even there; elsewhere the backslash would be shown. */
export function cellCode(text: string): string {
  return code(text).replaceAll('|', '\\|');
}

/** Our own sentences hold data only as numbers and, for classifiers, class names. */
export function escapeSentence(text: string): string {
  return escapeMarkdown(text).replace(/\\([()\-!])/g, '$1');
}

export interface MarkdownColumn {
  readonly name: string;
  /** Numbers stand at the right; text, the default, at the left. */
  readonly number?: boolean;
}

/** A heading and a table under it. Cells are Markdown already. */
export function table(
  title: string,
  head: readonly MarkdownColumn[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = head.map(({ number = false }) => (number ? '---:' : '---'));
  const names = head.map(({ name }) => name);
  return [`## ${title}`, '', line(names), line(rule), ...rows.map(line)].join('\n');
}

/** A column of numbers. */
export function numbers(name: string): MarkdownColumn {
  return { name, number: true };
}

/** A column of text. */
export function words(name: string): MarkdownColumn {
  return { name };
}
