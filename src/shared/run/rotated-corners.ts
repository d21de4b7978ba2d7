import type { RotatedBox } from './detection.ts';

export type Corners = readonly [
  readonly [x: number, y: number],
  readonly [x: number, y: number],
  readonly [x: number, y: number],
  readonly [x: number, y: number],
];

/** The corners of a rotated box around it, in the order of Ultralytics' `xywhr2xyxyxyxy`; they may lie outside the image. */
export function rotatedCorners({ centerX, centerY, width, height, angle }: RotatedBox): Corners {
  const [acrossX, acrossY] = [(width / 2) * Math.cos(angle), (width / 2) * Math.sin(angle)];
  const [downX, downY] = [(-height / 2) * Math.sin(angle), (height / 2) * Math.cos(angle)];
  return [
    [centerX + acrossX + downX, centerY + acrossY + downY],
    [centerX + acrossX - downX, centerY + acrossY - downY],
    [centerX - acrossX - downX, centerY - acrossY - downY],
    [centerX - acrossX + downX, centerY - acrossY + downY],
  ];
}
