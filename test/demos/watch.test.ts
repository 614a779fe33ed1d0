import { readdirSync } from 'node:fs';
import { SO_RCVBUF, SOL_SOCKET, socket } from 'fd-selectors/socket';
import { describe, expect, it } from 'vitest';
import type { Visitor } from '../../demos/support/visitor.js';
import { interrupted, openFiles, openSockets, procText, visit } from './fixture.js';
import { type Answer, ask, askRaw, receive } from './httpclient.js';
import { command, DemoServer } from './process.js';

/** What an event says. */
interface State {
  readonly selector: string;
  readonly idle: number;
  readonly active: number;
  readonly version: number;
  readonly watched: number;
  readonly beyond: number;
  readonly calls: number;
  readonly ready: readonly number[];
  readonly took?: number;
  readonly median?: number;
  readonly measured: number;
  /** Only after a change. */
  readonly tiles?: readonly number[];
  readonly most?: { readonly idle: number; readonly active: number };
  readonly advice?: string;
}

const own = (server: DemoServer) => `127.0.0.1:${server.port}`;

function head(server: DemoServer, line: string, ...fields: string[]): string {
  return [line, `Host: ${own(server)}`, ...fields, '', ''].join('\r\n');
}

/** A visitor who gets events. */
async function look(server: DemoServer): Promise<Visitor> {
  const visitor = await visit(server);
  visitor.send(head(server, 'GET /events HTTP/1.1'));
  expect(await visitor.until('\r\n\r\n')).toMatch(
    /^HTTP\/1\.1 200 OK\r\n(.*\r\n)*Content-Type: text\/event-stream\r\n/,
  );
  return visitor;
}

async function event(visitor: Visitor): Promise<State> {
  await visitor.until('data: ');
  return JSON.parse(await visitor.until('\n\n'));
}

/** The first event of which something is true. */
async function eventWhere(visitor: Visitor, isWanted: (state: State) => boolean): Promise<State> {
  for (let i = 0; i < 100; i++) {
    const state = await event(visitor);
    if (isWanted(state)) return state;
  }
  throw new Error('what is wanted was in none of 100 events');
}

async function asked(server: DemoServer, line: string, ...fields: string[]): Promise<Answer> {
  return askRaw(server, head(server, line, ...fields));
}

async function change(server: DemoServer, query: string): Promise<void> {
  expect((await asked(server, `POST /settings?${query} HTTP/1.1`)).status).toBe(204);
}

/** How many descriptors the epoll sets of the server watch, each. */
function epollSets(server: DemoServer): number[] {
  const folder = `/proc/${server.process.pid}/fdinfo`;
  return readdirSync(folder)
    .map((fd) => procText(`${folder}/${fd}`).match(/^tfd:/gm)?.length ?? 0)
    .filter((count) => count > 0);
}

describe('watch', () => {
  it('tells what each call returned and how long it took, ten times a second', async () => {
    const server = await DemoServer.start('watch');
    const start = performance.now();
    const visitor = await look(server);
    const first = await event(visitor);
    const { tiles = [] } = first;
    expect(first.selector).toBe('epoll');
    expect(first.watched).toBe(first.idle + first.active);
    expect(tiles).toHaveLength(first.watched);
    expect(new Set(tiles).size).toBe(tiles.length);
    let before = first;
    const seen = new Set<number>();
    for (let i = 0; i < 10; i++) {
      const state = await event(visitor);
      expect(state.tiles).toBeUndefined();
      expect(state.calls).toBe(before.calls + 5);
      expect(state.ready).toHaveLength(state.active / 3);
      for (const fd of state.ready) seen.add(fd);
      expect(state.took).toBeGreaterThan(0);
      expect(state.median).toBeGreaterThan(0);
      before = state;
    }
    expect(performance.now() - start).toBeGreaterThan(900);
    expect([...seen].sort((a, b) => a - b)).toEqual(tiles.slice(0, first.active).toSorted((a, b) => a - b));
    expect(before.measured).toBe(50);
  });

  it('uses the selector that is chosen', async () => {
    const server = await DemoServer.start('watch');
    const visitor = await look(server);
    await change(server, 'idle=900&active=6');
    for (const selector of ['poll', 'select', 'epoll']) {
      await change(server, `selector=${selector}`);
      const state = await eventWhere(visitor, (one) => one.selector === selector && one.measured > 0);
      expect([state.idle, state.active]).toEqual([900, 6]);
      expect(state.ready).toHaveLength(2);
      expect(state.watched + state.beyond).toBe(906);
      expect(epollSets(server).includes(906)).toBe(selector === 'epoll');
      // select can only watch what is below FD_SETSIZE.
      if (selector === 'select') expect(state.watched).toBeLessThan(512);
      else expect(state.beyond).toBe(0);
    }
  });

  it('has as many connections as are wanted', async () => {
    const server = await DemoServer.start('watch');
    const visitor = await look(server);
    for (const [idle, active] of [
      [1000, 3],
      [5000, 50],
      [0, 1],
      [10, 30],
    ] as const) {
      await change(server, `idle=${idle}&active=${active}`);
      const state = await eventWhere(visitor, (one) => one.idle === idle && one.ready.length > 0);
      expect([state.active, state.watched]).toEqual([active, idle + active]);
      expect(state.ready.length).toBeLessThanOrEqual(Math.ceil(active / 3));
      expect(openFiles(server)).toBeGreaterThanOrEqual(2 * (idle + active));
      expect(openFiles(server)).toBeLessThan(2 * (idle + active) + 100);
    }
  });

  it('shows that poll grows with the idle connections, and epoll does not', async () => {
    const server = await DemoServer.start('watch');
    const visitor = await look(server);
    const medianOf = async (selector: string, idle: number): Promise<number> => {
      await change(server, `selector=${selector}&idle=${idle}`);
      const isWanted = (one: State) => one.selector === selector && one.idle === idle && one.measured === 50;
      return Number((await eventWhere(visitor, isWanted)).median);
    };
    const most = await medianOf('poll', 5000);
    expect(most).toBeGreaterThan(3 * (await medianOf('poll', 0)));
    expect(most).toBeGreaterThan(3 * (await medianOf('epoll', 5000)));
  });

  it.each([
    ['idle=x', 'The "idle" parameter must be an integer from 0 to 5000. Received "x"'],
    ['idle=-1', 'The "idle" parameter must be an integer from 0 to 5000. Received "-1"'],
    ['idle=5001', 'The "idle" parameter must be an integer from 0 to 5000. Received "5001"'],
    ['idle=1e3', 'Received "1e3"'],
    ['idle=0x10', 'Received "0x10"'],
    ['idle=', 'Received ""'],
    ['idle=99999999999999999999', 'Received "99999999999999999999"'],
    ['active=0', 'The "active" parameter must be an integer from 1 to 50. Received "0"'],
    ['active=51', 'The "active" parameter must be an integer from 1 to 50. Received "51"'],
    ['selector=kqueue', 'The "selector" parameter must be select, poll or epoll. Received "kqueue"'],
    ['selector=constructor', 'must be select, poll or epoll. Received "constructor"'],
    ['selector=__proto__', 'must be select, poll or epoll. Received "__proto__"'],
    ['idle=1&idle=2', 'The "idle" parameter is there twice'],
    ['toString=1', 'There is no parameter "toString"'],
    ['%00=1', 'There is no parameter "\\u0000"'],
    [`selector=${'x'.repeat(100)}`, `Received "${'x'.repeat(40)}..."`],
  ])('refuses %s', async (query, message) => {
    const server = await DemoServer.start('watch');
    const { status, body } = await asked(server, `POST /settings?${query} HTTP/1.1`);
    expect(status).toBe(400);
    expect(body.toString()).toContain(message);
    const { selector, idle } = await event(await look(server));
    expect([selector, idle]).toEqual(['epoll', 200]);
  });

  it('answers what is not asked as it should', async () => {
    const server = await DemoServer.start('watch');
    expect((await asked(server, 'GET /nothing HTTP/1.1')).status).toBe(404);
    const got = await asked(server, 'GET /settings?idle=1 HTTP/1.1');
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST']);
    const posted = await asked(server, 'POST / HTTP/1.1');
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect((await askRaw(server, 'nonsense\r\n\r\n')).status).toBe(400);
    expect((await askRaw(server, `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}`)).status).toBe(431);
    const page = await asked(server, 'GET / HTTP/1.1');
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.body.toString()).toMatch(/^<!doctype html>.*<\/html>\n$/s);
    const visitor = await visit(server);
    visitor.send(head(server, 'HEAD / HTTP/1.1'));
    const { headers } = await receive(visitor, false);
    expect(headers.get('content-length')).toBe(String(page.body.length));
    expect(await visitor.rest()).toHaveLength(0);
  });

  it('is not steered by pages from elsewhere', async () => {
    const server = await DemoServer.start('watch');
    const line = 'POST /settings?idle=1 HTTP/1.1';
    expect((await ask(server, line)).status).toBe(403);
    expect((await asked(server, line, 'Origin: http://evil.example')).status).toBe(403);
    expect((await asked(server, line, 'Origin: null')).status).toBe(403);
    expect((await asked(server, line, `Origin: http://${own(server)}`)).status).toBe(204);
  });

  it('shows two visitors the same, and what either changes', async () => {
    const server = await DemoServer.start('watch');
    const visitors = [await look(server), await look(server)];
    for (const query of ['selector=poll&idle=10', 'selector=select&idle=20']) {
      await change(server, query);
      const idle = Number(query.split('=').at(-1));
      const states = await Promise.all(
        visitors.map((one) => eventWhere(one, (state) => state.idle === idle)),
      );
      for (const { selector, tiles } of states) {
        expect(query).toContain(`selector=${selector}&`);
        expect(tiles).toEqual(states[0]?.tiles);
        expect(tiles).toHaveLength(idle + 12);
      }
    }
  });

  it('goes on for others when a visitor does not read, who misses events and catches up', async () => {
    const server = await DemoServer.start('watch');
    using sluggard = socket();
    sluggard.setsockopt(SOL_SOCKET, SO_RCVBUF, 2048);
    sluggard.connect(['127.0.0.1', server.port]);
    sluggard.sendall(Buffer.from(head(server, 'GET /events HTTP/1.1')));
    const other = await look(server);
    // Each change makes the next event a long one.
    let last = await event(other);
    for (let i = 0; i < 25; i++) {
      await change(server, `idle=${500 + i}`);
      last = await eventWhere(other, ({ idle }) => idle === 500 + i);
    }
    sluggard.settimeout(60);
    let text = '';
    const calls = () => [...text.matchAll(/"calls":(\d+)/g)].map(([, count]) => Number(count));
    while ((calls().at(-1) ?? 0) <= last.calls) {
      const data = sluggard.recv(65536);
      expect(data.length).toBeGreaterThan(0);
      text += Buffer.from(data).toString();
      await other.until('\n\n');
    }
    const gaps = calls().map((count, i, all) => count - (all[i - 1] ?? count));
    expect(Math.max(...gaps)).toBeGreaterThan(5);
    expect(
      text
        .match(/^data: .*$/gm)
        ?.slice(0, -1)
        .every((line) => line.endsWith('}')),
    ).toBe(true);
  });

  it('closes all that it opened when nobody looks, and at the end', async () => {
    const server = await DemoServer.start('watch');
    const before = openSockets(server);
    let files = Infinity;
    for (let i = 0; i < 4; i++) {
      const visitor = await look(server);
      await event(visitor);
      expect(openSockets(server)).toBeGreaterThan(before + 400);
      visitor.close();
      await expect.poll(() => openSockets(server)).toBe(before);
      // Nor do selectors stay open, of which the first round may have been counted before it had closed all.
      await expect.poll(() => openFiles(server)).toBeLessThanOrEqual(files);
      files = openFiles(server);
    }
    const visitor = await look(server);
    await event(visitor);
    await interrupted(server);
    expect(server.log).toContain('interrupted by SIGINT: the sockets are closed\n');
    await visitor.rest();
  });

  it('ends by itself, and says before what will be seen', async () => {
    const { code, stdout, stderr } = await command(['demo', 'watch', '--seconds', '0.5']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^watch\nPage: .*\n\nIt prints an address to open/);
    expect(stdout).toMatch(/\nlistening on 127\.0\.0\.1:(\d+), .* open http:\/\/127\.0\.0\.1:\1\/\n/);
    expect(stdout).toMatch(/\n0\.5 s are over: the sockets are closed\n$/);
  });

  it('says what to raise when the limit of descriptors is low', async () => {
    const server = await DemoServer.startLimited(400, 'watch');
    await server.logs(
      /^The limit of 400 open descriptors leaves room for \d+ idle connections; raise it with ulimit -n\.$/m,
    );
    const visitor = await look(server);
    const { most, advice } = await event(visitor);
    expect(server.log).toContain(advice);
    await change(server, `idle=${most?.idle}&active=50`);
    const { watched } = await eventWhere(visitor, ({ active }) => active === 50);
    expect(watched).toBe(Number(most?.idle) + 50);
    const none = await command(['demo', 'watch'], 100);
    expect(none.code).toBe(2);
    expect(none.stderr).toContain('the limit of 100 open descriptors is too low; raise it with ulimit -n');
  });

  it.each([
    ['--port', '70000', "--port must be an integer from 0 to 65535. Received '70000'"],
    ['--seconds', '0', "--seconds must be a number of seconds from 0.1 to 86400. Received '0'"],
  ])('refuses %s %s', async (option, value, message) => {
    const { code, stderr } = await command(['demo', 'watch', option, value]);
    expect(code).toBe(2);
    const [said, usage] = stderr.split('\n');
    expect(said).toBe(message);
    expect(usage).toMatch(/^usage: .* demo watch \[/);
  });
});
