/**
 * Antialiased filling of polygons by signed area: every edge adds the area that it cuts off to the right in each pixel row;
 * the running sum along a row is the coverage. The method of font-rs (Raph Levien, "Inside the fastest font renderer in the world").
 */
export class Coverage {
  readonly width: number;
  readonly height: number;
  readonly #area: Float32Array;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.#area = new Float32Array(width * height + 2);
  }

  /** Adds one edge in pixels, from (x0, y0) to (x1, y1); x must lie in [0, width), rows outside are left out. */
  addEdge(x0: number, y0: number, x1: number, y1: number): void {
    if (y0 === y1) return;
    const down = y0 < y1;
    const [topX, topY, endX, endY] = down ? [x0, y0, x1, y1] : [x1, y1, x0, y0];
    const slope = (endX - topX) / (endY - topY);
    const lastRow = Math.min(this.height, Math.ceil(endY));
    for (let row = Math.max(Math.floor(topY), 0); row < lastRow; row++) {
      const from = Math.max(row, topY);
      const to = Math.min(row + 1, endY);
      const left = topX + (from - topY) * slope;
      const right = topX + (to - topY) * slope;
      const area = (to - from) * (down ? 1 : -1);
      this.#addSpan(row * this.width, Math.min(left, right), Math.max(left, right), area);
    }
  }

  /** Spreads the area of an edge that goes from `left` to `right` within one row. */
  #addSpan(row: number, left: number, right: number, area: number): void {
    const first = Math.floor(left);
    const span = Math.max(right - left, 1e-9);
    let before = 0;
    for (let x = first; x < right || x === first; x++) {
      // Share of the edge's height reached inside this pixel, and how much of the pixel lies right of it.
      const enter = Math.max(left, x);
      const leave = Math.min(right, x + 1);
      const share = right - left < 1e-9 ? 1 : (leave - enter) / span;
      const covered = share * (x + 1 - (enter + leave) / 2);
      this.#add(row + x, area * (covered + before));
      before = share - covered;
    }
    this.#add(row + Math.max(Math.ceil(right), first + 1), area * before);
  }

  #add(at: number, area: number): void {
    this.#area[at] = (this.#area[at] ?? 0) + area;
  }

  /** Coverage of every pixel, in [0, 1], row-major. */
  values(): Float32Array {
    const out = new Float32Array(this.width * this.height);
    for (let y = 0; y < this.height; y++) {
      let sum = 0;
      for (let x = 0; x < this.width; x++) {
        const at = y * this.width + x;
        sum += this.#area[at] ?? 0;
        out[at] = Math.min(Math.abs(sum), 1);
      }
    }
    return out;
  }
}
