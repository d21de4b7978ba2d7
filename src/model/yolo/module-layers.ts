import { EigenfleetError } from '../../shared/errors.ts';
import { traitsOf } from '../../shared/run/task-traits.ts';
import { editDistance } from '../../shared/settings/edit-distance.ts';
import { hasGrid, layerGroup, moduleIndex } from './layer-groups.ts';
import type { ModuleOutput } from './module-graph.ts';
import type { YoloModel } from './yolo-model.ts';

/** A layer to explain. `name` is `model.15`, or made from the tensor's name; it is safe in keys and column names. */
export interface LayerChoice {
  readonly name: string;
  readonly tensor: string;
  /** Only a group of layers named it: it is left out where it has no grid. */
  readonly isOptional?: true;
}

type LayeredModel = Pick<
  YoloModel,
  'name' | 'task' | 'modules' | 'headModule' | 'headInputs' | 'defaultTargets' | 'activationTensors'
>;

/** Each is a column of measures and a file of maps per shard; the largest YOLO models have a few hundred modules. */
const mostLayers = 1000;

/** `15`, `-2`, `model.15`, `model.model.15`, `/model.15`, `block.15`. */
const moduleRequest = /^\/?(?:(?:model|block)\.)*(-?\d+)$/;

/**
 * Turns what a user asks for into layers, in the order of the graph and each once. A request is a module (`model.15` or `15`), a module
 * counted from the end of the module list as in the notebooks (`-1` is the head, `-2` the module before it, so 21 of YOLOv8's 0 to 22), a group (`layerGroup`),
 * or the exact name of a tensor. Without requests: the layers that the head reads (detect) or the last two with a grid (classify). Throws
 * `EigenfleetError('usage')` that lists the near ones for a layer that is not there, and for a head, which has no spatial grid.
 */
export function resolveTargetLayers(
  model: LayeredModel,
  requested?: readonly string[] | undefined,
): LayerChoice[] {
  const wanted = requested ?? model.defaultTargets;
  if (wanted.length === 0) {
    throw new EigenfleetError(
      'usage',
      requested === undefined
        ? `${model.name} shows no head, neither by names nor by its graph, so there are no default layers: choose tensors by name with --layers.`
        : 'The list of layers is empty: name at least one, or drop --layers for the default ones.',
    );
  }
  assertFew(wanted.length);
  const { named, grouped } = tensorsOf(model, wanted);
  const tensors = model.activationTensors.filter((each) => named.has(each) || grouped.has(each));
  assertFew(tensors.length);
  return tensors.map((tensor) => {
    const choice = { name: layerName(model, tensor), tensor };
    return named.has(tensor) ? choice : { ...choice, isOptional: true };
  });
}

function assertFew(count: number): void {
  if (count <= mostLayers) return;
  throw new EigenfleetError(
    'usage',
    `--layers names ${count} layers, and the limit is ${mostLayers}: name fewer.`,
  );
}

/** The tensors that were asked for one by one, and those of groups. */
function tensorsOf(
  model: LayeredModel,
  wanted: readonly string[],
): { named: ReadonlySet<string>; grouped: ReadonlySet<string> } {
  const known = new Set(model.activationTensors);
  const named = new Set<string>();
  const grouped = new Set<string>();
  for (const request of wanted.map((each) => each.trim())) {
    const group = known.has(request) ? undefined : layerGroup(model, request);
    if (group === undefined) named.add(tensorOf(model, request, known));
    else if (group.length === 0) throw unknownLayer(model, request, Number.NaN);
    else for (const tensor of group) grouped.add(tensor);
  }
  return { named, grouped };
}

function tensorOf(model: LayeredModel, request: string, known: ReadonlySet<string>): string {
  if (known.has(request)) return request;
  const number = moduleRequest.exec(request)?.[1];
  const index = number === undefined ? Number.NaN : moduleIndex(model, number);
  const module = model.modules.find((candidate) => candidate.index === index);
  if (module === undefined) throw unknownLayer(model, request, index);
  if (!hasGrid(module, model)) {
    const read = model.modules.filter(({ tensor }) => model.headInputs.includes(tensor));
    throw new EigenfleetError(
      'usage',
      `Layer "${request}" of ${model.name} is the head, which has no spatial grid: choose among what it reads (${namesOf(read)}).`,
    );
  }
  return module.tensor;
}

function unknownLayer(model: LayeredModel, request: string, index: number): EigenfleetError {
  const near = Number.isNaN(index) ? nearNames(model, request) : nearModules(model, index);
  const advice =
    near === ''
      ? 'It names no modules: give the exact name of a tensor.'
      : `Near ones: ${near}. "eigenfleet layers" lists them all.`;
  return new EigenfleetError('usage', `${model.name} has no layer "${request}". ${advice}`);
}

function nearModules(model: LayeredModel, index: number): string {
  const near = model.modules
    .filter((module) => hasGrid(module, model))
    .toSorted((a, b) => Math.abs(a.index - index) - Math.abs(b.index - index))
    .slice(0, 3)
    .sort((a, b) => a.index - b.index);
  return namesOf(near);
}

function nearNames(model: LayeredModel, request: string): string {
  const modules = model.modules.filter((module) => hasGrid(module, model)).map(({ name }) => name);
  return [...new Set([...modules, ...model.activationTensors])]
    .map((name) => ({ name, distance: editDistance(request.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ name }) => name)
    .join(', ');
}

function namesOf(modules: readonly ModuleOutput[]): string {
  return modules.map((module) => module.name).join(', ');
}

/** Letters, digits, `.`, `_` and `-` only: `/model.15/cv1/conv/Conv_output_0` becomes `model.15.cv1.conv.Conv_output_0`. */
function layerName(model: LayeredModel, tensor: string): string {
  const module = model.modules.find((candidate) => candidate.tensor === tensor);
  if (module !== undefined) return module.name;
  const named = traitsOf(model.task).answers ? safeName : shortName;
  const safe = named(tensor);
  const twins = model.activationTensors.filter((other) => named(other) === safe);
  return twins.length === 1 ? safe : `${safe}-${twins.indexOf(tensor) + 1}`;
}

/** Where no modules are known. PyTorch repeats each module's path in the next: `/layer4/layer4.1/relu/Relu_output_0` becomes `layer4.1.relu.Relu`. */
function shortName(tensor: string): string {
  const parts = tensor.replace(/_output_0$/, '').split('/');
  return safeName(parts.filter((part, at) => !parts[at + 1]?.startsWith(`${part}.`)).join('/'));
}

function safeName(tensor: string): string {
  const safe = tensor.replace(/[^A-Za-z0-9._-]+/g, '.').replace(/\.{2,}/g, '.');
  return safe.replace(/^[.]+|[.]+$/g, '') || 'tensor';
}
