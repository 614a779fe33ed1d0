/** Every example in the README, the documents and the doc comments compiles, and runs as a module of its own. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { checkExamples, findExamples, runExamples, serveExample } from '../support/examples.js';

const blocks = findExamples().map((block) => ({ ...block, name: `${block.file}:${block.line}` }));
const examples = blocks.filter(({ info }) => info === 'ts').map((example, i) => ({ ...example, i }));
const servers = blocks.filter(({ info }) => info === 'ts server');
const compiled = [...examples, ...servers];
const failures = await runExamples(examples);
const problems = checkExamples(compiled);

describe('examples', () => {
  it.each(examples)('$name runs', ({ i }) => {
    expect(failures[i]).toBe('');
  });

  it.each(servers)('$name echoes, also for the second client', async (server) => {
    await serveExample(server, async (port) => {
      for (const text of ['hello', 'again']) {
        const client = connect(port, '127.0.0.1', () => client.write(text));
        const [answer] = await once(client, 'data');
        expect(String(answer)).toBe(text);
        client.resetAndDestroy(); // which must cost the server no more than this connection
      }
    });
  });

  it.each(compiled.map(({ name }, i) => ({ name, i })))('$name compiles', ({ i }) => {
    expect(problems[i]).toBe('');
  });

  it.each(examples.filter(({ file }) => file.startsWith('src/')))('$name asserts something', ({ code }) => {
    expect(code).toMatch(/\bassert\b/);
  });

  it('have fragments, which are not run, in documents only', () => {
    const others = blocks.filter(({ info }) => info !== 'ts' && info !== 'ts server');
    const wrong = others.filter(({ info, file }) => info !== 'ts fragment' || !file.endsWith('.md'));
    expect(wrong).toEqual([]);
  });

  it('are found', () => {
    expect(new Set(examples.map(({ file }) => file))).toContain('docs/errors.md');
    expect(new Set(examples.map(({ file }) => file))).toContain('src/select/epoll.ts');
    expect(servers.map(({ file }) => file)).toContain('README.md');
  });
});
