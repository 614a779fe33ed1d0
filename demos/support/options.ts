/** The command lines of the demos. */
import { type ParseArgsConfig, parseArgs } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;

/** The options on the command line; ends the process with a plain message where they are wrong. */
export function parseOptions<const T extends Options>(options: T) {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    return refuse((error as Error).message);
  }
}

/** The whole number that an option gives, between `least` and `most`. */
export function integer(name: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (text.trim() !== '' && Number.isInteger(number) && number >= least && number <= most) return number;
  return refuse(`--${name} is a whole number from ${least} to ${most}, not '${text}'`);
}

function refuse(message: string): never {
  console.error(message);
  process.exit(2);
}
