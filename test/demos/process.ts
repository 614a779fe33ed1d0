/** The built demos as processes: servers to connect to, and commands that end. */
import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { type EventEmitter, once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const dist = (file: string) => fileURLToPath(new URL(`../../dist/${file}`, import.meta.url));

/** A process of Node that may open so many descriptors, as many as it can if the limit is 0. */
function spawnNode(args: readonly string[], limit: number): ChildProcessByStdio<null, Readable, Readable> {
  const command = limit === 0 ? 'exec "$@"' : `ulimit -n ${limit}; exec "$@"`;
  return spawn('sh', ['-c', command, 'sh', process.execPath, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Waits for the first of several events. */
async function first(emitter: EventEmitter, ...events: string[]): Promise<void> {
  const controller = new AbortController();
  const { signal } = controller;
  await Promise.race(events.map((event) => once(emitter, event, { signal })));
  controller.abort();
}

/** A server demo that listens, and its log so far. */
export class DemoServer {
  readonly process: ChildProcess;
  /** When it has ended, and its log is complete: the exit code. */
  readonly closed: Promise<number | null>;
  #log = '';

  private constructor(process: ChildProcess) {
    this.process = process;
    this.closed = once(process, 'close').then(([code]) => code);
    process.stdout?.on('data', (data) => {
      this.#log += data;
    });
  }

  /** Starts a server that ends with the test. */
  static async start(name: string, ...args: string[]): Promise<DemoServer> {
    return DemoServer.startLimited(0, name, ...args);
  }

  /** Starts a server that may open only so many descriptors. */
  static async startLimited(limit: number, name: string, ...args: string[]): Promise<DemoServer> {
    const file = dist(`demos/${name}.js`);
    if (!existsSync(file)) throw new Error('the demos are not built: npm run build');
    const process = spawnNode([file, ...args], limit);
    onTestFinished(() => void process.kill('SIGKILL'));
    const server = new DemoServer(process);
    await server.logs(/^listening on .*\n/);
    return server;
  }

  get port(): number {
    return Number(/^listening on .*:(\d+),/.exec(this.#log)?.[1]);
  }

  get log(): string {
    return this.#log;
  }

  /** Waits until the log has what is wanted; rejects when the server ends without it. */
  async logs(wanted: RegExp | string): Promise<void> {
    const stdout = this.process.stdout!;
    while (typeof wanted === 'string' ? !this.#log.includes(wanted) : !wanted.test(this.#log)) {
      if (stdout.readableEnded) throw new Error(`the log ended without ${wanted}:\n${this.#log}`);
      await first(stdout, 'data', 'end');
    }
  }

  /** A connection by Node's own sockets. */
  async connect(): Promise<Socket> {
    const socket = connect({ port: this.port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    return socket;
  }
}

/** The name by which a server logs a client. */
export function nameOf(socket: Socket): string {
  return `${socket.localAddress}:${socket.localPort}`;
}

/** Sends data, and returns the answer when it is as long. */
export async function exchange(socket: Socket, data: Uint8Array): Promise<Buffer> {
  const parts: Buffer[] = [];
  let missing = data.length;
  const collect = (part: Buffer): void => {
    parts.push(part);
    missing -= part.length;
  };
  socket.on('data', collect);
  socket.write(data);
  while (missing > 0) {
    if (socket.readableEnded) throw new Error(`the connection ended with ${missing} bytes missing`);
    await first(socket, 'data', 'end');
  }
  socket.off('data', collect);
  return Buffer.concat(parts);
}

/** Runs the command `fd-selectors` to its end; `limit` is the number of descriptors that it may open. */
export async function command(
  args: readonly string[],
  limit = 0,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawnNode([dist('cli.js'), ...args], limit);
  onTestFinished(() => void child.kill());
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data) => {
    stdout += data;
  });
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}
