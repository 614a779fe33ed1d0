// Runs one test file in the runtime that executes this, and writes what became of each test to a file, as JSON:
//   RUNTIME testfile.mjs TEST RESULT PROGRAM
//
// PROGRAM runs the runtime with the options of Node.
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startTests } from '@vitest/runner';

const [test, result, program] = process.argv.slice(2);
process.execPath = program;

const config = {
  root: process.cwd(),
  setupFiles: [],
  passWithNoTests: true,
  allowOnly: false,
  sequence: { shuffle: false, concurrent: false, seed: 0, hooks: 'stack', setupFiles: 'list' },
  maxConcurrency: 5,
  testTimeout: 20_000,
  hookTimeout: 20_000,
  retry: 0,
  includeTaskLocation: false,
  tags: [],
};

const outcomes = [];

/** A file that ends the process early has told what it found until then. */
function note(name, state, reason) {
  outcomes.push({ name, state, ...(reason && { reason }) });
  writeFileSync(result, JSON.stringify(outcomes));
}

function noteAll(task, path = []) {
  const name = [...path, task.name].join(' > ');
  const [error] = task.result?.errors ?? [];
  const reason = error && (error.message || String(error)).split('\n')[0].slice(0, 200);
  // A suite counts only where it fails by itself: in its file, or in a hook.
  if (task.type === 'test') note(name, task.result?.state ?? task.mode, reason);
  else if (error) note(name, 'fail', reason);
  const inner = task.filepath ? path : [...path, task.name];
  for (const child of task.tasks ?? []) noteAll(child, inner);
}

const runner = { config, pool: 'forks', importFile: (file) => import(pathToFileURL(file).href) };
for (const file of await startTests([{ filepath: resolve(test), fileTags: [] }], runner)) noteAll(file);
// What a test left behind on the event loop is not what is tested here.
process.exit(0);
