import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { testFiles } from './test/support/processes.js';

const src = (file: string): string => fileURLToPath(new URL(`src/${file}`, import.meta.url));

// Test files run on another Node than Vitest: scripts/arm64.mjs.
if (process.env['VITEST_NODE']) process.execPath = process.env['VITEST_NODE'];

const { own, shared } = testFiles(import.meta.dirname);

const report = process.env['VITEST_JSON'];

export default defineConfig({
  resolve: {
    // Tests import the package by its name, as users do, and get the sources.
    alias: [
      { find: /^fd-selectors$/, replacement: src('index.ts') },
      { find: /^fd-selectors\/(\w+)$/, replacement: src('$1/index.ts') },
    ],
  },
  test: {
    pool: 'forks',
    // Descriptors belong to the process. A file that counts them, or looks at the process in another way, has one of
    // its own; to start one for each of the others takes a third of the time of all tests.
    projects: [
      { extends: true, test: { name: 'own', include: own } },
      { extends: true, test: { name: 'shared', include: shared, isolate: false } },
    ],
    // Many tests wait: for a child, a timeout, a worker. With a file for each core, a fifth of the CPU is idle.
    maxWorkers: Math.ceil(1.5 * availableParallelism()),
    // For .ci/run, which adds up the figures of several runs.
    ...(report && { reporters: ['default', 'json'], outputFile: { json: report } }),
    coverage: { include: ['src/**'], reportsDirectory: 'coverage' },
    // Long enough for a machine that is very busy: a test that fails by its time tells nothing about the code.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 120_000 } },
  },
});
