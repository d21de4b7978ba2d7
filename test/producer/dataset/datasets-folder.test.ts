import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ultralyticsDatasetsFolder } from '../../../src/producer/dataset/datasets-folder.ts';
import { datasetFolder } from '../../support/dataset-folder.ts';

describe("Ultralytics' datasets folder", () => {
  const settings = '{"settings_version": "0.0.6", "datasets_dir": "/data/sets"}';
  const cases: readonly (readonly [string, string, string, string | undefined])[] = [
    ['is read from YOLO_CONFIG_DIR', 'settings.json', settings, '/data/sets'],
    ['is read from Ultralytics in it', 'Ultralytics/settings.json', settings, '/data/sets'],
    ['is none where it is not set', 'settings.json', '{"datasets_dir": ""}', undefined],
    ['is none where the file is damaged', 'settings.json', '{"datas', undefined],
    ['is none without a file', 'other.json', settings, undefined],
  ];
  for (const [name, file, content, expected] of cases) {
    it(name, async () => {
      const folder = datasetFolder([[file, content]]);
      assert.equal(await ultralyticsDatasetsFolder(folder), expected);
    });
  }
});
