export interface ImageCase {
  readonly name: string;
  /** Path of the model. */
  readonly model: string;
  /** Of the images, in pixels. */
  readonly width: number;
  readonly height: number;
}

const model640 = 'bench/models/bccd-yolov8n-640.onnx';
const model320 = 'examples/blood-cells/bccd-yolov8n.onnx';

/** What runs are measured with. */
export const imageCases: readonly ImageCase[] = [
  { name: '640x480 JPEG at 640 px', model: model640, width: 640, height: 480 },
  { name: '1920x1080 JPEG at 640 px', model: model640, width: 1920, height: 1080 },
  { name: '640x480 JPEG at 320 px', model: model320, width: 640, height: 480 },
];
