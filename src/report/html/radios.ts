import { type Html, html } from './html.ts';

/** Native radios: they work without any script. Those of one name are one choice, also over several legends. */
export function radios(
  legend: string,
  name: string,
  options: readonly { readonly id: string; readonly label: string | Html }[],
  checked: 'first' | 'none' = 'first',
): Html {
  return html`<fieldset class="switch"><legend>${legend}</legend>${options.map(
    ({ id, label }, i) =>
      html`<label><input type="radio" name="${name}" id="${id}"${i === 0 && checked === 'first' && html` checked`}>${label}</label>`,
  )}</fieldset>`;
}
