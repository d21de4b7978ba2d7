import type { ObjectForm } from './object-form.ts';

/** Ultralytics' names of what a model is trained for; `none` for a model whose outputs are not read, only its layers. */
export const tasks = ['detect', 'classify', 'segment', 'pose', 'obb', 'none'] as const;
export type Task = (typeof tasks)[number];

/** Tasks of Ultralytics whose answers are not read: such a model is explained as `none`. Why, as a clause. */
export const unreadTasks: ReadonlyMap<string, string> = new Map([
  ['semantic', 'a class for each pixel'],
  ['depth', 'a distance for each pixel'],
]);

/** How an image becomes the model's input: whole with padding, its center crop, or stretched to the input. */
export const inputPreparations = ['letterbox', 'crop', 'stretch'] as const;
export type InputPreparation = (typeof inputPreparations)[number];

/** What an object is, besides its box. */
export type ObjectShape = 'box' | 'mask' | 'keypoints' | 'rotated';

/** The task of a model whose outputs are not read. */
export const unansweredTask: Task = 'none';

/** What distinguishes tasks: nothing else in the sources asks for a task by name. `model/head` reads the output. */
export interface TaskTraits {
  /** The output has boxes: they are drawn, counted, and compared with the maps. */
  readonly findsObjects: boolean;
  /** The outputs say something that is read; else only the layers are explained. */
  readonly answers: boolean;
  /** The output is about the whole image: one probability for each class, from features that the head averages over space. */
  readonly classifies: boolean;
  readonly preparation: InputPreparation;
  /** About what an answer that leaves the graph weighs for each pixel of the input: boxes, the prototypes and coefficients of masks, keypoints. */
  readonly answerBytesPerPixel: number;
  readonly shape: ObjectShape;
  readonly words: TaskWords;
}

interface TaskWords {
  /** With its article: `a detect model`. */
  readonly model: string;
  /** Heading over the counts of a class. */
  readonly counted: string;
  /** What is drawn of objects, and what measures over boxes are taken over. */
  readonly form: ObjectForm;
  /** What the measure `confidence` is. */
  readonly confidence: string;
}

const objects = {
  answers: true,
  findsObjects: true,
  classifies: false,
  preparation: 'letterbox',
  answerBytesPerPixel: 1,
  shape: 'box',
} as const;
const objectWords: Omit<TaskWords, 'model'> = {
  counted: 'Objects',
  form: 'boxes',
  confidence: 'Mean score of the objects of an image',
};

const traits: Readonly<Record<Task, TaskTraits>> = {
  detect: {
    ...objects,
    words: { ...objectWords, model: 'a detect model' },
  },
  classify: {
    answers: true,
    findsObjects: false,
    classifies: true,
    preparation: 'crop',
    answerBytesPerPixel: 0,
    shape: 'box',
    words: {
      model: 'a classify model',
      ...objectWords,
      counted: 'Images on top',
      confidence: 'Probability of the top class',
    },
  },
  segment: {
    ...objects,
    answerBytesPerPixel: 11,
    shape: 'mask',
    words: { ...objectWords, form: 'masks', model: 'a segment model' },
  },
  pose: {
    ...objects,
    answerBytesPerPixel: 5,
    shape: 'keypoints',
    words: { ...objectWords, model: 'a pose model' },
  },
  obb: {
    ...objects,
    shape: 'rotated',
    words: { ...objectWords, form: 'rotated boxes', model: 'an obb model' },
  },
  none: {
    answers: false,
    findsObjects: false,
    classifies: false,
    preparation: 'letterbox',
    answerBytesPerPixel: 0,
    shape: 'box',
    words: { ...objectWords, model: 'a model without a task' },
  },
};

/** Whether models of the task find keypoints, and their labels have them. */
export function findsKeypoints(task: Task): boolean {
  const { shape } = traits[task];
  return shape === 'keypoints';
}

export function traitsOf(task: Task): TaskTraits {
  return traits[task];
}
