/** The protocol of the server models: a line comes, and goes back in upper case with who served it. */
import { threadId } from 'node:worker_threads';
// The same class as OSError of 'fd-selectors', of which a thread that starts quickly loads no more than it needs.
import { error as OSError, type Socket } from 'fd-selectors/socket';

/** Bytes of the longest line: a client that sends more without an end is turned away. */
const LONGEST = 4096;

/** The answers to the lines that are complete, and what has come of the next one; null for one that is too long. */
export function answersTo(text: string): [answers: string, rest: string] | null {
  const lines = text.split('\n');
  const rest = lines.pop() as string;
  if (rest.length > LONGEST) return null;
  const who = `process ${process.pid}, thread ${threadId}`;
  return [lines.map((line) => `${who}: ${line.toUpperCase()}\n`).join(''), rest];
}

/** Answers one client until it closes its connection; blocks the caller until then. */
export function serveBlocking(connection: Socket): void {
  try {
    let rest = '';
    for (;;) {
      const data = connection.recv(65536);
      const done = data.length === 0 ? null : answersTo(rest + data.toString('latin1'));
      if (done === null) return;
      connection.sendall(Buffer.from(done[0], 'latin1'));
      rest = done[1];
    }
  } catch (error) {
    if (!(error instanceof OSError)) throw error; // Else the client has vanished.
  }
}
