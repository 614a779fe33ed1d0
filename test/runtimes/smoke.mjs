// What the package does in a runtime, feature by feature: RUNTIME smoke.mjs RESULT
// Plain JavaScript on the built package: the runtime may know nothing of our tools.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { EpollSelector, EVENT_READ, PollSelector, ready, SelectSelector } from 'fd-selectors';
import { promise, runAsync, sleep } from 'fd-selectors/coroutines';
import { EventFd, pipe, signals, TimerFd, Waker } from 'fd-selectors/fds';
import { EPOLLIN, epoll, POLLIN, poll, select } from 'fd-selectors/select';
import { createConnection, createServer, socketpair } from 'fd-selectors/socket';

const CLASSES = [SelectSelector, PollSelector, EpollSelector];

const features = {
  'select, poll, epoll'() {
    const waker = new Waker();
    const poller = poll();
    poller.register(waker, POLLIN);
    const set = epoll();
    set.register(waker, EPOLLIN);
    assert.deepEqual([select([waker], [], [], 0.01)[0], poller.poll(10), set.poll(0.01)], [[], [], []]);
    waker.wake();
    assert.deepEqual(select([waker], [], [], 1)[0], [waker]);
    assert.equal(poller.poll(1000).length, 1);
    assert.equal(set.poll(1).length, 1);
    set.close();
    waker.close();
  },
  selectors() {
    for (const Selector of CLASSES) {
      const [a, b] = socketpair();
      const sel = new Selector();
      const key = sel.register(a, EVENT_READ, 'data');
      assert.deepEqual(sel.select(0.01), []);
      b.send(Buffer.from('x'));
      assert.deepEqual(sel.select(1), [[key, EVENT_READ]]);
      for (const one of [sel, a, b]) one.close();
    }
  },
  sockets() {
    const server = createServer(['127.0.0.1', 0]);
    const client = createConnection(server.getsockname());
    const [connection, address] = server.accept();
    assert.deepEqual(address, client.getsockname());
    client.sendall(Buffer.from('ping'));
    connection.sendall(connection.recv(100));
    assert.equal(client.recv(100).toString(), 'ping');
    for (const one of [client, connection, server]) one.close();
  },
  fds() {
    const [reader, writer] = pipe();
    writer.write(Buffer.from('ping'));
    assert.equal(reader.read(100).toString(), 'ping');
    const event = new EventFd(3);
    assert.equal(event.read(), 3);
    const timer = new TimerFd();
    timer.set(0.001);
    assert.equal(select([timer], [], [], 1)[0].length, 1);
    for (const one of [reader, writer, event, timer]) one.close();
  },
  signals() {
    const arrivals = signals(['SIGUSR2']);
    process.kill(process.pid, 'SIGUSR2');
    assert.equal(select([arrivals], [], [], 1)[0].length, 1);
    assert.deepEqual(arrivals.read(), [['SIGUSR2', 1]]);
    arrivals.close();
  },
  async selectAsync() {
    for (const Selector of CLASSES) {
      const waker = new Waker();
      const sel = new Selector();
      sel.register(waker, EVENT_READ);
      const timer = setTimeout(() => waker.wake(), 10);
      try {
        assert.equal((await sel.selectAsync()).length, 1);
      } finally {
        clearTimeout(timer);
        sel.close();
        waker.close();
      }
    }
  },
  async events() {
    const waker = new Waker();
    const sel = new EpollSelector();
    sel.register(waker, EVENT_READ);
    const timer = setTimeout(() => waker.wake(), 10);
    for await (const [{ fileobj }] of sel.events()) {
      assert.equal(fileobj, waker);
      break;
    }
    for (const one of [sel, waker]) one.close();
    clearTimeout(timer);
  },
  async runAsync() {
    const [a, b] = pipe();
    const text = await runAsync(function* () {
      yield* sleep(0.01);
      b.write(Buffer.from(yield* promise(Promise.resolve('ping'))));
      return a.read(100).toString();
    });
    assert.equal(text, 'ping');
    for (const one of [a, b]) one.close();
  },
  async ready() {
    const waker = new Waker();
    const timer = setTimeout(() => waker.wake(), 10);
    try {
      assert.equal(await ready(waker, EVENT_READ), EVENT_READ);
    } finally {
      clearTimeout(timer);
      waker.close();
    }
  },
};

const results = [];
for (const [name, run] of Object.entries(features)) {
  try {
    await run();
    results.push({ name, state: 'pass' });
  } catch (error) {
    results.push({ name, state: 'fail', reason: String(error.stack) });
  }
}
writeFileSync(process.argv[2], JSON.stringify(results));
