/** Every example in the README, the documents and the doc comments runs, as a module of its own. */
import { describe, expect, it } from 'vitest';
import { findExamples, runExamples } from './support/examples.js';

const blocks = findExamples();
const examples = blocks.filter(({ info }) => info === 'ts');
const failures = await runExamples(examples);
const named = examples.map((example, i) => ({ ...example, i, name: `${example.file}:${example.line}` }));

describe('examples', () => {
  it.each(named)('$name runs', ({ i }) => {
    expect(failures[i]).toBe('');
  });

  it.each(named.filter(({ file }) => file.startsWith('src/')))('$name asserts something', ({ code }) => {
    expect(code).toMatch(/\bassert\b/);
  });

  it('fragments, which do not run, stand in documents only', () => {
    const others = blocks.filter(({ info }) => info !== 'ts');
    const wrong = others.filter(({ info, file }) => info !== 'ts fragment' || !file.endsWith('.md'));
    expect(wrong).toEqual([]);
  });

  it('are found where they are', () => {
    expect(new Set(examples.map(({ file }) => file))).toContain('docs/errors.md');
    expect(new Set(examples.map(({ file }) => file))).toContain('src/select/epoll.ts');
  });
});
