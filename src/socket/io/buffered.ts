/** What the buffered files of a socket have in common. */
import type { SocketIO } from './raw.js';

/** A file with a buffer on a {@link SocketIO}. */
export class BufferedFile {
  /** The file below, without a buffer. */
  readonly raw: SocketIO;

  /** @internal */
  constructor(raw: SocketIO) {
    this.raw = raw;
  }

  /** What the file was opened for: `'rb'`, `'wb'` or `'rwb'`. */
  get mode(): string {
    return this.raw.mode;
  }

  /** The descriptor, -1 once the file is closed. */
  get name(): number {
    return this.raw.name;
  }

  /** Whether the file was closed. */
  get closed(): boolean {
    return this.raw.closed;
  }

  /** The descriptor of the socket. @throws {@link ValueError} `ERR_CLOSED`. */
  fileno(): number {
    return this.raw.fileno();
  }

  /** Whether the file was opened for reading. @throws {@link ValueError} `ERR_CLOSED`. */
  readable(): boolean {
    return this.raw.readable();
  }

  /** Whether the file was opened for writing. @throws {@link ValueError} `ERR_CLOSED`. */
  writable(): boolean {
    return this.raw.writable();
  }

  /** False: a socket has no positions. @throws {@link ValueError} `ERR_CLOSED`. */
  seekable(): boolean {
    return this.raw.seekable();
  }
}
