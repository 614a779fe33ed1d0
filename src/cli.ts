#!/usr/bin/env node
/** The command `fd-selectors`: the demos and the benchmark, from a checkout or an installed package. */

/** The module of each subcommand; its `main` takes the arguments and returns the exit code. */
const COMMANDS: ReadonlyMap<string, string> = new Map([
  ['demo', './demos/run.js'],
  ['bench', './bench/cli.js'],
]);

const USAGE = `usage: fd-selectors demo [NAME | --list]   runs a demo
       fd-selectors bench [OPTION...]      runs the benchmark`;

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
  const module: { main(argv: readonly string[]): number | Promise<number> } = await import(file);
  return module.main(argv);
}

process.exitCode = await main(process.argv.slice(2));
