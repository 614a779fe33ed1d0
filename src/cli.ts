#!/usr/bin/env node
/** The command `fd-selectors`: the demos and the benchmark, from a checkout or an installed package. */

import { readFileSync } from 'node:fs';

/** Node opens many files of a program at the same time, and cannot load it with fewer descriptors. */
const LEAST_DESCRIPTORS = 64;

/** The module of each subcommand; its `main` takes the arguments and returns the exit code. */
const COMMANDS: ReadonlyMap<string, string> = new Map([
  ['demo', './demos/run.js'],
  ['bench', './bench/cli.js'],
]);

const USAGE = `usage: fd-selectors demo [NAME | --list]   runs a demo
       fd-selectors bench [OPTION...]      runs the benchmark`;

function descriptorLimit(): number {
  return Number(/^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]);
}

async function main([command = '', ...argv]: readonly string[]): Promise<number | undefined> {
  if (command === '--help') {
    console.log(USAGE);
    return 0;
  }
  const file = COMMANDS.get(command);
  if (file === undefined) {
    console.error(USAGE);
    return 2;
  }
  const limit = descriptorLimit();
  if (limit < LEAST_DESCRIPTORS) {
    console.error(`the limit of ${limit} open descriptors is too low; raise it with ulimit -n`);
    return 1;
  }
  const module: { main(argv: readonly string[]): number | Promise<number> } = await import(file);
  return module.main(argv);
}

process.exitCode = await main(process.argv.slice(2));
