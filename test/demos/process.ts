/** The built demos as processes: servers to connect to, and commands that end. */
import { type ChildProcess, spawn } from 'node:child_process';
import { type EventEmitter, once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';

const dist = (file: string) => fileURLToPath(new URL(`../../dist/${file}`, import.meta.url));

/** Waits for the first of several events. */
async function first(emitter: EventEmitter, ...events: string[]): Promise<void> {
  const controller = new AbortController();
  const { signal } = controller;
  await Promise.race(events.map((event) => once(emitter, event, { signal })));
  controller.abort();
}

/** A server demo that listens, and its log so far. */
export class DemoServer implements Disposable {
  readonly process: ChildProcess;
  #log = '';

  private constructor(process: ChildProcess) {
    this.process = process;
    process.stdout?.on('data', (data) => {
      this.#log += data;
    });
  }

  static async start(name: string, ...args: string[]): Promise<DemoServer> {
    const file = dist(`demos/${name}.js`);
    if (!existsSync(file)) throw new Error('the demos are not built: npm run build');
    const server = new DemoServer(
      spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] }),
    );
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

  [Symbol.dispose](): void {
    this.process.kill('SIGKILL');
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
  limit?: number,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const limited = limit === undefined ? 'exec "$@"' : `ulimit -n ${limit}; exec "$@"`;
  const child = spawn('sh', ['-c', limited, 'sh', process.execPath, dist('cli.js'), ...args]);
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
