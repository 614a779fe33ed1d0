/** What console.log and templates show. */
import { inspect } from 'node:util';
import { DefaultSelector, EVENT_READ, EVENT_WRITE, PollSelector, SelectSelector } from 'fd-selectors';
import { EventFd, pipe } from 'fd-selectors/fds';
import { epoll } from 'fd-selectors/select';
import {
  AF_INET6,
  AF_UNIX,
  createConnection,
  createServer,
  SOCK_DGRAM,
  Socket,
  socket,
} from 'fd-selectors/socket';
import { describe, expect, it } from 'vitest';
import { closing, pair } from './support/descriptors.js';
import { tempdir } from './support/tempdir.js';

/** Both ways of showing a thing agree. */
function shown(thing: object): string {
  expect(`${thing}`).toBe(inspect(thing));
  return inspect(thing);
}

describe('a socket', () => {
  it('shows its addresses', () => {
    const server = closing(createServer(['127.0.0.1', 0]));
    const client = closing(createConnection(server.getsockname()));
    const [port, mine] = [server.getsockname()[1], client.getsockname()[1]];
    const kind = 'family=AF_INET type=SOCK_STREAM';
    expect(shown(server)).toBe(`<Socket fd=${server.fileno()} ${kind} proto=0 laddr=127.0.0.1:${port}>`);
    expect(shown(client)).toBe(
      `<Socket fd=${client.fileno()} ${kind} proto=6 laddr=127.0.0.1:${mine} raddr=127.0.0.1:${port}>`,
    );
  });

  it('shows those of other families', () => {
    const [a] = pair();
    expect(shown(a)).toBe(`<Socket fd=${a.fileno()} family=AF_UNIX type=SOCK_STREAM proto=0>`);
    const six = closing(socket(AF_INET6, SOCK_DGRAM));
    expect(shown(six)).toBe(
      `<Socket fd=${six.fileno()} family=AF_INET6 type=SOCK_DGRAM proto=0 laddr=[::]:0>`,
    );
    using dir = tempdir();
    const named = closing(socket(AF_UNIX));
    named.bind(dir.join('name'));
    expect(shown(named)).toContain(` laddr=${dir.join('name')}>`);
    const abstract = closing(socket(AF_UNIX));
    abstract.bind(`\0fd-selectors printing ${process.pid}`);
    expect(shown(abstract)).toContain(` laddr="\\u0000fd-selectors printing ${process.pid}">`);
  });

  it('shows that it is closed, and of what class it is', () => {
    class Own extends Socket {}
    const own = new Own();
    own.close();
    expect(shown(own)).toBe('<Own [closed] fd=-1 family=AF_INET type=SOCK_STREAM proto=0>');
    const [a] = pair();
    const file = closing(a.makefile('rb'));
    a.close();
    expect(shown(a)).toMatch(/^<Socket \[closed\] fd=\d+ /);
    expect(file.closed).toBe(false);
  });

  it('never throws', () => {
    const [a] = pair();
    const stolen = Socket.fromFd(a.detach());
    stolen.close();
    for (const odd of [Object.create(Socket.prototype), Object.create(DefaultSelector.prototype)]) {
      expect(inspect(odd)).toMatch(/^</);
    }
    expect(inspect(Socket.prototype)).toBeTypeOf('string');
  });
});

describe('a selector and what it knows', () => {
  it.each([DefaultSelector, PollSelector, SelectSelector])('%o shows how much is registered', (Class) => {
    const sel = new Class();
    expect(shown(sel)).toBe(`<${Class.name} registered=0>`);
    sel.register(pair()[0], EVENT_READ);
    expect(shown(sel)).toBe(`<${Class.name} registered=1>`);
    sel.close();
    expect(shown(sel)).toBe(`<${Class.name} [closed]>`);
  });

  it('shows keys and maps', () => {
    const sel = closing(new DefaultSelector());
    const [a] = pair();
    const key = sel.register(a, EVENT_READ | EVENT_WRITE, { name: 'data' });
    const fd = a.fileno();
    const text = inspect(key, { breakLength: Infinity });
    expect(text).toBe(
      `SelectorKey { fileobj: ${a}, fd: ${fd}, events: EVENT_READ | EVENT_WRITE, data: { name: 'data' } }`,
    );
    expect(shown(key)).toContain('SelectorKey {');
    expect(inspect(sel.getMap(), { breakLength: Infinity })).toBe(`SelectorMap(1) { ${fd} => ${text} }`);
    expect(shown(sel.getMap())).toContain('SelectorMap(1) {');
    expect(inspect({ a: { b: { c: key, d: sel.getMap() } } })).toMatch(
      /c: \[SelectorKey\], d: \[SelectorMap\]/,
    );
  });
});

describe('descriptors and errors', () => {
  it('shows what is open', () => {
    const event = new EventFd();
    expect(shown(event)).toBe(`<EventFd fd=${event.fileno()}>`);
    event.close();
    expect(shown(event)).toBe('<EventFd [closed]>');
    const [reader, writer] = pipe();
    expect([shown(closing(reader)), shown(closing(writer))]).toEqual([
      `<PipeReader fd=${reader.fileno()}>`,
      `<PipeWriter fd=${writer.fileno()}>`,
    ]);
    const set = epoll();
    expect(shown(set)).toBe(`<epoll fd=${set.fileno()}>`);
    set.close();
    expect(shown(set)).toBe('<epoll [closed]>');
  });

  it('shows the class, the message and the fields of an error', () => {
    const [a] = pair();
    a.setblocking(false);
    try {
      a.recv(1);
      expect.unreachable();
    } catch (error) {
      const text = inspect(error);
      expect(text).toMatch(/^BlockingIOError: EAGAIN: resource temporarily unavailable, recv\n/);
      for (const field of ["code: 'EAGAIN'", 'errno: -11', "syscall: 'recv'"]) expect(text).toContain(field);
    }
  });

  it('says of a closed object that is registered that it is closed', () => {
    const sel = closing(new DefaultSelector());
    const [a] = pair();
    a.close();
    expect(() => sel.register(a, EVENT_READ)).toThrow(/The socket is closed$/);
    const event = new EventFd();
    event.close();
    expect(() => sel.register(event, EVENT_READ)).toThrow(/EventFd is closed$/);
  });
});
