/** Families, types and protocols of sockets, by their C names and with the system's values. */
import { constant } from '../../native.js';
import type {
  CanAddress,
  Family,
  Inet6Address,
  InetAddress,
  NetlinkAddress,
  PacketAddress,
  UnixAddress,
  VsockAddress,
} from '../family.js';

// Address and protocol families.
/** Any family. */
export const AF_UNSPEC = constant('AF_UNSPEC');
/** Sockets on this machine, with a path or an abstract name as their address. */
export const AF_UNIX: Family<UnixAddress> = constant('AF_UNIX');
/** IPv4. */
export const AF_INET: Family<InetAddress> = constant('AF_INET');
/** IPv6. */
export const AF_INET6: Family<Inet6Address> = constant('AF_INET6');
/** Messages from and to the kernel. */
export const AF_NETLINK: Family<NetlinkAddress> = constant('AF_NETLINK');
/** Frames of a network device. */
export const AF_PACKET: Family<PacketAddress> = constant('AF_PACKET');
/** Controller area network. */
export const AF_CAN: Family<CanAddress> = constant('AF_CAN');
/** Bluetooth. */
export const AF_BLUETOOTH = constant('AF_BLUETOOTH');
/** The kernel's cryptographic functions. */
export const AF_ALG = constant('AF_ALG');
/** Communication between a virtual machine and its host. */
export const AF_VSOCK: Family<VsockAddress> = constant('AF_VSOCK');
/** Transparent inter-process communication. */
export const AF_TIPC = constant('AF_TIPC');
/** Reliable datagram sockets. */
export const AF_RDS = constant('AF_RDS');
/** Frames of a network device, bypassing the network stack. */
export const AF_XDP = constant('AF_XDP');
/** Qualcomm's IPC router. */
export const AF_QIPCRTR = constant('AF_QIPCRTR');

// Types.
/** A stream of bytes over a connection. */
export const SOCK_STREAM = constant('SOCK_STREAM');
/** Datagrams. */
export const SOCK_DGRAM = constant('SOCK_DGRAM');
/** Raw packets. */
export const SOCK_RAW = constant('SOCK_RAW');
/** Reliable, unordered datagrams. */
export const SOCK_RDM = constant('SOCK_RDM');
/** Reliable, ordered datagrams over a connection. */
export const SOCK_SEQPACKET = constant('SOCK_SEQPACKET');
/** Combined with a type: opens the socket non-blocking. */
export const SOCK_NONBLOCK = constant('SOCK_NONBLOCK');
/** Combined with a type: opens the socket close-on-exec; this package always sets it. */
export const SOCK_CLOEXEC = constant('SOCK_CLOEXEC');

// Protocols, which are also levels of options.
/** IP; as a protocol, the default protocol of the type. */
export const IPPROTO_IP = constant('IPPROTO_IP');
/** ICMP. */
export const IPPROTO_ICMP = constant('IPPROTO_ICMP');
/** IGMP. */
export const IPPROTO_IGMP = constant('IPPROTO_IGMP');
/** IP in IP. */
export const IPPROTO_IPIP = constant('IPPROTO_IPIP');
/** TCP. */
export const IPPROTO_TCP = constant('IPPROTO_TCP');
/** UDP. */
export const IPPROTO_UDP = constant('IPPROTO_UDP');
/** IPv6. */
export const IPPROTO_IPV6 = constant('IPPROTO_IPV6');
/** GRE. */
export const IPPROTO_GRE = constant('IPPROTO_GRE');
/** ESP. */
export const IPPROTO_ESP = constant('IPPROTO_ESP');
/** AH. */
export const IPPROTO_AH = constant('IPPROTO_AH');
/** ICMPv6. */
export const IPPROTO_ICMPV6 = constant('IPPROTO_ICMPV6');
/** SCTP. */
export const IPPROTO_SCTP = constant('IPPROTO_SCTP');
/** UDP-Lite. */
export const IPPROTO_UDPLITE = constant('IPPROTO_UDPLITE');
/** Raw IP packets. */
export const IPPROTO_RAW = constant('IPPROTO_RAW');
/** Multipath TCP. */
export const IPPROTO_MPTCP = constant('IPPROTO_MPTCP');

// Protocols of AF_NETLINK.
/** Links, addresses, routes and neighbors, and notifications of their changes. */
export const NETLINK_ROUTE = constant('NETLINK_ROUTE');
/** Messages between user programs. */
export const NETLINK_USERSOCK = constant('NETLINK_USERSOCK');
/** Obsolete. */
export const NETLINK_FIREWALL = constant('NETLINK_FIREWALL');
/** Netfilter's log. */
export const NETLINK_NFLOG = constant('NETLINK_NFLOG');
/** IPsec. */
export const NETLINK_XFRM = constant('NETLINK_XFRM');
/** Obsolete. */
export const NETLINK_IP6_FW = constant('NETLINK_IP6_FW');
/** Obsolete. */
export const NETLINK_DNRTMSG = constant('NETLINK_DNRTMSG');
/** The kernel's cryptographic functions. */
export const NETLINK_CRYPTO = constant('NETLINK_CRYPTO');

// The directions of shutdown().
/** Shut down receiving. */
export const SHUT_RD = constant('SHUT_RD');
/** Shut down sending: the peer reads the end of the stream. */
export const SHUT_WR = constant('SHUT_WR');
/** Shut down both. */
export const SHUT_RDWR = constant('SHUT_RDWR');

// Limits and IPv4 addresses.
/** The largest backlog in the C headers; the kernel's limit may differ. */
export const SOMAXCONN = constant('SOMAXCONN');
/** 0.0.0.0 */
export const INADDR_ANY = constant('INADDR_ANY');
/** 255.255.255.255 */
export const INADDR_BROADCAST = constant('INADDR_BROADCAST');
/** 127.0.0.1 */
export const INADDR_LOOPBACK = constant('INADDR_LOOPBACK');
/** 255.255.255.255, which some C functions return on failure. */
export const INADDR_NONE = constant('INADDR_NONE');
