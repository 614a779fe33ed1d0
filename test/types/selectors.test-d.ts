/** Types of the package root. `npx tsc` checks them: a wrong type here is an error of the build. */
import {
  BaseSelector,
  DefaultSelector,
  EpollSelector,
  EVENT_READ,
  EVENT_WRITE,
  type FileObject,
  type Ready,
  type SelectorKey,
  SelectSelector,
} from 'fd-selectors';
import { epoll, poll, select } from 'fd-selectors/select';
import { type Socket, socketpair, type UnixAddress } from 'fd-selectors/socket';
import { expectTypeOf, test } from 'vitest';

declare const server: Socket;
declare const conn: Socket;
declare const handle: { readonly fd: number };

test('the example of the design: data is a callback', () => {
  type Callback = (conn: Socket, mask: number) => void;
  const accept: Callback = () => {};
  using sel = new DefaultSelector<Callback>();
  sel.register(server, EVENT_READ, accept);
  for (const [key, mask] of sel.select(1.5)) key.data(key.fileobj, mask);
  expectTypeOf(sel.select(1.5)[0]![0].data).toEqualTypeOf<Callback>();
});

test('data is required where undefined is none of its type', () => {
  const sel = new EpollSelector<string>();
  sel.register(conn, EVENT_READ, 'data');
  sel.modify(conn, EVENT_READ, 'data');
  // @ts-expect-error data is missing
  sel.register(conn, EVENT_READ);
  // @ts-expect-error data is missing
  sel.modify(conn, EVENT_READ);
  // @ts-expect-error data is a string
  sel.register(conn, EVENT_READ, 5);
  // @ts-expect-error data is a string
  sel.modify(conn, EVENT_READ, undefined);
});

test('data is optional where undefined is one of its type', () => {
  const sel = new EpollSelector<string | undefined>();
  sel.register(conn, EVENT_READ);
  sel.modify(conn, EVENT_WRITE);
  expectTypeOf(sel.getKey(conn).data).toEqualTypeOf<string | undefined>();
  const any = new SelectSelector();
  any.register(conn, EVENT_READ);
  any.register(conn, EVENT_READ, { anything: true });
  expectTypeOf(any.getKey(conn).data).toBeUnknown();
});

test('the object keeps its type on the key it came with', () => {
  const sel = new DefaultSelector<string>();
  expectTypeOf(sel.register(conn, EVENT_READ, 'data')).toEqualTypeOf<SelectorKey<string, Socket>>();
  expectTypeOf(sel.register(5, EVENT_READ, 'data').fileobj).toExtend<number>();
  expectTypeOf(sel.register(handle, EVENT_READ, 'data').fileobj).toEqualTypeOf<{ readonly fd: number }>();
  const sockets = new DefaultSelector<string, Socket>();
  expectTypeOf(sockets.select()[0]![0].fileobj).toEqualTypeOf<Socket>();
  expectTypeOf(sockets.unregister(conn).fileobj).toEqualTypeOf<Socket>();
  // @ts-expect-error this selector holds sockets
  sockets.register(handle, EVENT_READ, 'data');
});

test('ready entries are pairs of a key and its events', () => {
  const sel = new DefaultSelector<string, Socket>();
  expectTypeOf(sel.select(0)).toEqualTypeOf<Ready<string, Socket>[]>();
  expectTypeOf<Ready<string, Socket>>().toEqualTypeOf<[key: SelectorKey<string, Socket>, events: number]>();
  expectTypeOf(sel.selectAsync(0)).resolves.toEqualTypeOf<Ready<string, Socket>[]>();
});

test('keys and maps are read-only', () => {
  const sel = new DefaultSelector<string, Socket>();
  const key = sel.getKey(conn);
  // @ts-expect-error a key is immutable
  key.data = 'other';
  const map = sel.getMap();
  expectTypeOf(map).toExtend<ReadonlyMap<number, SelectorKey<string, Socket>>>();
  expectTypeOf(map.get(conn)).toEqualTypeOf<SelectorKey<string, Socket> | undefined>();
  // @ts-expect-error the map is a view
  map.set(5, key);
});

test('what is no descriptor is no argument', () => {
  const sel = new DefaultSelector();
  expectTypeOf<FileObject>().toEqualTypeOf<number | { fileno(): number } | { readonly fd: number }>();
  // @ts-expect-error a string has no descriptor
  select(['stdin'], [], []);
  // @ts-expect-error a string is no timeout
  sel.select('soon');
  // @ts-expect-error the base class is abstract
  new BaseSelector();
});

test('flags are for epoll alone', () => {
  new EpollSelector().register(conn, EVENT_READ, undefined, 1);
  // @ts-expect-error select knows no flags
  new SelectSelector().register(conn, EVENT_READ, undefined, 1);
});

test('the system calls', () => {
  const [a, b] = socketpair();
  const fds = [5];
  expectTypeOf(select([a, b], fds, [handle], 1)).toEqualTypeOf<
    [Socket<UnixAddress>[], number[], { readonly fd: number }[]]
  >();
  expectTypeOf(poll().poll(0)).toEqualTypeOf<[fd: number, events: number][]>();
  expectTypeOf(epoll().poll(0)).toEqualTypeOf<[fd: number, events: number][]>();
});
