#!/usr/bin/env node
/** The command `fd-selectors`: the demos, the benchmark and a look at the machine, from a checkout or an installed package. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { calledAs } from './cli/calledas.js';
import { endOnClosedPipe } from './cli/closedpipe.js';

/** Node opens many files of a program at the same time, and cannot load it with fewer descriptors. */
const LEAST_DESCRIPTORS = 96;

/** The module of a subcommand. */
interface Command {
  /** Takes the arguments, and how the command was called; returns the exit code. */
  main(argv: readonly string[], called: string): number | Promise<number>;
}

/** What each subcommand is for, and its module. */
const COMMANDS: Readonly<Record<string, readonly [file: string, what: string]>> = {
  demo: ['./demos/run.js', 'run a demo; --list names them'],
  bench: ['./bench/cli.js', 'run the benchmark: select, poll and epoll beside C, Python and node:net'],
  doctor: ['./cli/doctor/main.js', 'say what works on this machine, and what limits it'],
};

const usage = (): string => `Usage: ${calledAs()} COMMAND [argument...]

${Object.entries(COMMANDS)
  .map(([name, [, what]]) => `  ${name.padEnd(16)}${what}`)
  .join('\n')}
  help [COMMAND]  say how to use a command

Options:
  -h, --help      show this text
  -v, --version   show the version

Exit codes: 0 success, 1 failure, 2 wrong usage, 128 + n ended by signal n
(130 by Ctrl-C, but 0 from a demo; 141 by a closed pipe).`;

/** Says what is wrong with the command line. */
function refuse(message: string): number {
  console.error(`${message}\nSee ${calledAs()} --help.`);
  return 2;
}

function descriptorLimit(): number {
  return Number(/^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]);
}

async function run(name: string, argv: readonly string[]): Promise<number> {
  if (!Object.hasOwn(COMMANDS, name)) {
    return refuse(
      `There is no command '${name}'. The commands are: ${Object.keys(COMMANDS).join(', ')}, help`,
    );
  }
  const [file] = COMMANDS[name] as readonly [string, string];
  const limit = descriptorLimit();
  if (limit < LEAST_DESCRIPTORS) {
    console.error(`the limit of ${limit} open descriptors is too low; raise it with ulimit -n`);
    return 1;
  }
  const command: Command = await import(file);
  return command.main(argv, calledAs(name));
}

/** The options before the name of a command. */
function parseOptions(args: string[]): { help?: boolean; version?: boolean } {
  const help = { type: 'boolean', short: 'h' } as const;
  const version = { type: 'boolean', short: 'v' } as const;
  return parseArgs({ args, options: { help, version } }).values;
}

async function main(argv: readonly string[]): Promise<number> {
  const at = argv.findIndex((word) => !word.startsWith('-'));
  const options = argv.slice(0, at < 0 ? argv.length : at);
  const [name, ...rest] = at < 0 ? [] : argv.slice(at);
  let given: ReturnType<typeof parseOptions>;
  try {
    given = parseOptions([...options]);
  } catch (error) {
    return refuse((error as Error).message);
  }
  if (given.version) {
    console.log(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version);
  } else if (given.help || (name === 'help' && rest.length === 0)) {
    console.log(usage());
  } else if (name === undefined) {
    console.error(usage());
    return 2;
  } else {
    return name === 'help' ? run(rest[0] as string, ['--help']) : run(name, rest);
  }
  return 0;
}

endOnClosedPipe();
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  // An error with a code is about the machine, such as an addon that does not load; its stack tells nothing more.
  const { code, message, stack } = error as NodeJS.ErrnoException;
  console.error(code === undefined ? stack : `${message}\nSee also ${calledAs('doctor')}.`);
  process.exitCode = 1;
}
