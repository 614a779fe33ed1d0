/** Types of the sockets: what knows its family needs no cast. `npx tsc` checks them. */
import { DefaultSelector, EVENT_READ } from 'fd-selectors';
import {
  type Address,
  AF_INET,
  AF_INET6,
  AF_UNIX,
  type BufferedReader,
  type BufferedRWPair,
  type BufferedWriter,
  createConnection,
  createServer,
  fromfd,
  type Inet6Address,
  type InetAddress,
  recvFds,
  SOCK_DGRAM,
  SOCK_STREAM,
  Socket,
  type SocketIO,
  socket,
  socketpair,
  type TextReader,
  type TextWriter,
  type UnixAddress,
} from 'fd-selectors/socket';
import { expectTypeOf, test } from 'vitest';

declare const sock: Socket<InetAddress>;
declare const any: Socket;

test('a socket knows the addresses of its family', () => {
  expectTypeOf(socket().getsockname()).toEqualTypeOf<InetAddress>();
  expectTypeOf(socket(AF_INET6, SOCK_DGRAM).getsockname()).toEqualTypeOf<Inet6Address>();
  expectTypeOf(socket(AF_UNIX).getpeername()).toEqualTypeOf<UnixAddress>();
  expectTypeOf(new Socket(AF_INET).getsockname()).toEqualTypeOf<InetAddress>();
  expectTypeOf(socketpair()).toEqualTypeOf<[Socket<UnixAddress>, Socket<UnixAddress>]>();
  expectTypeOf(createServer(['', 0])).toEqualTypeOf<Socket<InetAddress>>();
  expectTypeOf(createServer(['', 0], { family: AF_INET6 })).toEqualTypeOf<Socket<Inet6Address>>();
  expectTypeOf(createConnection(['localhost', 1]).getpeername()).toEqualTypeOf<InetAddress | Inet6Address>();
  expectTypeOf(fromfd(5, AF_UNIX, SOCK_STREAM)).toEqualTypeOf<Socket<UnixAddress>>();
  expectTypeOf(sock.accept()).toEqualTypeOf<[conn: Socket<InetAddress>, address: InetAddress]>();
  expectTypeOf(sock.recvfrom(1)[1]).toEqualTypeOf<InetAddress>();
  expectTypeOf(sock.recvmsg(1)[3]).toEqualTypeOf<InetAddress>();
  expectTypeOf(recvFds(sock, 1, 1)[3]).toEqualTypeOf<InetAddress>();
});

test('of a family that nobody names, addresses are any', () => {
  expectTypeOf(socket(99 as number).getsockname()).toBeAny();
  expectTypeOf(Socket.fromFd(5).getsockname()).toBeAny();
  expectTypeOf(any.getpeername()).toBeAny();
  const [host, port]: InetAddress = any.getpeername();
  expectTypeOf([host, port]).toEqualTypeOf<(string | number)[]>();
  expectTypeOf(socket(AF_UNIX)).toExtend<Socket>();
  expectTypeOf(any).toExtend<Socket<InetAddress>>();
  expectTypeOf<Socket<InetAddress>>().toExtend<Socket<Address>>();
});

test('a subclass makes its own', () => {
  class Own extends Socket<InetAddress> {
    greet(): string {
      return 'hello';
    }
  }
  expectTypeOf(Own.fromFd(5)).toEqualTypeOf<Own>();
  expectTypeOf(Own.fromFd(5).dup().greet()).toEqualTypeOf<string>();
});

test('addresses need no cast either', () => {
  const address = ['localhost', 1];
  sock.connect(address);
  sock.bind(['', 0]);
  sock.sendto(Buffer.alloc(1), sock.getsockname());
  createConnection(address);
  createServer(address);
  sock.settimeout(undefined);
  sock.settimeout(null);
});

test('bytes are in memory that is not shared', () => {
  expectTypeOf(sock.recv(1)).toEqualTypeOf<Buffer<ArrayBuffer>>();
  expectTypeOf(sock.tryRecv(1)).toEqualTypeOf<Buffer<ArrayBuffer> | null>();
  expectTypeOf(sock.recvfrom(1)[0]).toEqualTypeOf<Buffer<ArrayBuffer>>();
  expectTypeOf(sock.recvmsg(1)[0]).toEqualTypeOf<Buffer<ArrayBuffer>>();
  const blob: Uint8Array<ArrayBuffer> = sock.recv(1);
  expectTypeOf(blob.buffer).toEqualTypeOf<ArrayBuffer>();
});

test('the mode of a file decides on its class', () => {
  expectTypeOf(sock.makefile()).toEqualTypeOf<TextReader>();
  expectTypeOf(sock.makefile('r', { encoding: 'latin-1' }).readline()).toEqualTypeOf<string>();
  expectTypeOf(sock.makefile('w')).toEqualTypeOf<TextWriter>();
  expectTypeOf(sock.makefile('rb')).toEqualTypeOf<BufferedReader>();
  expectTypeOf(sock.makefile('wb', { buffering: 100 })).toEqualTypeOf<BufferedWriter>();
  expectTypeOf(sock.makefile('rwb')).toEqualTypeOf<BufferedRWPair>();
  expectTypeOf(sock.makefile('rb', { buffering: 0 })).toEqualTypeOf<SocketIO>();
  expectTypeOf([...sock.makefile()]).toEqualTypeOf<string[]>();
  // @ts-expect-error a file that reads cannot write
  sock.makefile('rb').write(Buffer.alloc(1));
  // @ts-expect-error a file that writes cannot read
  sock.makefile('w').readline();
  // @ts-expect-error bytes have no encoding
  sock.makefile('rb', { encoding: 'utf-8' });
  // @ts-expect-error there is no such mode
  sock.makefile('a');
});

test('options are not numbers', () => {
  // @ts-expect-error a timeout is an option
  createConnection(['localhost', 1], 5);
  // @ts-expect-error it is spelled reusePort
  createServer(['', 0], { reuse_port: true });
  // @ts-expect-error a family is an option
  createServer(['', 0], AF_INET6);
});

test('what is registered has a descriptor', () => {
  const sel = new DefaultSelector();
  sel.register(sock, EVENT_READ);
  sel.register(5, EVENT_READ);
  expectTypeOf(sel.register(sock, EVENT_READ).fileobj).toEqualTypeOf<Socket<InetAddress>>();
  // @ts-expect-error a string has none
  sel.register('stdin', EVENT_READ);
  // @ts-expect-error nor has this
  sel.register({ descriptor: 5 }, EVENT_READ);
});
