import { classNameOf } from '../../model/yolo/yolo-model.ts';

/** A detection or score, with its class name. */
export type Named<Found extends { readonly classId: number }> = Found & {
  readonly className: string;
};

export function named<Found extends { readonly classId: number }>(
  found: Found,
  classNames: readonly string[],
): Named<Found> {
  return { ...found, className: classNameOf(classNames, found.classId) };
}
