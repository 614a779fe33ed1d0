/** Shared by all files that read lines. */
import { checkInteger } from '../../arguments.js';

/** Reads lines until there are no more, or until they are `hint` long or longer. */
export function readLines<T extends { readonly length: number }>(file: { readline(): T }, hint: number): T[] {
  checkInteger('hint', hint, -1, 0x7fff_ffff, 'ERR_INVALID_LENGTH');
  const lines: T[] = [];
  let length = 0;
  for (let line = file.readline(); line.length > 0; line = file.readline()) {
    lines.push(line);
    length += line.length;
    if (hint > 0 && length >= hint) break;
  }
  return lines;
}
