/** Colors, where they are wanted. */
import type { State } from './report.js';

const CODES = { bold: [1, 22], ok: [32, 39], note: [33, 39], bad: [31, 39] } as const;

/** Paints a text; without color it comes back as it is. */
export type Paint = (style: State | 'bold', text: string) => string;

/** As Node decides for its own output: FORCE_COLOR before NO_COLOR before what the stream is. */
export function wantsColor(isTTY: boolean, env: NodeJS.ProcessEnv = process.env): boolean {
  const { FORCE_COLOR: force, NO_COLOR: no, TERM: terminal } = env;
  if (force !== undefined) return ['', '1', '2', '3', 'true'].includes(force);
  return isTTY && (no === undefined || no === '') && terminal !== 'dumb';
}

/** Returns the function that paints, or one that does not. */
export function painter(color: boolean): Paint {
  if (!color) return (_style, text) => text;
  return (style, text) => `\x1b[${CODES[style][0]}m${text}\x1b[${CODES[style][1]}m`;
}
