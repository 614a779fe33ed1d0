import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const src = (file: string): string => fileURLToPath(new URL(`src/${file}`, import.meta.url));

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
    // Descriptors belong to the process: a fork of its own keeps one file's out of another's way.
    pool: 'forks',
    // Most tests wait: for a child, a timeout, a worker. One file for each core leaves none idle.
    maxWorkers: '100%',
    // For .ci/run, which adds up the figures of several runs.
    ...(report && { reporters: ['default', 'json'], outputFile: { json: report } }),
    include: ['test/**/*.test.ts'],
    coverage: { include: ['src/**'], reportsDirectory: 'coverage' },
    // Long enough for a machine that is very busy: a test that fails by its time tells nothing about the code.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 120_000 } },
  },
});
