import type { RowColumns } from '../../src/shared/results/sample-row-columns.ts';
import type { SampleRow } from '../../src/shared/run/sample-row.ts';

export const exampleColumns: RowColumns = {
  shard: 7,
  measureColumns: ['entropy_fused', 'entropy_model_15', 'box_lift_model_15', 'detections'],
  layers: ['model_15', 'model_18'],
  classNames: ['RBC', 'white "cell"\n', '血小板'],
};

/** Every kind of row: with and without detections, classes, maps and measures, failed before and after decoding. */
export const exampleRows: readonly SampleRow[] = [
  {
    row: 0,
    key: 'a/blood 1.jpg',
    sizeBytes: 12_345,
    etag: '3039-1f',
    status: 'success',
    geometry: {
      width: 640,
      height: 480,
      newWidth: 320,
      newHeight: 240,
      left: 0,
      top: 40,
      inputWidth: 320,
      inputHeight: 320,
    },
    detections: [
      { box: [0.1, 0, 639.9, 1 / 3], score: 0.9, classId: 2 },
      { box: [1, 2, 3, 4], score: Math.fround(0.25), classId: 99 },
    ],
    classScores: [],
    measures: {
      entropy_fused: 0.1 + 0.2,
      entropy_model_15: 0,
      box_lift_model_15: 5e-324,
      detections: 2,
    },
    flags: ['border-focus', 'uncertain-sign'],
    mapRow: 0,
    mapScale: { model_15: [1.5, 1e-9, 70_000], model_18: [0, 0, 0] },
    overlay: true,
  },
  {
    row: 1,
    key: 'é/\u{1f9ec}\u2028.png',
    sizeBytes: Number.MAX_SAFE_INTEGER,
    etag: '',
    status: 'failed_to_decode',
    reason: 'VipsJpeg: premature end of JPEG image',
    detections: [],
    classScores: [],
    measures: {},
    flags: [],
    mapScale: {},
    overlay: false,
  },
  {
    row: 2,
    key: 'classified.jpg',
    sizeBytes: 0,
    etag: 'x',
    status: 'success',
    geometry: {
      width: 1,
      height: 1,
      newWidth: 224,
      newHeight: 224,
      left: -16,
      top: -16,
      inputWidth: 192,
      inputHeight: 192,
    },
    detections: [],
    classScores: [
      { classId: 1, score: 0.75 },
      { classId: 0, score: 0.25 },
    ],
    measures: { entropy_fused: 1, detections: 0 },
    flags: ['no-detection'],
    mapRow: 1,
    mapScale: { model_18: [2] },
    overlay: false,
  },
];

/** `count` successful rows with distinct keys and values. */
export function manyRows(count: number): SampleRow[] {
  const [first] = exampleRows;
  if (first === undefined) return [];
  return Array.from({ length: count }, (_, row) => ({
    ...first,
    row,
    key: `${row}.jpg`,
    measures: { ...first.measures, entropy_fused: row / count },
  }));
}
