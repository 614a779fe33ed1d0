/**
 * The load for the trials echo and models where there is no C compiler: peers/load.c, in
 * JavaScript on a selector of ours. It costs more than the load in C, so it may be the limit.
 */

import { readFileSync, readSync } from 'node:fs';
import { EpollSelector, EVENT_READ } from 'fd-selectors';
import {
  createConnection,
  IPPROTO_TCP,
  SO_LINGER,
  SOL_SOCKET,
  type Socket,
  TCP_NODELAY,
} from 'fd-selectors/socket';
import { answer, count, now } from './workload.js';

interface Client {
  sock: Socket;
  received: number;
  sentAt: number;
}

const bytes = count('bytes', 64);
const message = new Uint8Array(bytes).fill(120);
const reply = new Uint8Array(bytes);
/** struct linger { 1, 0 }: closing resets, so that closed connections do not use up the ports. */
const RESET = new Uint8Array(new Int32Array([1, 0]).buffer);
const sel = new EpollSelector<Client>();
let latencies: number[] = [];

function open(): Socket {
  const sock = createConnection(['127.0.0.1', count('port', 0)]);
  sock.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1);
  sock.setsockopt(SOL_SOCKET, SO_LINGER, RESET);
  return sock;
}

function send(client: Client): void {
  client.received = 0;
  client.sentAt = now();
  client.sock.sendall(message);
}

function receive(client: Client): void {
  const got = client.sock.recvInto(reply, bytes - client.received);
  if (got === 0) throw new Error('the server closed a connection');
  client.received += got;
}

function openAll(): number {
  const took: number[] = [];
  for (let i = 0; i < count('connections', 100); i++) {
    const start = now();
    const client = { sock: open(), received: 0, sentAt: 0 };
    send(client);
    while (client.received < bytes) receive(client);
    took.push(now() - start);
    sel.register(client.sock, EVENT_READ, client);
  }
  return percentile(took, 0.5);
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length * share)] ?? 0;
}

function onReadable(client: Client): void {
  receive(client);
  if (client.received < bytes) return;
  latencies.push(now() - client.sentAt);
  const start = now();
  if (count('reconnect', 0) === 1) {
    sel.unregister(client.sock);
    client.sock.close();
    client.sock = open();
    sel.register(client.sock, EVENT_READ, client);
  }
  send(client);
  client.sentAt = start;
}

/** Nanoseconds in a clock tick of /proc/PID/stat. */
const TICK = 1e7;

/** Nanoseconds of CPU that the server has used, in whole ticks. */
function serverCpu(): number {
  // Fields 14 and 15, counted behind the name, which may hold blanks.
  const stat = readFileSync(`/proc/${count('server', 0)}/stat`, 'utf8');
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  return (Number(user) + Number(system)) * TICK;
}

/** Goes on until the time is over, and at least until one reply: on a busy machine it may take longer. */
function serveUntil(end: number): void {
  while (now() < end || latencies.length === 0) {
    const ready = sel.select(60);
    if (ready.length === 0) throw new Error('no reply in a minute');
    for (const [{ data }] of ready) onReadable(data);
  }
}

const startup = openAll();
answer({ opened: sel.getMap().size });
readSync(0, new Uint8Array(1));
for (const { data } of sel.getMap().values()) send(data);
serveUntil(now() + count('warmup', 500) * 1e6);
latencies = [];
const start = now();
const before = serverCpu();
serveUntil(start + count('ms', 1000) * 1e6);
// The CPU time first: what the server does between the two must not count.
const cpu = serverCpu() - before;
const seconds = (now() - start) / 1e9;
answer({
  requests: latencies.length / seconds,
  cpu: cpu / latencies.length,
  p50: percentile(latencies, 0.5),
  p99: percentile(latencies, 0.99),
  startup,
});
