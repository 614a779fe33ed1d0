/** The command lines of the demos. */
import { type ParseArgsConfig, parseArgs } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;

/** The options on the command line; if they are wrong, the process ends with a message. */
export function parseOptions<const T extends Options>(options: T) {
  try {
    return parseArgs({ options }).values;
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

function refuse(message: string): never {
  console.error(message);
  process.exit(2);
}
