import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { tempdir } from './support/tempdir.js';

const PASSED = { title: 'passes', ancestorTitles: [], status: 'passed', failureMessages: [] };
const FAILED = {
  title: 'waits',
  ancestorTitles: ['', 'a selector'],
  status: 'failed',
  failureMessages: ['Error: too late\n    at here'],
};

/** A file's part of the JSON that vitest writes. */
const file = (...assertionResults: object[]) => ({
  name: resolve('test/a.test.ts'),
  status: assertionResults.includes(FAILED) ? 'failed' : 'passed',
  message: '',
  assertionResults,
});

/** What the gate says about suites, given their reports and their exit codes. */
function summary(suites: Record<string, { status: number; files?: object[]; passed?: number }>) {
  using dir = tempdir();
  for (const [name, { status, files, passed }] of Object.entries(suites)) {
    writeFileSync(dir.join(`${name}.status`), `${status}\n`);
    if (files === undefined) continue;
    const report = { numPassedTests: passed ?? 1, testResults: files };
    writeFileSync(dir.join(`${name}.json`), JSON.stringify(report));
  }
  const args = ['.ci/summary.mjs', dir.path, ...Object.keys(suites)];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return { status, lines: stdout.trimEnd().split('\n') };
}

it('adds up the suites, and says nothing else when all passed', () => {
  const suites = {
    test: { status: 0, files: [file(PASSED)], passed: 2 },
    'test:cmake': { status: 0, files: [file(PASSED)], passed: 3 },
  };
  expect(summary(suites)).toEqual({ status: 0, lines: ['5 passed, 0 failed'] });
});

it('names each test that failed, with its suite, its file and its message', () => {
  const suites = {
    test: { status: 0, files: [file(PASSED)] },
    'test:cmake': { status: 1, files: [file(PASSED, FAILED)] },
  };
  expect(summary(suites)).toEqual({
    status: 1,
    lines: [
      'FAILED test:cmake > test/a.test.ts > a selector > waits',
      '    Error: too late',
      '        at here',
      '',
      '2 passed, 1 failed',
    ],
  });
});

it('counts a file that does not load as one failure', () => {
  const broken = { ...file(), status: 'failed', message: 'no such module' };
  const { status, lines } = summary({ test: { status: 1, files: [broken] } });
  expect(status).toBe(1);
  expect(lines.slice(0, 2)).toEqual(['FAILED test > test/a.test.ts', '    no such module']);
  expect(lines.at(-1)).toBe('1 passed, 1 failed');
});

it('counts an error outside of any test, which only the exit code shows', () => {
  const { status, lines } = summary({ test: { status: 1, files: [file(PASSED)] } });
  expect(status).toBe(1);
  expect(lines[1]).toContain('ended with status 1, and no test failed');
  expect(lines.at(-1)).toBe('1 passed, 1 failed');
});

it('counts a suite that wrote no report, and goes on', () => {
  const suites = { test: { status: 139 }, 'test:cmake': { status: 0, files: [file(PASSED)] } };
  const { status, lines } = summary(suites);
  expect(status).toBe(1);
  expect(lines.slice(0, 2)).toEqual(['FAILED test', '    wrote no report, and ended with status 139']);
  expect(lines.at(-1)).toBe('1 passed, 1 failed');
});

it('fails when no test ran', () => {
  expect(summary({ test: { status: 0, files: [], passed: 0 } }).status).toBe(1);
});
