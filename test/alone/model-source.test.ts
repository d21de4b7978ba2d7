import assert from 'node:assert/strict';
import { chmodSync, utimesSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { resolveModelSource } from '../../src/producer/model/model-source.ts';
import { exportCommand } from '../../src/producer/model/yolo-export.ts';
import { datasetFolder } from '../support/dataset-folder.ts';
import { tempDir } from '../support/temp-dir.ts';

const path = process.env.PATH;
afterEach(() => {
  process.env.PATH = path;
});

/** Puts a `yolo` on the PATH that runs a shell script. */
function installYolo(script: string): void {
  const folder = tempDir();
  writeFileSync(join(folder, 'yolo'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, 'yolo'), 0o755);
  process.env.PATH = `${folder}${delimiter}${path}`;
}

function setTime(file: string, seconds: number): void {
  utimesSync(file, seconds, seconds);
}

describe('a model', () => {
  it('that is an .onnx is taken as it is', async () => {
    const folder = datasetFolder(['best.onnx']);
    assert.deepEqual(await resolveModelSource(join(folder, 'best.onnx')), {
      onnxPath: join(folder, 'best.onnx'),
      warnings: [],
    });
  });

  it('that is a .pt means the .onnx beside it', async () => {
    const folder = datasetFolder(['a b.pt', 'a b.onnx']);
    setTime(join(folder, 'a b.pt'), 1000);
    setTime(join(folder, 'a b.onnx'), 2000);
    assert.deepEqual(await resolveModelSource(join(folder, 'a b.pt')), {
      onnxPath: join(folder, 'a b.onnx'),
      warnings: [],
    });
  });

  it('warns when the .onnx is older than the .pt', async () => {
    const folder = datasetFolder(['best.pt', 'best.onnx']);
    setTime(join(folder, 'best.pt'), 2000);
    setTime(join(folder, 'best.onnx'), 1000);
    const { onnxPath, warnings } = await resolveModelSource(join(folder, 'best.pt'));
    assert.equal(onnxPath, join(folder, 'best.onnx'));
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /best\.onnx is older than best\.pt.*yolo export model=/);
  });

  const trainings: readonly (readonly [string, readonly string[], string, RegExp | undefined])[] = [
    ['best.onnx', ['weights/best.onnx', 'weights/last.onnx'], 'weights/best.onnx', undefined],
    ['last.onnx where there is no best', ['weights/last.onnx'], 'weights/last.onnx', undefined],
    [
      'last.onnx, with a warning where best was not exported',
      ['weights/best.pt', 'weights/last.onnx'],
      'weights/last.onnx',
      /best\.pt has no export/,
    ],
  ];
  for (const [name, files, expected, warning] of trainings) {
    it(`that is a training folder means its ${name}`, async () => {
      const train = datasetFolder(files);
      for (const given of [train, join(train, 'weights')]) {
        const { onnxPath, warnings } = await resolveModelSource(given);
        assert.equal(onnxPath, join(train, expected));
        assert.equal(warnings.length, warning === undefined ? 0 : 1);
        if (warning !== undefined) assert.match(warnings[0] ?? '', warning);
      }
    });
  }
});

describe('a model that is not there', () => {
  const cases: readonly (readonly [string, readonly string[], string, RegExp])[] = [
    [
      'gives the export command for a .pt',
      ['my best.pt'],
      'my best.pt',
      /no my best\.onnx beside it\. Export it with: yolo export 'model=.*my best\.pt' format=onnx, or add --export/,
    ],
    [
      'gives the export command for a training folder',
      ['t/weights/best.pt', 't/weights/last.pt'],
      't',
      /yolo export model=.*weights\/best\.pt format=onnx/,
    ],
    [
      'gives the export command for last.pt alone',
      ['t/weights/last.pt'],
      't',
      /yolo export model=.*weights\/last\.pt format=onnx/,
    ],
    [
      'names the near files',
      ['yolov8n.onnx', 'x.txt'],
      'yolo8n.onnx',
      /There is no model at .*yolo8n\.onnx\. Did you mean yolov8n\.onnx\?/,
    ],
    [
      'says when the folder is not there either',
      ['x.txt'],
      'gone/best.onnx',
      /the folder .*gone does not exist either/,
    ],
    [
      'says when a folder holds no training',
      ['t/x.txt'],
      't',
      /not a training folder: it has no weights\/best\.onnx/,
    ],
    [
      'names the .onnx files of any other folder',
      ['t/a.onnx', 't/b.onnx'],
      't',
      /not a training folder, but holds a\.onnx, b\.onnx/,
    ],
    [
      'explains other exports',
      ['best.engine'],
      'best.engine',
      /is a TensorRT engine; eigenfleet reads ONNX/,
    ],
    ['explains other files', ['best.zip'], 'best.zip', /--model takes an \.onnx, a \.pt/],
  ];
  for (const [name, files, given, expected] of cases) {
    it(name, async () => {
      const folder = datasetFolder(files);
      const options = { exportIfMissing: false };
      await assert.rejects(resolveModelSource(join(folder, given), options), {
        code: 'model',
        message: expected,
      });
    });
  }

  const asArgument: readonly (readonly [readonly string[], string, RegExp])[] = [
    [['x.txt'], 'best.onnx', /best\.onnx\. Check <model>\.$/],
    [['x.txt'], 'gone/best.onnx', /does not exist either\. Check <model>\.$/],
    [['t/x.txt'], 't', /Give <model> an \.onnx file\.$/],
    [['t/a.onnx'], 't', /Give <model> one of these files\.$/],
    [['best.zip'], 'best.zip', /<model> takes an \.onnx/],
    [['best.pt'], 'best.pt', /yolo export model=\S*best\.pt format=onnx\.$/],
  ];
  for (const [files, given, expected] of asArgument) {
    it(`names no flag that the command does not have: ${given} beside ${files}`, async () => {
      const source = join(datasetFolder(files), given);
      const message = expected;
      await assert.rejects(resolveModelSource(source, { named: '<model>' }), { message });
    });
  }
});

describe('--export', () => {
  it('runs the yolo command once and takes what it wrote', async () => {
    const folder = datasetFolder(['t/weights/best.pt', 't/weights/last.onnx']);
    installYolo('echo "$@"; echo onnx > "$(echo "$2" | sed "s/^model=//; s/pt$/onnx/")"');
    const output: string[] = [];
    const { onnxPath, warnings } = await resolveModelSource(join(folder, 't'), {
      exportIfMissing: true,
      onOutput: (text) => output.push(text),
    });
    assert.equal(onnxPath, join(folder, 't/weights/best.onnx'));
    assert.deepEqual(warnings, []);
    assert.equal(
      output.join(''),
      `export model=${join(folder, 't/weights/best.pt')} format=onnx\n`,
    );
  });

  it('does not run it when there is an export', async () => {
    const folder = datasetFolder(['best.pt', 'best.onnx']);
    installYolo('exit 9');
    const { onnxPath } = await resolveModelSource(join(folder, 'best.pt'), {
      exportIfMissing: true,
    });
    assert.equal(onnxPath, join(folder, 'best.onnx'));
  });

  const failures: readonly (readonly [string, string | undefined, RegExp])[] = [
    [
      'says when yolo is not installed',
      undefined,
      /--export needs the yolo command, which is not on the PATH/,
    ],
    [
      'says when yolo fails, with its last line',
      'echo start; echo "no module named onnx" >&2; exit 3',
      /failed with code 3 \("no module named onnx"\)\. Run it yourself/,
    ],
    ['says when yolo leaves no file', 'exit 0', /left no .*best\.onnx/],
  ];
  for (const [name, script, expected] of failures) {
    it(name, async () => {
      const folder = datasetFolder(['best.pt']);
      if (script === undefined) process.env.PATH = tempDir();
      else installYolo(script);
      await assert.rejects(resolveModelSource(join(folder, 'best.pt'), { exportIfMissing: true }), {
        code: 'model',
        message: expected,
      });
    });
  }

  it('quotes the command for a shell', () => {
    assert.equal(exportCommand('runs/best.pt'), 'yolo export model=runs/best.pt format=onnx');
    assert.equal(
      exportCommand("it's $HOME.pt"),
      "yolo export 'model=it'\\''s $HOME.pt' format=onnx",
    );
  });
});
