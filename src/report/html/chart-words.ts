/** A coordinate in a drawing, to a tenth of a pixel. */
export function near(value: number): string {
  return String(Number(value.toFixed(1)));
}

/** A label of at most `most` characters, the last an ellipsis where it is longer. */
export function shortened(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}\u2026`;
}
