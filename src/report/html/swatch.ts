import { classColorHex } from '../../shared/catalog/class-color.ts';
import { type Html, html } from './html.ts';

/** Attributes of the element around a class name: the color of the class before it. The name says it all, so readers of screens are told nothing. */
export function swatch(classId: number): Html {
  return html` class="swatch" style="--class:${classColorHex(classId)}"`;
}
