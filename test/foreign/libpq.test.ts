import { DefaultSelector, EVENT_READ, ready } from 'fd-selectors';
import { createServer, type Socket } from 'fd-selectors/socket';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { expectReadableBothWays } from '../support/bothways.js';
import { closing } from '../support/descriptors.js';
import { tempdir } from '../support/tempdir.js';
import { type Libpq, loadLibpq, notification, WELCOME } from './libpq.js';

const [READING, WRITING, OK] = [1, 2, 3];
const dir = tempdir();
const libpq = loadLibpq(dir.join('libpq.node'));
afterAll(() => dir[Symbol.dispose]());

function begin(library: Libpq): Socket {
  const server = closing(createServer(['127.0.0.1', 0]));
  const [, port] = server.getsockname() as [string, number];
  const conninfo = `host=127.0.0.1 port=${port} user=user sslmode=disable gssencmode=disable`;
  expect(library.connectStart(conninfo)).toBe(1);
  onTestFinished(() => library.finish());
  return server;
}

/** Takes the client's greeting and welcomes it. */
function welcome(server: Socket): Socket {
  const conn = closing(server.accept()[0]);
  expect(conn.recv(1024).includes('user')).toBe(true);
  conn.sendall(WELCOME);
  return conn;
}

/** Connects as libpq's manual says, waiting by `wait` for what it asks for. */
async function connect(
  library: Libpq,
  server: Socket,
  wait: (events: number) => unknown,
): Promise<Socket | undefined> {
  let conn: Socket | undefined;
  for (let step = WRITING; step !== OK; step = library.connectPoll()) {
    expect([READING, WRITING]).toContain(step);
    if (step === READING) conn ??= welcome(server);
    await wait(step);
  }
  return conn;
}

describe("libpq's socket", () => {
  it('connects and is notified, waited for by selectors', async ({ skip }) => {
    if (libpq === undefined) return skip('no C compiler, or no libpq with its headers');
    const server = begin(libpq);
    const conn = await connect(libpq, server, (events) => {
      using sel = new DefaultSelector();
      sel.register(libpq.socket(), events);
      expect(sel.select(60).map(([, found]) => found)).toEqual([events]);
    });
    await expectReadableBothWays(
      libpq.socket(),
      () => conn?.sendall(notification('news')),
      () => expect(libpq.notification()).toBe('news'),
    );
  });

  it('connects, waited for by ready()', async ({ skip }) => {
    if (libpq === undefined) return skip('no C compiler, or no libpq with its headers');
    const server = begin(libpq);
    const conn = await connect(libpq, server, async (events) => {
      expect(await ready(libpq.socket(), events, { timeout: 60 })).toBe(events);
    });
    conn?.sendall(notification('news'));
    expect(await ready(libpq.socket(), EVENT_READ, { timeout: 60 })).toBe(EVENT_READ);
    expect(libpq.notification()).toBe('news');
    expect(libpq.notification()).toBe(null);
  });
});
