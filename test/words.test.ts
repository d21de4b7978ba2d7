import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { repositoryFiles, repositoryText } from './support/repository-files.ts';

/** What people read: sources with their comments, and the pages. */
const texts = repositoryFiles().filter(
  (path) =>
    /^(src\/.*\.ts|docs\/.*\.md|README\.md|CONTRIBUTING\.md|CHANGELOG\.md)$/.test(path) &&
    !/kernel-code\.ts$|color-tables\.ts$|font-\w+\.ts$/.test(path),
);

/** What stays: the old flag, and names of sharp and libvips. */
const kept = /--colours|formerly: 'colours'|grey16/g;

/** Spellings and phrases that are not an American engineer's, and what to write instead. */
const banned: readonly (readonly [RegExp, string])[] = [
  [/colour/i, 'color'],
  [/\bgrey/i, 'gray'],
  [/\bcentr(e|ed|es)\b|\bcentring\b/i, 'center'],
  [/neighbour|favour|behaviour|flavour|honour/i, '-or'],
  [/catalogue/i, 'catalog'],
  [/licence/i, 'license'],
  [
    /\b(normal|recogn|serial|initial|optim|summar|orthogonal|visual|quant|organ)is(e|ed|es|ing|ation)\b/i,
    '-ize',
  ],
  [/\bfor ever\b/i, 'forever'],
  [/\bwork(s|ed|ing)? off\b/i, 'process'],
  [/\bthe other way round\b/i, 'the other way around'],
  [/\bfull stop\b/i, 'period'],
  [/\bdata set\b/i, 'dataset'],
  [/\bwhoever\b/i, 'anybody who, the one that'],
  [/\bsave that\b/i, 'except that'],
  [/\bwish for\b/i, 'request for'],
  [/\b(is|are|was|were) to be\b/i, 'must be, will be'],
  [/\bunless said otherwise\b/i, 'by default'],
  [/(\/\*\*|^\s*\*|\.) Gives\b/, 'Returns'],
  [
    /(?<!there )\b(is|was|be) no (?!(longer|slower|faster|more|less|better|other|later|earlier|such)\b)[a-z`]/i,
    'is not a',
  ],
];

describe('the words of sources and pages', () => {
  for (const [phrase, instead] of banned) {
    it(`say "${instead}" where ${phrase} would match`, () => {
      const found = texts.flatMap((path) =>
        repositoryText(path)
          .split('\n')
          .flatMap((line, index) =>
            phrase.test(line.replace(kept, '')) ? [`${path}:${index + 1}: ${line.trim()}`] : [],
          ),
      );
      assert.deepEqual(found, []);
    });
  }
});
