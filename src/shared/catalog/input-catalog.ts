/** What the pixels of an image are like; each a `MeasureKind`. The size of an image is in the columns of its geometry. */
export const inputCatalog = [
  {
    name: 'brightness',
    scale: 'unit',
    per: 'sample',
    input: true,
    words: 'brightness',
    meaning: 'mean luma of the pixels: 0 black, 1 white',
  },
  {
    name: 'contrast',
    scale: 'unit',
    per: 'sample',
    input: true,
    words: 'contrast',
    meaning: 'standard deviation of luma: 0 one gray, 0.5 half black and half white',
  },
  {
    name: 'sharpness',
    scale: 'log2',
    per: 'sample',
    input: true,
    words: 'sharpness',
    meaning:
      'spread of the Laplacian over that of luma: a blur lowers it, whatever the brightness; 4.5 is noise',
  },
  {
    name: 'colorfulness',
    scale: 'unit',
    per: 'sample',
    input: true,
    words: 'colorfulness',
    meaning: '0 gray, 0.2 a usual photograph, 0.4 and more very colorful',
  },
] as const;
