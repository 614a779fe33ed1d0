/** A client of a tour: it sends and waits for what it wants to see, on Node's own sockets. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Seconds that an answer may take. */
const PATIENCE = 60;

/** A connection that remembers everything that has arrived until it is taken. */
export class Visitor {
  readonly socket: Socket;
  #unread = Buffer.alloc(0);
  #ended: Error | undefined;
  #wake = (): void => {};

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (data) => {
      this.#unread = Buffer.concat([this.#unread, data]);
      this.#wake();
    });
    socket.on('end', () => this.#end(new Error('the server closed the connection')));
    socket.on('error', (error) => this.#end(error));
  }

  static async connect(host: string, port: number): Promise<Visitor> {
    const socket = connect({ host, port, noDelay: true });
    await once(socket, 'connect');
    return new Visitor(socket);
  }

  #end(error: Error): void {
    this.#ended ??= error;
    this.#wake();
  }

  send(data: string | Uint8Array): void {
    this.socket.write(typeof data === 'string' ? Buffer.from(data) : data);
  }

  /** Takes what has arrived up to the end of `wanted`, which it waits for. */
  async until(wanted: string): Promise<string> {
    const taken = await this.#take((unread) => {
      const at = unread.indexOf(wanted);
      return at < 0 ? -1 : at + Buffer.byteLength(wanted);
    }, JSON.stringify(wanted));
    return taken.toString();
  }

  /** Takes the next so many bytes. */
  async bytes(count: number): Promise<Buffer> {
    return this.#take((unread) => (unread.length < count ? -1 : count), `${count} bytes`);
  }

  /** Takes what is left when the server has closed the connection. */
  async rest(): Promise<Buffer> {
    return this.#take((unread) => (this.#ended === undefined ? -1 : unread.length), 'the end');
  }

  /** @param length - how much of what has arrived is wanted; -1 when it is not there yet. */
  async #take(length: (unread: Buffer) => number, what: string): Promise<Buffer> {
    const end = performance.now() + PATIENCE * 1e3;
    for (;;) {
      const count = length(this.#unread);
      if (count >= 0) {
        const taken = this.#unread.subarray(0, count);
        this.#unread = this.#unread.subarray(count);
        return taken;
      }
      if (this.#ended !== undefined) throw this.#ended;
      await this.#more(end - performance.now(), what);
    }
  }

  async #more(patience: number, what: string): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve, reject) => {
      this.#wake = resolve;
      timer = setTimeout(() => reject(new Error(`${what} did not come`)), Math.max(0, patience));
    }).finally(() => clearTimeout(timer));
  }

  close(): void {
    this.socket.destroy();
  }
}
