/** What selectors publish on diagnostics channels, and what `NODE_DEBUG=fd-selectors` prints. */
import { spawnSync } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { EpollSelector, EVENT_READ, EVENT_WRITE, SelectSelector } from 'fd-selectors';
import { describe, expect, it, onTestFinished } from 'vitest';
import { root } from '../support/child.js';
import { closing, codeOf, pair } from '../support/descriptors.js';
import { LIMIT } from '../support/limit.js';
import { classes } from './classes.js';

/** The messages of a channel until the end of the test. */
function messagesOf(name: string): Record<string, unknown>[] {
  const messages: Record<string, unknown>[] = [];
  const onMessage = (message: unknown): number => messages.push(message as Record<string, unknown>);
  subscribe(`fd-selectors:${name}`, onMessage);
  onTestFinished(() => void unsubscribe(`fd-selectors:${name}`, onMessage));
  return messages;
}

describe.each(classes)('%s', (_name, Class) => {
  it('publishes the life of a registration', () => {
    const names = ['register', 'modify', 'unregister', 'error', 'close'];
    const [registered, modified, unregistered, errors, closed] = names.map(messagesOf);
    const [a, b] = pair();
    const selector = new Class();
    const key = selector.register(a, EVENT_READ, 'data');
    const next = selector.modify(a, EVENT_WRITE, 'data');
    expect(selector.modify(a, EVENT_WRITE, 'data')).toBe(next);
    selector.unregister(a);
    selector.register(b, EVENT_READ, 'left');
    selector.close();
    selector.close();
    expect(registered).toEqual([{ selector, key }, expect.objectContaining({ selector })]);
    expect(modified).toEqual([{ selector, key: next, previous: key }]);
    expect(unregistered).toEqual([{ selector, key: next }]);
    expect(closed).toEqual([{ selector, registered: 1 }]);
    expect(errors).toEqual([]);
  });

  it('publishes each wait that blocks: what it found, and how long it took', () => {
    const messages = messagesOf('select');
    const [a, b] = pair();
    const selector = closing(new Class());
    const key = selector.register(a, EVENT_READ, 'data');
    selector.select(0.02);
    b.send(Buffer.from('x'));
    const ready = selector.select();
    const common = { selector, async: false, duration: expect.any(Number) };
    expect(messages).toEqual([
      { ...common, timeout: 0.02, count: 0, ready: [] },
      { ...common, timeout: undefined, count: 1, ready: [[key, EVENT_READ]] },
    ]);
    expect(messages[0]?.['duration']).toBeGreaterThanOrEqual(0.0199);
    expect(messages[1]?.['ready']).toBe(ready);
  });

  it('publishes each wait on the event loop once, not how often it asks', async () => {
    const messages = messagesOf('select');
    const [a, b] = pair();
    const selector = closing(new Class());
    selector.register(a, EVENT_READ, 'data');
    const wait = selector.selectAsync();
    expect(messages).toEqual([]);
    b.send(Buffer.from('x'));
    const ready = await wait;
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatchObject({ selector, async: true, timeout: undefined, count: 1 });
    expect(messages[0]?.['ready']).toBe(ready);
    for await (const _ of selector.events()) break;
    expect(messages).toHaveLength(2);
  });

  it('publishes what it throws', async () => {
    const messages = messagesOf('error');
    const [a] = pair();
    const selector = closing(new Class());
    selector.register(a, EVENT_READ, 'data');
    expect(codeOf(() => selector.register(a, EVENT_READ, 'data'))).toBe('ERR_ALREADY_REGISTERED');
    expect(codeOf(() => selector.modify(a, 0, 'data'))).toBe('ERR_INVALID_EVENTS');
    expect(codeOf(() => selector.unregister(999_999))).toBe('ERR_NOT_REGISTERED');
    expect(codeOf(() => selector.select(Number.NaN))).toBe('ERR_INVALID_TIMEOUT');
    await expect(selector.selectAsync(Number.NaN)).rejects.toThrow();
    const told = messages.map(({ method, error }) => [method, (error as { code: string }).code]);
    expect(told).toEqual([
      ['register', 'ERR_ALREADY_REGISTERED'],
      ['modify', 'ERR_INVALID_EVENTS'],
      ['unregister', 'ERR_NOT_REGISTERED'],
      ['select', 'ERR_INVALID_TIMEOUT'],
      ['selectAsync', 'ERR_INVALID_TIMEOUT'],
    ]);
  });

  it('does not publish the end of a wait by abort or close as an error', async () => {
    const messages = messagesOf('error');
    const [a] = pair();
    const selector = new Class();
    selector.register(a, EVENT_READ, 'data');
    const controller = new AbortController();
    const aborted = selector.selectAsync(undefined, { signal: controller.signal });
    controller.abort();
    await expect(aborted).rejects.toThrow('aborted');
    const closed = selector.selectAsync();
    selector.close();
    await expect(closed).rejects.toThrow('closed');
    expect(messages).toEqual([]);
  });
});

it('tells that a refused modify ended the registration', () => {
  const [unregistered, errors] = ['unregister', 'error'].map(messagesOf);
  const [a] = pair();
  const selector = closing(new EpollSelector());
  const key = selector.register(a, EVENT_READ);
  const fd = a.fileno();
  a.close();
  expect(codeOf(() => selector.modify(fd, EVENT_WRITE))).toBe('EBADF');
  expect(unregistered).toEqual([{ selector, key }]);
  expect(errors).toMatchObject([{ selector, method: 'modify', error: { code: 'EBADF' } }]);
});

it('names a ghost when epoll reports it', () => {
  const messages = messagesOf('ghost');
  const [a, b] = pair();
  closing(a.dup());
  const fd = a.fileno();
  const selector = closing(new EpollSelector());
  selector.register(a, EVENT_READ);
  a.close();
  selector.unregister(fd);
  b.send(Buffer.from('x'));
  expect(selector.select(0)).toEqual([]);
  expect(messages).toEqual([{ selector, fd }]);
  expect(selector.select(0)).toEqual([]);
  expect(messages).toHaveLength(1);
});

it('tells a select that the kernel refuses', () => {
  const messages = messagesOf('error');
  const [a] = pair();
  const selector = closing(new SelectSelector());
  selector.register(a, EVENT_READ);
  a.close();
  expect(codeOf(() => selector.select(0))).toBe('EBADF');
  expect(messages).toMatchObject([{ selector, method: 'select', error: { syscall: 'select' } }]);
});

describe('NODE_DEBUG=fd-selectors', () => {
  const script = `
    import { EpollSelector, EVENT_READ, EVENT_WRITE } from 'fd-selectors';
    import { socketpair } from 'fd-selectors/socket';
    const [a, b] = socketpair();
    const copy = a.dup();
    const sel = new EpollSelector();
    const fd = a.fileno();
    sel.register(a, EVENT_READ);
    try { sel.register(a, EVENT_READ); } catch {}
    sel.modify(a, EVENT_READ | EVENT_WRITE);
    sel.select(1.5);
    await sel.selectAsync();
    a.close();
    sel.unregister(fd);
    b.send(Buffer.from('x'));
    sel.select(0);
    new EpollSelector().register(b, EVENT_READ);
    sel.close();
    console.log(fd, b.fileno());`;

  function run(debug: string): { stdout: string; lines: string[] } {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: root,
      env: { ...process.env, NODE_DEBUG: debug },
      encoding: 'utf8',
      timeout: LIMIT,
    });
    expect(status).toBe(0);
    return { stdout, lines: stderr.split('\n').filter((line) => line.startsWith('FD-SELECTORS')) };
  }

  it('prints what the channels say, and the selectors by number', () => {
    const { stdout, lines } = run('http,fd-selectors');
    const [fd, peer] = stdout.trim().split(' ');
    const texts = lines
      .map((line) => line.replace(/^FD-SELECTORS \d+: /, ''))
      .map((line) => line.replace(/in [\d.]+ ms/, 'in 0 ms'));
    expect(texts).toEqual([
      `EpollSelector#1 register fd ${fd} EVENT_READ`,
      expect.stringMatching(
        new RegExp(
          `^EpollSelector#1 register failed: KeyError: File descriptor ${fd} .* is already registered$`,
        ),
      ),
      `EpollSelector#1 modify fd ${fd} EVENT_READ | EVENT_WRITE, before EVENT_READ`,
      `EpollSelector#1 select(1.5): 1 ready in 0 ms, fd ${fd} EVENT_WRITE`,
      `EpollSelector#1 selectAsync(): 1 ready in 0 ms, fd ${fd} EVENT_WRITE`,
      `EpollSelector#1 unregister fd ${fd} EVENT_READ | EVENT_WRITE`,
      `EpollSelector#1 ghost: fd ${fd} was closed before it was unregistered`,
      'EpollSelector#1 select(0): 0 ready in 0 ms',
      `EpollSelector#2 register fd ${peer} EVENT_READ`,
      'EpollSelector#1 close, registered: 0',
    ]);
  });

  it('prints nothing for another name', () => {
    expect(run('http').lines).toEqual([]);
  });
});
