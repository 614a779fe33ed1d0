/** What the subjects on sockets are made of: a call, and what must hold after it. */
import { F_GETFL, fcntl, O_NONBLOCK } from 'fd-selectors/fds';
import { type Socket, socketpair } from 'fd-selectors/socket';
import type { Effect, Run, Subject } from './engine.js';

export type Closer = <T extends { close(): void }>(closable: T) => T;
export type Effects = Readonly<Record<string, Effect>>;

export const WAIT = { EINTR: 'absorbed' };
/** A blocking socket waits by itself: EAGAIN is the timeout that SO_RCVTIMEO would have set. */
export const RETRIED = { EINTR: 'absorbed', EAGAIN: 'EAGAIN' };
/** With a timeout, it is polled and tried again. */
export const POLLED = { EINTR: 'absorbed', EAGAIN: 'absorbed' };
export const TRIED = { EAGAIN: 'absorbed' };
/** What is closed is closed, whatever the kernel says. */
export const CLOSED = { EINTR: 'absorbed' };
/** It goes on in the background, and is waited for. */
export const CONNECTING = { EINTR: 'absorbed', EINPROGRESS: 'absorbed' };

export function subject(
  name: string,
  begin: (closing: Closer) => Run | Promise<Run>,
  effects: Effects = {},
  rest: Pick<Subject, 'skips' | 'varies'> = {},
): Subject {
  return {
    name,
    typed: true,
    effects,
    ...rest,
    async begin() {
      const closes: (() => void)[] = [];
      const closing: Closer = (closable) => {
        closes.push(() => closable.close());
        return closable;
      };
      const run = await begin(closing);
      return {
        ...run,
        end: async () => {
          await run.end?.();
          for (const close of closes) close();
        },
      };
    },
  };
}

export function pair(closing: Closer, timeout: number | null = null): [Socket, Socket] {
  const [a, b] = socketpair();
  for (const sock of [a, b]) closing(sock).settimeout(timeout);
  return [a, b];
}

export function equal(found: unknown, wanted: unknown): void {
  if (String(found) !== String(wanted)) throw new Error(`${String(found).slice(0, 99)}, not ${wanted}`);
}

/** The timeout tells whether the descriptor blocks, whatever has failed. */
export function expectItsMode(sock: Socket): void {
  equal((fcntl(sock, F_GETFL) & O_NONBLOCK) === 0, sock.gettimeout() === null);
}

/** Both sockets still work, and nothing of an earlier call is in the way. */
export function expectConnected(a: Socket, b: Socket): void {
  a.settimeout(5);
  b.settimeout(5);
  for (;;) if (b.tryRecv(1 << 20) === null) break;
  a.send(Buffer.from('still'));
  equal(b.recv(10), 'still');
}

/** A call on one end of a pair, which must work afterwards. */
export function onPair(
  name: string,
  act: (a: Socket, b: Socket) => unknown,
  effects: Effects = {},
  timeout: number | null = null,
): Subject {
  const begin = (closing: Closer): Run => {
    const [a, b] = pair(closing, timeout);
    return { act: () => act(a, b), verify: () => expectConnected(a, b) };
  };
  return subject(name, begin, effects);
}
