/** Python's public names have one spelling here: without underscores, the next letter capital. */
import * as selectors from 'fd-selectors';
import * as coroutines from 'fd-selectors/coroutines';
import * as select from 'fd-selectors/select';
import * as socket from 'fd-selectors/socket';
import { describe, expect, it } from 'vitest';

const words = (text: string): string[] => text.trim().split(/\s+/);

const twinOf = (name: string): string =>
  /^[A-Z0-9_]+$/.test(name) ? name : name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());

/** Everything a user can call on an object, inherited or not. */
function members(object: object): string[] {
  const names: string[] = [];
  for (let at = object; at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    names.push(...Object.getOwnPropertyNames(at).filter((name) => name !== 'constructor'));
  }
  return [...new Set(names)];
}

const { prototype: socketPrototype } = socket.Socket;
const open = select.epoll();
const places: [place: string, names: string[], python: string[]][] = [
  [
    'selectors',
    Object.keys(selectors),
    words(
      `BaseSelector DefaultSelector EVENT_READ EVENT_WRITE EpollSelector PollSelector SelectSelector SelectorKey`,
    ),
  ],
  ...[selectors.SelectSelector, selectors.PollSelector].map(
    ({ name, prototype }): [string, string[], string[]] => [
      `selectors.${name}`,
      members(prototype),
      words('close get_key get_map modify register select unregister'),
    ],
  ),
  [
    'selectors.EpollSelector',
    members(selectors.EpollSelector.prototype),
    words('close fileno get_key get_map modify register select unregister'),
  ],
  [
    'selectors.SelectorKey',
    Object.keys(new selectors.SelectorKey(0, 0, 1, null)),
    words('data events fd fileobj'),
  ],
  [
    'select',
    Object.keys(select),
    words(`EPOLLERR EPOLLET EPOLLEXCLUSIVE EPOLLHUP EPOLLIN EPOLLMSG EPOLLONESHOT EPOLLOUT EPOLLPRI EPOLLRDBAND
      EPOLLRDHUP EPOLLRDNORM EPOLLWRBAND EPOLLWRNORM EPOLL_CLOEXEC PIPE_BUF POLLERR POLLHUP POLLIN POLLMSG
      POLLNVAL POLLOUT POLLPRI POLLRDBAND POLLRDHUP POLLRDNORM POLLWRBAND POLLWRNORM epoll error poll select`),
  ],
  ['select.poll', members(select.poll()), words('modify poll register unregister')],
  [
    'select.epoll',
    [...members(open), ...Object.keys(select.epoll)],
    words('close closed fileno fromfd modify poll register unregister'),
  ],
  [
    'socket',
    Object.keys(socket),
    words(`AF_INET AF_INET6 AF_UNIX SOCK_STREAM SOCK_DGRAM SOL_SOCKET SO_REUSEADDR SO_ERROR MSG_OOB MSG_PEEK
      IPPROTO_TCP TCP_NODELAY SHUT_RD SHUT_WR SHUT_RDWR create_connection create_server error getaddrinfo
      getdefaulttimeout gethostname getnameinfo has_dualstack_ipv6 inet_aton inet_ntoa inet_ntop inet_pton
      setdefaulttimeout socket socketpair CMSG_LEN CMSG_SPACE SocketIO close fromfd gaierror getfqdn gethostbyaddr
      gethostbyname gethostbyname_ex getprotobyname getservbyname getservbyport herror htonl htons if_indextoname
      if_nameindex if_nametoindex ntohl ntohs recv_fds send_fds timeout`),
  ],
  [
    'socket.socket',
    [...members(socketPrototype)],
    words(`accept bind close connect connect_ex detach dup fileno getblocking getpeername getsockname getsockopt
      gettimeout listen recv recv_into recvfrom recvfrom_into send sendall sendto setblocking setsockopt
      settimeout shutdown get_inheritable makefile recvmsg recvmsg_into sendfile sendmsg set_inheritable timeout`),
  ],
  [
    'gevent',
    Object.keys(coroutines),
    words(`AsyncResult BoundedSemaphore Channel Empty Event Full Greenlet Group JoinableQueue Pool Queue RLock
      Semaphore StreamServer Timeout create_connection create_server getcurrent idle iwait joinall killall local
      sleep socket socketpair spawn spawn_later wait wait_read wait_write waitpid with_timeout`),
  ],
  [
    'gevent.Greenlet',
    members(coroutines.Task.prototype),
    words('exception get join kill link name ready started successful unlink value'),
  ],
  [
    'gevent.pool.Pool',
    members(coroutines.Pool.prototype),
    words('free_count full imap imap_unordered join kill map spawn wait_available'),
  ],
  [
    'gevent.queue.JoinableQueue',
    members(coroutines.JoinableQueue.prototype),
    words('empty full get get_nowait join put put_nowait qsize task_done unfinished_tasks'),
  ],
  [
    'gevent.event.Event',
    members(coroutines.Event.prototype),
    words('clear is_set link ready set unlink wait'),
  ],
  [
    'gevent.event.AsyncResult',
    members(coroutines.AsyncResult.prototype),
    words('exception get link ready set set_exception successful unlink value wait'),
  ],
  ['gevent.lock.Semaphore', members(coroutines.Semaphore.prototype), words('acquire counter locked release')],
  [
    'gevent.socket.socket',
    members(coroutines.Socket.prototype),
    words(`accept bind close closed connect connect_ex detach dup family fileno getpeername getsockname getsockopt
      gettimeout listen makefile proto recv recv_into recvfrom send sendall sendto setsockopt settimeout shutdown type`),
  ],
  [
    'gevent.server.StreamServer',
    members(coroutines.StreamServer.prototype),
    words('address close serve_forever start started stop'),
  ],
];
open.close();

describe.each(places)("Python's %s", (_place, names, python) => {
  it.each(python)('%s has its twin', (name) => {
    expect(names).toContain(twinOf(name));
  });

  it('has no second spelling', () => {
    const underscored = names.filter((name) => name.includes('_') && !/^[A-Z0-9_]+$/.test(name));
    expect(underscored).toEqual([]);
    const camel = names.filter((name) => /^[a-z]/.test(name)).map((name) => name.toLowerCase());
    expect(new Set(camel).size).toBe(camel.length);
  });
});
