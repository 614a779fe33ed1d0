/**
 * The load of the trials with a server where there is no C compiler: peers/load.c, in JavaScript
 * on a selector of ours. It costs more than the load in C, so it may be the limit.
 */

import { readdirSync, readFileSync, readSync } from 'node:fs';
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
const reconnect = count('reconnect', 0) === 1;
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

function begin(client: Client): void {
  client.sentAt = now();
  if (reconnect) {
    sel.unregister(client.sock);
    client.sock.close();
    client.sock = open();
    sel.register(client.sock, EVENT_READ, client);
  }
  send(client);
}

/** Nanoseconds in a clock tick of /proc/PID/stat. */
const TICK = 1e7;

/** Nanoseconds of CPU that the server has used: of each thread, or in whole ticks where the kernel does not say. */
function serverCpu(): number {
  const folder = `/proc/${count('server', 0)}`;
  try {
    const threads = readdirSync(`${folder}/task`);
    const times = threads.map((thread) => readFileSync(`${folder}/task/${thread}/schedstat`, 'utf8'));
    return times.reduce((sum, time) => sum + Number(time.split(' ')[0]), 0);
  } catch {
    // Fields 14 and 15, counted behind the name, which may hold blanks.
    const fields = readFileSync(`${folder}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * TICK;
  }
}

/** Goes on until the time is over and all requests are answered. */
function serveUntil(end: number): void {
  let unanswered = sel.getMap().size;
  while (unanswered > 0) {
    const ready = sel.select(60);
    if (ready.length === 0) throw new Error('no reply in a minute');
    const ending = now() >= end;
    for (const [{ data }] of ready) {
      receive(data);
      if (data.received < bytes) continue;
      latencies.push(now() - data.sentAt);
      if (ending) unanswered--;
      else begin(data);
    }
  }
}

function takeTurn(ms: number): void {
  latencies = [];
  const before = serverCpu();
  const start = now();
  for (const { data } of [...sel.getMap().values()]) begin(data);
  serveUntil(start + ms * 1e6);
  const cpu = serverCpu() - before;
  answer({
    requests: (latencies.length / (now() - start)) * 1e9,
    cpu: cpu / latencies.length,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
  });
}

const startup = openAll();
answer({ opened: sel.getMap().size, startup });
const line = Buffer.alloc(16);
for (let length = readSync(0, line); length > 0; length = readSync(0, line)) {
  takeTurn(Number(line.toString('utf8', 0, length)));
}
