/** The shim that makes calls of the addon fail: loaded by LD_PRELOAD, and armed from here. */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

interface Shim {
  /** The calls of this name fail from number `first` to number `last`, counted from 1. */
  arm(name: string, first: number, last: number, errno: number): void;
  /** The same, in every thread but this one. */
  armOthers(name: string, first: number, last: number, errno: number): void;
  /** Returns how often the fault struck. */
  disarm(): number;
  record(): void;
  /** Ends the recording, and returns the names of the calls in their order. */
  recorded(): string[];
}

const require = createRequire(import.meta.url);

/** The top of the repository, from build-soak/fault. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

const path = process.env['FD_SELECTORS_SHIM'];
if (path === undefined) throw new Error('Start this with build-soak/fault/start.js');
export const shim = require(path) as Shim;

/** What the addon exports, to be called with anything. */
export const addon = require('node-gyp-build')(root) as Readonly<Record<string, unknown>>;

type Call = (...args: unknown[]) => number;

/** The addon's functions. */
export const native = addon as Readonly<Record<string, Call>>;

const { constants, errnos } = addon as {
  constants: Readonly<Record<string, number>>;
  errnos: readonly (string | number)[];
};

export function constant(name: string): number {
  const value = constants[name];
  if (value === undefined) throw new Error(`The addon does not export ${name}`);
  return value;
}

const numbers = new Map<string, number>();
const names = new Map<number, string>();
for (let i = 0; i < errnos.length; i += 3) {
  const [name, number] = errnos.slice(i, i + 2) as [string, number];
  numbers.set(name, number);
  if (!names.has(number)) names.set(number, name);
}

export function errnoOf(name: string): number {
  const number = numbers.get(name);
  if (number === undefined) throw new Error(`The addon does not know ${name}`);
  return number;
}

export function nameOf(errno: number): string {
  return names.get(Math.abs(errno)) ?? String(errno);
}
