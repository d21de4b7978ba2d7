import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Evaluation } from '../../../src/evaluate/result/evaluation.ts';
import { sigmaWords } from '../../../src/report/findings/sigma-words.ts';

describe('the sigmas of keypoints', () => {
  const words = (keypointSigmas?: number[], form: 'box' | 'keypoints' = 'keypoints') => {
    const rules = { keypointSigmas } as Evaluation['rules'];
    const detection = { precisions: [{ form: 'box' }, { form }] } as Evaluation['detection'];
    return sigmaWords({ rules, detection });
  };

  it('are said where keypoints were compared: those of the labels, even ones, or the usual ones', () => {
    assert.match(words([0.05, 0.2]) ?? '', /data\.yaml: 0\.05 and 0\.2\.$/);
    assert.match(
      words([0.25, 0.25, 0.25]) ?? '',
      /the same sigma for each of 3 keypoints, 0\.25\.$/,
    );
    assert.match(words() ?? '', /COCO's for its 17 keypoints, 1 \/ n each/);
    assert.equal(words([0.05, 0.2], 'box'), undefined);
  });
});
