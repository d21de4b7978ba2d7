import type { Evaluation } from '../../evaluate/result/evaluation.ts';
import { redactCredentials } from '../../shared/redaction/redact-credentials.ts';
import type { ExplainOptions, ModelSpec, RunSpec } from '../../shared/run/run-spec.ts';
import { traitsOf } from '../../shared/run/task-traits.ts';
import { verdictMethod } from '../evaluation/verdict-place.ts';
import { type Html, html } from '../html/html.ts';
import type { Summary } from '../summary/summary-schema.ts';
import type { Verdict } from '../summary/verdict-schema.ts';
import { counted, figure, listed, mapWords, percent, wholeNumber } from '../words/wording.ts';

/** What the maps are and are not, in under 250 words, and how to reproduce this report. */
export function methodSection(
  summary: Summary,
  spec: RunSpec,
  judged: JudgedBy = { evaluation: undefined, verdict: undefined },
): Html {
  return html`<section id="method" aria-labelledby="method-title"><div class="wrap"><h2 id="method-title">Method and limits</h2><div class="columns"><div class="prose">${method(summary, spec, judged)}</div><div id="reproduce"><h3>Reproduce</h3><pre class="command copy">${redactCredentials(spec.command)}</pre><dl class="facts">${facts(
    summary,
    spec,
  ).map(
    ([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`,
  )}</dl></div></div></div></section>`;
}

/** What judged the run beside its own measures. */
export interface JudgedBy {
  readonly evaluation: Evaluation | undefined;
  readonly verdict: Verdict | undefined;
}

function method(summary: Summary, spec: RunSpec, { evaluation, verdict }: JudgedBy): Html {
  const { options, model } = spec;
  const layers = listed(options.targetLayers.map(mapWords));
  const uncertain = summary.flags.find(({ flag }) => flag === 'uncertain-sign')?.count ?? 0;
  const component = options.components[0] ?? 1;
  const padding =
    options.padding === 'exclude'
      ? 'Padding is left out of the maps and of every number.'
      : 'Padding is counted as if it were image.';
  const resize =
    options.resize === 'exact'
      ? preparedWords(model)
      : 'Images are resized with smoothing, which differs a little from production.';
  return html`<p>Each map is ${patternWords(spec)}: principal component ${component} of ${layers} (Eigen-CAM), counted from 1, fused by ${fusionWords(options)}. Heat is the map's values, summing to 100 %.</p>
<p>It shows the dominant direction of the activity. It shows neither a class nor a cause, and component 2 is not class 2. High heat does not prove that the model needs that place.</p>
<p>${signParagraph(spec, `In ${uncertain} of ${counted(summary.counts.explained, 'image')} that choice is uncertain in a layer.`)}</p>
${limits(spec, evaluation !== undefined)}
<p>${resize} ${padding} Typical means the median, over images. Each picture shows the rule that chose it; an even sample is drawn by a hash of the name.</p>
<p>${verdictMethod(verdict)}</p>`;
}

function patternWords({ basis }: RunSpec): string {
  return basis === undefined
    ? "the strongest shared pattern of a layer's activity"
    : `a pattern that ${counted(basis.dataset.images, 'image')} share most strongly, in a layer's activity`;
}

function signParagraph({ basis, options }: RunSpec, uncertain: string): string {
  return basis === undefined
    ? `A component has no sign of its own: ${signWords(options)} ${uncertain}`
    : 'The sign of a component was settled once, over all images of the basis: the side that goes with stronger activity (L2 norm) is called hot.';
}

function preparedWords({ task, preparation = traitsOf(task).preparation }: ModelSpec): string {
  const words = {
    letterbox: 'a letterbox with gray padding',
    crop: 'the shorter side resized, the center cropped',
    stretch: 'both sides stretched to the input',
  };
  const way = words[preparation];
  return traitsOf(task).answers
    ? `Images are resized as in production, as Ultralytics does it: ${way}.`
    : `Images get the size of the input by ${way}: the model's own way is not known (--prepare).`;
}

function limits(spec: RunSpec, evaluated: boolean): Html {
  const { classifies, answers } = traitsOf(spec.model.task);
  if (!answers) return unreadLimits(spec);
  return classifies ? classifierLimits(evaluated) : boxLimits(spec, evaluated);
}

function unreadLimits({ labels }: RunSpec): Html {
  return html`<p>What the model answers was not read: nothing here says what it found, or whether heat and answer agree. ${labels === undefined ? 'Nothing was compared with labels.' : 'Measures in labeled boxes compare maps with what people labeled.'}</p>`;
}

function classifierLimits(evaluated: boolean): Html {
  return html`<p>The top class is the model's own answer. ${evaluated ? 'The evaluation compares it with the labels, which may be wrong themselves.' : 'Nothing here was compared with labels.'}</p>`;
}

function boxLimits({ options: { confThreshold }, labels }: RunSpec, evaluated: boolean): Html {
  const compared = evaluated
    ? 'The evaluation compares boxes with labels, which may be wrong themselves.'
    : 'What the model found is not compared with labels here.';
  const measured =
    labels === undefined
      ? 'Nothing here was compared with labels.'
      : `Measures in labeled boxes compare maps with what people labeled. ${compared}`;
  return html`<p>Boxes are the model's own, from confidence ${figure(confThreshold)}. Heat inside them says whether two outputs of one model agree, not whether either is right. ${measured}</p>`;
}

function fusionWords({ fusion }: ExplainOptions): string {
  const words = {
    mean: 'their mean',
    max: 'their maximum',
    variance: 'their mean weighted by explained variance',
    geometric: 'their geometric mean',
  };
  return words[fusion];
}

function signWords({ sign }: ExplainOptions): string {
  const words = {
    l2: 'the side that goes with stronger activity (L2 norm) is called hot.',
    'max-abs': 'the side with the largest magnitude is called hot.',
    none: 'it was left as computed.',
  };
  return words[sign];
}

function labelFacts({ labels }: RunSpec): [string, string][] {
  if (labels === undefined) return [];
  return [
    ['Labels', `of ${counted(labels.images, 'image')}, ${labels.rootUri}`],
    ['Label list', labels.digest],
  ];
}

function facts(summary: Summary, spec: RunSpec): [string, string][] {
  const { options, model, dataset } = spec;
  const devices = Object.entries(summary.timings.devices).map(
    ([device, images]) => `${device} (${counted(images, 'image')})`,
  );
  return [
    ['Run', spec.runId],
    ['Planned', spec.plannedAt],
    ['Images', `${dataset.source} (${wholeNumber(dataset.images)})`],
    ['Image list', dataset.digest],
    ...labelFacts(spec),
    ['Model', `${summary.model.name}, ${model.task}, ${model.inputWidth} x ${model.inputHeight}`],
    ['Model sha256', model.sha256],
    ['Device', devices.length > 0 ? devices.join(', ') : 'not measured'],
    [
      'Layers',
      spec.targetLayers
        .map(
          (layer) =>
            `${layer.name} (${layer.gridWidth} x ${layer.gridHeight}, ${layer.channels} channels)`,
        )
        .join(', '),
    ],
    [
      'Options',
      `components ${options.components.join(', ')}; fusion ${options.fusion}; sign ${options.sign}; padding ${options.padding}; resize ${options.resize}; confidence ${figure(options.confThreshold)}; overlap ${percent(options.iouThreshold)}`,
    ],
    [
      'Versions',
      Object.entries(spec.versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
    ],
  ];
}
