/**
 * Names every test that failed, and ends with one line: N passed, N failed.
 *
 * usage: node .ci/summary.mjs DIRECTORY SUITE...
 *
 * DIRECTORY holds the JSON report of each suite, SUITE.json, and the exit code of its run, SUITE.status.
 */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

const [directory, ...suites] = process.argv.slice(2);
let passed = 0;
let failed = 0;

for (const suite of suites) {
  const report = read(`${suite}.json`);
  const status = read(`${suite}.status`).trim();
  if (report === '') {
    fail(suite, `wrote no report, and ended with status ${status}`);
    continue;
  }
  const { numPassedTests, testResults } = JSON.parse(report);
  passed += numPassedTests;
  const before = failed;
  for (const result of testResults) failuresOf(suite, result);
  // The report leaves out errors outside of any test, such as a rejection that nothing handled.
  if (status !== '0' && failed === before) {
    fail(suite, `ended with status ${status}, and no test failed: look for "Unhandled" above`);
  }
}

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

function read(file) {
  try {
    return readFileSync(`${directory}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

function failuresOf(suite, { name, status, message, assertionResults }) {
  const file = relative('.', name);
  const wrong = assertionResults.filter((test) => test.status === 'failed');
  for (const { ancestorTitles, title, failureMessages } of wrong) {
    fail([suite, file, ...ancestorTitles.filter(Boolean), title].join(' > '), ...failureMessages);
  }
  // A file that does not load has no tests, and one whose hook fails may have none that failed.
  if (status === 'failed' && wrong.length === 0) fail(`${suite} > ${file}`, message);
}

function fail(what, ...messages) {
  failed++;
  console.log(`FAILED ${what}`);
  for (const message of messages) console.log(message.replace(/^/gm, '    '));
  console.log();
}
