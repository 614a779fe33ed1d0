// What does not hold in Bun or Deno, and why: nothing here is the package's to fix.

/** Each: the runtime, a part of `FILE > NAME OF THE TEST`, the reason. */
const KNOWN = [['bun', 'uncaughtException hears of', 'Bun does not pass a rejection to uncaughtException']];

/** Returns the reason why a test may fail. */
export function reasonFor(runtime, name) {
  return KNOWN.find(([where, part]) => where === runtime && name.includes(part))?.[2];
}
