/** Looks up the addresses of a host while the other tasks go on. */
import { checkPort } from '../socket/address.js';
import { infosOf, openQuery } from '../socket/getaddrinfo.js';
import { type AddressLike, type AddrInfo, AF_INET, AF_INET6, getaddrinfo } from '../socket/index.js';
import { waitRead } from './ready.js';
import type { Coroutine } from './suspend.js';

/** What needs no name server: an address, no host, and what is not a host at all. */
function isAnsweredAtOnce(host: unknown): boolean {
  return typeof host !== 'string' || host === '' || /^[\d.]*$|[:<]/.test(host);
}

/**
 * As `getaddrinfo()` of `fd-selectors/socket`: where the name servers have to be asked, the task waits.
 *
 * @throws as that one does.
 */
export function* lookup(host: string, port: number, family: number, type: number): Coroutine<AddrInfo[]> {
  if (isAnsweredAtOnce(host)) return getaddrinfo(host, port, family, type);
  const query = openQuery(host, port, family, type);
  try {
    yield* waitRead(query);
    return infosOf(query.answer());
  } finally {
    query.close();
  }
}

/** An address for a socket, in which a host's name is replaced by the first of its addresses. */
export function* resolved(address: AddressLike, family: number): Coroutine<AddressLike> {
  if (!Array.isArray(address) || (family !== AF_INET && family !== AF_INET6)) return address;
  const [host, port, ...rest] = address as [string, number, ...unknown[]];
  // The call itself refuses what is not an address.
  if (address.length < 2 || isAnsweredAtOnce(host)) return address;
  checkPort(port);
  const [first] = yield* lookup(host, port, family, 0);
  const [, , , , found] = first as AddrInfo;
  return rest.length === 0 ? found : ([found[0], port, ...rest] as unknown as AddressLike);
}
