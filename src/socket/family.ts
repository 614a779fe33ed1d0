/** The address types of each family. */

/** An IPv4 address. */
export type InetAddress = [host: string, port: number];
/** An IPv6 address. */
export type Inet6Address = [host: string, port: number, flowinfo: number, scopeId: number];
/** An AF_NETLINK address: the port ID of the socket (0 is the kernel), and a bit mask of the groups it listens to. */
export type NetlinkAddress = [pid: number, groups: number];

/**
 * An address of AF_PACKET: the interface, the protocol (`ETH_P_*`), the kind of packet (`PACKET_*`), the type of the
 * hardware and its address.
 */
export type PacketAddress = [
  ifname: string,
  proto: number,
  pkttype: number,
  hatype: number,
  addr: Uint8Array,
];
/** An address of AF_VSOCK: the machine (`VMADDR_CID_*`) and the port. */
export type VsockAddress = [cid: number, port: number];
/**
 * An address of AF_CAN: the interface, `''` for all; of the protocol CAN_ISOTP with the identifiers received and sent;
 * of CAN_J1939 with name, parameter group and address.
 */
export type CanAddress =
  | [ifname: string]
  | [ifname: string, rxAddr: number, txAddr: number]
  | [ifname: string, name: bigint, pgn: number, addr: number];

/**
 * An address of AF_UNIX: a path, or an abstract name, which starts with `'\0'`; `''` means none. A name that is not
 * UTF-8 is the bytes of its `struct sockaddr`.
 */
export type UnixAddress = string | Uint8Array;

/**
 * An address as a caller passes it. For AF_INET, `[host, port]`; for AF_INET6, also the flow and the
 * scope. For AF_UNIX a path, or an abstract name, which begins with `'\0'`. For other families, see
 * {@link NetlinkAddress}, {@link PacketAddress}, {@link VsockAddress} and {@link CanAddress}; for
 * AF_ALG, `[type, name, feat?, mask?]`. For any family, the bytes of a `struct sockaddr`.
 *
 * A host is a numeric address, or a name to look up. `''` means any address, and `'<broadcast>'` means
 * 255.255.255.255.
 */
export type AddressLike =
  | readonly [host: string, port: number, flowinfo?: number, scopeId?: number]
  | readonly [pid: number, groups: number]
  | readonly (string | number | bigint | Uint8Array)[]
  | string
  | Uint8Array;

/**
 * An address as it is returned: for AF_INET, `[host, port]`; for AF_INET6, `[host, port, flowinfo,
 * scopeId]`; for AF_UNIX, the path or the abstract name; for AF_NETLINK, AF_PACKET, AF_VSOCK and AF_CAN, an
 * array; for any other family, and an AF_UNIX name that is not UTF-8, the bytes of the `struct sockaddr`. `''` stands
 * for a socket without a name, or a peer that the kernel does not name.
 */
export type Address =
  | InetAddress
  | Inet6Address
  | UnixAddress
  | NetlinkAddress
  | PacketAddress
  | VsockAddress
  | CanAddress
  | Uint8Array;

declare const address: unique symbol;

/**
 * The number of a family, `AF_INET` and so on. Its type knows the addresses of the family's sockets, so that
 * `socket(AF_INET).getsockname()` is an {@link InetAddress}; any other number is accepted, too.
 */
// biome-ignore lint/suspicious/noExplicitAny: nothing is known about a number that is not a constant.
export type Family<A extends Address = any> = number & {
  /** For types only: no number has this property. */
  readonly [address]?: A;
};
