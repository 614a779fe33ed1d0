/** Descriptors for tests, closed when the test ends. */
import { type Socket, socketpair } from 'fd-selectors/socket';
import { onTestFinished } from 'vitest';

/** A connected pair of sockets. */
export function pair(): [Socket, Socket] {
  const sockets = socketpair();
  onTestFinished(() => {
    for (const socket of sockets) socket.close();
  });
  return sockets;
}

/** Whatever is closed at the end of the test. */
export function closing<T extends { close(): void }>(closable: T): T {
  onTestFinished(() => closable.close());
  return closable;
}

/** The code of what `call` throws. */
export function codeOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return String((error as { code?: unknown }).code);
  }
  return 'nothing was thrown';
}
