/** The command lines of the demos. */
import { basename } from 'node:path';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import './failure.js';
import { print } from './stdout.js';

type Options = NonNullable<ParseArgsConfig['options']>;

let usage = '';

/** The options on the command line; ends the process with a plain message where they are wrong. */
export function parseOptions<const T extends Options>(
  options: T,
  args: readonly string[] = process.argv.slice(2),
) {
  const words = Object.entries(options).map(([name, { type, default: value }]) =>
    type === 'boolean' ? `[--${name}]` : `[--${name} ${value === '' ? '...' : value}]`,
  );
  const command = process.env['DEMO_COMMAND'] ?? basename(process.argv[1] ?? '', '.js');
  usage = ['usage:', command, ...words].join(' ');
  if (process.argv.includes('--help') || process.argv.includes('-h')) {
    print(`${usage}\n`);
    process.exit(0);
  }
  try {
    return parseArgs({ options, args: [...args] }).values;
  } catch (error) {
    return refuse((error as Error).message);
  }
}

/** The integer that an option gives, from `least` to `most`. */
export function integer(name: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (text.trim() !== '' && Number.isInteger(number) && number >= least && number <= most) return number;
  return refuse(`--${name} must be an integer from ${least} to ${most}. Received '${text}'`);
}

/** The number of seconds that an option gives, from `least` to `most`. */
export function seconds(name: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (text.trim() !== '' && number >= least && number <= most) return number;
  return refuse(`--${name} must be a number of seconds from ${least} to ${most}. Received '${text}'`);
}

/** Says what is wrong with the command line, and ends the process. */
export function refuse(message: string): never {
  console.error(usage === '' ? message : `${message}\n${usage}`);
  process.exit(2);
}
