/** Why a layer shows nothing in an image, as phrases for people. */
export const degeneracy = {
  noContent: 'no cell of the layer lies on the image',
  oneCell: 'the image covers one cell of the layer only',
  zero: 'all activations are zero',
  constant: 'the activations are the same everywhere',
  notFinite: 'the activations are not finite numbers',
  tooLarge: 'the activations are infinite, or too large for float32',
  noDirection: 'the activations have no dominant direction',
} as const;
