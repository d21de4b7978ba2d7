import { classNameOf } from '../../model/yolo/yolo-model.ts';

/** What was found, with the name of its class. */
export type Named<Found extends { readonly classId: number }> = Found & {
  readonly className: string;
};

export function named<Found extends { readonly classId: number }>(
  found: Found,
  classNames: readonly string[],
): Named<Found> {
  return { ...found, className: classNameOf(classNames, found.classId) };
}
