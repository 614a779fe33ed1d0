/** What no compiler looks at: the translation of the README, the workflows and the forms of .github. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { linksIn } from './support/links.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

describe('README.zh-CN.md', () => {
  const FENCE = /^```(.*)\n([\s\S]*?)^```$/gm;
  const original = read('README.md');
  const translation = read('README.zh-CN.md');

  /** The code blocks without their comments, which are translated. */
  const codeOf = (text: string): string[] =>
    [...text.matchAll(FENCE)].map(
      ([, info, code = '']) => `${info}\n${code.replace(/ *(\/\/|#) .*$/gm, '')}`,
    );
  /** The text below each heading, without code. */
  const sectionsOf = (text: string): string[] => text.replace(FENCE, '').split(/^## .*$/m);
  /** Each number once, but not those in the targets of links. */
  const figuresOf = (text: string): string[] => {
    const prose = text.replace(/\]\([^)]*\)/g, ']');
    return [...new Set(prose.match(/\d+(?:[.,]\d+)*/g))].sort();
  };
  /** Each span of code once: names, and what to type. */
  const namesOf = (text: string): string[] => [...new Set(text.match(/`[^`\n]+`/g))].sort();
  const rowsOf = (text: string): number => text.match(/^\|/gm)?.length ?? 0;

  it('has the code blocks of README.md', () => {
    expect(codeOf(original).length).toBeGreaterThan(3);
    expect(codeOf(translation)).toEqual(codeOf(original));
  });

  const headings = [...original.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
  const sections = ['its beginning', ...headings].map((heading, i) => ({ heading, i }));

  it('has as many sections', () => {
    expect(sectionsOf(translation)).toHaveLength(sections.length);
  });

  it.each(sections)('has the figures, names and rows of $heading', ({ i }) => {
    const [one, other] = [original, translation].map((text) => sectionsOf(text)[i] as string);
    expect(figuresOf(other as string)).toEqual(figuresOf(one as string));
    expect(namesOf(other as string)).toEqual(namesOf(one as string));
    expect(rowsOf(other as string)).toBe(rowsOf(one as string));
  });

  it('leads to the same places, and to its own language where there is one', () => {
    const own = (link: string): string => link.replace(/\.zh-CN\.md$/, '.md');
    const linksOf = (text: string): string[] => [...new Set(linksIn(text).map(own))].sort();
    expect(linksOf(translation)).toEqual(linksOf(original));
    expect(linksIn(translation)).toContain('demos/README.zh-CN.md');
  });
});

interface Step {
  readonly uses?: string;
  readonly run?: string;
}

interface Job {
  readonly needs?: string | readonly string[];
  readonly uses?: string;
  readonly steps?: readonly Step[];
  readonly 'runs-on'?: string;
  readonly 'timeout-minutes'?: number;
}

describe('.github', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const inFolder = (folder: string): string[] =>
    readdirSync(join(root, folder)).map((name) => `${folder}/${name}`);
  const workflows = inFolder('.github/workflows');

  describe.each(workflows)('%s', (file) => {
    const { jobs, permissions } = parse(read(file), { strict: true }) as {
      jobs: Record<string, Job>;
      permissions: unknown;
    };
    const steps = Object.values(jobs).flatMap((job) => job.steps ?? []);
    const commands = steps.map(({ run = '' }) => run).join('\n');

    it('may only read, unless a job says more', () => {
      expect(permissions).toEqual({ contents: 'read' });
    });

    it('has jobs that know what they need, where they run, and when to stop', () => {
      for (const [name, job] of Object.entries(jobs)) {
        for (const needed of [job.needs ?? []].flat()) expect(Object.keys(jobs), name).toContain(needed);
        if (job.uses !== undefined) expect(existsSync(join(root, job.uses)), job.uses).toBe(true);
        else
          expect(job).toMatchObject({ 'runs-on': expect.any(String), 'timeout-minutes': expect.any(Number) });
      }
    });

    it('pins the actions of others to a commit', () => {
      const actions = steps.flatMap(({ uses }) => uses ?? []);
      expect(actions.length).toBeGreaterThan(0);
      expect(actions.filter((action) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/.test(action))).toEqual([]);
    });

    it('calls only scripts that exist', () => {
      const called = [...commands.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name as string);
      expect(called.filter((name) => scripts[name] === undefined)).toEqual([]);
      const files = [...commands.matchAll(/(?:\/project\/)?(\.ci\/\w+)/g)].map(([, path]) => path as string);
      expect(files.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    });
  });

  it('runs the gate before anything lands, and all of it before a release', () => {
    const ci = parse(read('.github/workflows/ci.yml'));
    expect(Object.keys(ci.on)).toEqual(expect.arrayContaining(['push', 'pull_request', 'workflow_call']));
    expect(ci.jobs.gate.steps.at(-1)).toEqual({ run: 'bash .ci/run' });
    const release = parse(read('.github/workflows/release.yml'));
    expect(release.jobs.ci.uses).toBe('./.github/workflows/ci.yml');
    expect(release.jobs.publish.needs).toBe('ci');
    expect(release.jobs.publish.steps.at(-1).run).toContain('npm publish packed/*.tgz --provenance');
  });

  it('tests the oldest Node that package.json allows', () => {
    const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } };
    const { matrix } = parse(read('.github/workflows/ci.yml')).jobs.node.strategy;
    expect(matrix.node[0]).toBe(engines.node.replace('>=', ''));
  });

  it.each(inFolder('.github/ISSUE_TEMPLATE').filter((file) => !file.endsWith('config.yml')))(
    '%s is a form',
    (file) => {
      const form = parse(read(file), { strict: true });
      expect(form).toMatchObject({ name: expect.any(String), description: expect.any(String) });
      for (const { type, id, attributes } of form.body) {
        if (type === 'markdown') expect(attributes.value).toMatch(/\S/);
        else
          expect({ id, label: attributes.label }).toEqual({
            id: expect.any(String),
            label: expect.any(String),
          });
      }
    },
  );
});
