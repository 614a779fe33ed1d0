import { type Outcome, runScript } from './child.js';

/** A process that runs `script`, started at once; the test may block while it works. */
export interface Peer {
  /** The first line that it writes. */
  readonly line: Promise<string>;
  readonly ended: Promise<Outcome>;
}

export function startPeer(script: string): Peer {
  let tell: (line: string) => void = () => {};
  const line = new Promise<string>((resolve) => {
    tell = resolve;
  });
  return { line, ended: runScript(script, tell) };
}
