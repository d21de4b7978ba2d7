/**
 * Sets the pixels of a closed outline: those on its lines and those inside, by the even-odd rule at the middle of each row. What OpenCV's `fillPoly` sets for corners
 * on whole pixels.
 *
 * @param corners x, y, x, y, ...: whole pixels, inside the picture
 * @param bits [height, width], set to 1
 */
export function fillOutline(corners: Int32Array, bits: Uint8Array, width: number): void {
  const height = bits.length / width;
  const crossings: number[][] = Array.from({ length: height }, () => []);
  let [fromX, fromY] = [corners.at(-2) ?? 0, corners.at(-1) ?? 0];
  for (let i = 0; i + 1 < corners.length; i += 2) {
    const [x, y] = [corners[i]!, corners[i + 1]!];
    drawLine(bits, width, { fromX, fromY, x, y });
    const [top, bottom] = [Math.min(fromY, y), Math.max(fromY, y)];
    for (let row = top; row < bottom; row++) {
      crossings[row]?.push(fromX + ((row - fromY) / (y - fromY)) * (x - fromX));
    }
    [fromX, fromY] = [x, y];
  }
  for (const [row, places] of crossings.entries()) {
    places.sort((a, b) => a - b);
    for (let i = 0; i + 1 < places.length; i += 2) {
      const first = Math.max(Math.ceil(places[i]!), 0);
      const end = Math.min(Math.floor(places[i + 1]!) + 1, width);
      if (end > first) bits.fill(1, row * width + first, row * width + end);
    }
  }
}

interface Line {
  readonly fromX: number;
  readonly fromY: number;
  readonly x: number;
  readonly y: number;
}

/** Bresenham's, from the left, so that a line and its reverse set the same pixels. */
function drawLine(bits: Uint8Array, width: number, { fromX, fromY, x, y }: Line): void {
  const [startX, startY, endX, endY] = x < fromX ? [x, y, fromX, fromY] : [fromX, fromY, x, y];
  const [across, down] = [endX - startX, Math.abs(endY - startY)];
  const side = endY < startY ? -1 : 1;
  const [long, short] = across >= down ? [across, down] : [down, across];
  let error = long - 2 * short;
  let [column, row] = [startX, startY];
  for (let step = 0; step <= long; step++) {
    bits[row * width + column] = 1;
    const turns = error < 0;
    error += (turns ? 2 * long : 0) - 2 * short;
    if (across >= down || turns) column += 1;
    if (across < down || turns) row += side;
  }
}
