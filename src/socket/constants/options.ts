/** Socket options and their levels, by their C names and with the system's values. */
import { constant } from '../../native.js';

// Levels of options, in addition to the protocols.
/** Options of every socket. */
export const SOL_SOCKET = constant('SOL_SOCKET');
/** Equal to IPPROTO_IP. */
export const SOL_IP = constant('SOL_IP');
/** Equal to IPPROTO_TCP. */
export const SOL_TCP = constant('SOL_TCP');
/** Equal to IPPROTO_UDP. */
export const SOL_UDP = constant('SOL_UDP');

// SOL_SOCKET: socket(7).
/** Record debugging information. */
export const SO_DEBUG = constant('SO_DEBUG');
/** Allow binding to an address that old connections still use. */
export const SO_REUSEADDR = constant('SO_REUSEADDR');
/** The type; read-only. */
export const SO_TYPE = constant('SO_TYPE');
/** The pending error; reading clears it. */
export const SO_ERROR = constant('SO_ERROR');
/** Send only to hosts on directly connected networks. */
export const SO_DONTROUTE = constant('SO_DONTROUTE');
/** Allow broadcasts. */
export const SO_BROADCAST = constant('SO_BROADCAST');
/** The size of the send buffer, in bytes; the kernel doubles the value that is set. */
export const SO_SNDBUF = constant('SO_SNDBUF');
/** The size of the receive buffer, in bytes; the kernel doubles the value that is set. */
export const SO_RCVBUF = constant('SO_RCVBUF');
/** As SO_SNDBUF, but may exceed the limit; needs CAP_NET_ADMIN. */
export const SO_SNDBUFFORCE = constant('SO_SNDBUFFORCE');
/** As SO_RCVBUF, but may exceed the limit; needs CAP_NET_ADMIN. */
export const SO_RCVBUFFORCE = constant('SO_RCVBUFFORCE');
/** Send keep-alive probes on idle connections. */
export const SO_KEEPALIVE = constant('SO_KEEPALIVE');
/** Receive out-of-band data inline. */
export const SO_OOBINLINE = constant('SO_OOBINLINE');
/** The priority of packets. */
export const SO_PRIORITY = constant('SO_PRIORITY');
/** How close() treats unsent data: struct linger, 8 bytes. */
export const SO_LINGER = constant('SO_LINGER');
/** Let several sockets bind to one address. */
export const SO_REUSEPORT = constant('SO_REUSEPORT');
/** Receive the credentials of the sender. */
export const SO_PASSCRED = constant('SO_PASSCRED');
/** The credentials of the peer: struct ucred, 12 bytes; read-only. */
export const SO_PEERCRED = constant('SO_PEERCRED');
/** The security label of the peer; read-only. */
export const SO_PEERSEC = constant('SO_PEERSEC');
/** Receive the security label of the sender. */
export const SO_PASSSEC = constant('SO_PASSSEC');
/** The number of bytes that make the socket readable. */
export const SO_RCVLOWAT = constant('SO_RCVLOWAT');
/** The number of bytes that make the socket writable; read-only. */
export const SO_SNDLOWAT = constant('SO_SNDLOWAT');
/** The kernel's receive timeout: struct timeval. Use settimeout() instead. */
export const SO_RCVTIMEO = constant('SO_RCVTIMEO');
/** The kernel's send timeout: struct timeval. Use settimeout() instead. */
export const SO_SNDTIMEO = constant('SO_SNDTIMEO');
/** The name of the network device. */
export const SO_BINDTODEVICE = constant('SO_BINDTODEVICE');
/** Receive the time of arrival as control data. */
export const SO_TIMESTAMP = constant('SO_TIMESTAMP');
/** Whether the socket is listening; read-only. */
export const SO_ACCEPTCONN = constant('SO_ACCEPTCONN');
/** The mark of packets. */
export const SO_MARK = constant('SO_MARK');
/** The protocol; read-only. */
export const SO_PROTOCOL = constant('SO_PROTOCOL');
/** The family; read-only. */
export const SO_DOMAIN = constant('SO_DOMAIN');
/** Receive the number of dropped packets. */
export const SO_RXQ_OVFL = constant('SO_RXQ_OVFL');
/** The offset at which MSG_PEEK reads. */
export const SO_PEEK_OFF = constant('SO_PEEK_OFF');
/** How long to busy-poll, in microseconds. */
export const SO_BUSY_POLL = constant('SO_BUSY_POLL');
/** The CPU that processes the socket's packets. */
export const SO_INCOMING_CPU = constant('SO_INCOMING_CPU');
/** Allow MSG_ZEROCOPY. */
export const SO_ZEROCOPY = constant('SO_ZEROCOPY');

// IPPROTO_IP: ip(7).
/** The type of service. */
export const IP_TOS = constant('IP_TOS');
/** The time to live. */
export const IP_TTL = constant('IP_TTL');
/** Raw packets include their header. */
export const IP_HDRINCL = constant('IP_HDRINCL');
/** The options of the header. */
export const IP_OPTIONS = constant('IP_OPTIONS');
/** Receive the type of service. */
export const IP_RECVTOS = constant('IP_RECVTOS');
/** Queue errors, for MSG_ERRQUEUE. */
export const IP_RECVERR = constant('IP_RECVERR');
/** Receive the destination address of datagrams. */
export const IP_PKTINFO = constant('IP_PKTINFO');
/** Allow binding to addresses of other machines. */
export const IP_TRANSPARENT = constant('IP_TRANSPARENT');
/** Choose the port when connecting, not when binding. */
export const IP_BIND_ADDRESS_NO_PORT = constant('IP_BIND_ADDRESS_NO_PORT');
/** The device for multicast. */
export const IP_MULTICAST_IF = constant('IP_MULTICAST_IF');
/** The time to live of multicast. */
export const IP_MULTICAST_TTL = constant('IP_MULTICAST_TTL');
/** Whether multicast datagrams are looped back to this machine. */
export const IP_MULTICAST_LOOP = constant('IP_MULTICAST_LOOP');
/** Join a group: struct ip_mreqn. */
export const IP_ADD_MEMBERSHIP = constant('IP_ADD_MEMBERSHIP');
/** Leave a group: struct ip_mreqn. */
export const IP_DROP_MEMBERSHIP = constant('IP_DROP_MEMBERSHIP');

// IPPROTO_IPV6: ipv6(7).
/** Whether the socket is restricted to IPv6. */
export const IPV6_V6ONLY = constant('IPV6_V6ONLY');
/** The hop limit. */
export const IPV6_UNICAST_HOPS = constant('IPV6_UNICAST_HOPS');
/** The device for multicast. */
export const IPV6_MULTICAST_IF = constant('IPV6_MULTICAST_IF');
/** The hop limit of multicast. */
export const IPV6_MULTICAST_HOPS = constant('IPV6_MULTICAST_HOPS');
/** Whether multicast datagrams are looped back to this machine. */
export const IPV6_MULTICAST_LOOP = constant('IPV6_MULTICAST_LOOP');
/** Join a group: struct ipv6_mreq. */
export const IPV6_JOIN_GROUP = constant('IPV6_JOIN_GROUP');
/** Leave a group: struct ipv6_mreq. */
export const IPV6_LEAVE_GROUP = constant('IPV6_LEAVE_GROUP');
/** The offset of the checksum in raw packets. */
export const IPV6_CHECKSUM = constant('IPV6_CHECKSUM');
/** Queue errors, for MSG_ERRQUEUE. */
export const IPV6_RECVERR = constant('IPV6_RECVERR');
/** Receive the destination address of datagrams. */
export const IPV6_RECVPKTINFO = constant('IPV6_RECVPKTINFO');
/** The destination address of a datagram. */
export const IPV6_PKTINFO = constant('IPV6_PKTINFO');
/** Receive the hop limit. */
export const IPV6_RECVHOPLIMIT = constant('IPV6_RECVHOPLIMIT');
/** The hop limit of one packet. */
export const IPV6_HOPLIMIT = constant('IPV6_HOPLIMIT');
/** Receive the traffic class. */
export const IPV6_RECVTCLASS = constant('IPV6_RECVTCLASS');
/** The traffic class. */
export const IPV6_TCLASS = constant('IPV6_TCLASS');
/** Fail instead of fragmenting. */
export const IPV6_DONTFRAG = constant('IPV6_DONTFRAG');

// IPPROTO_TCP: tcp(7).
/** Send small segments at once (disables Nagle's algorithm). */
export const TCP_NODELAY = constant('TCP_NODELAY');
/** The maximum segment size. */
export const TCP_MAXSEG = constant('TCP_MAXSEG');
/** Send only full segments. */
export const TCP_CORK = constant('TCP_CORK');
/** Seconds of idleness before the first keep-alive probe. */
export const TCP_KEEPIDLE = constant('TCP_KEEPIDLE');
/** Seconds between keep-alive probes. */
export const TCP_KEEPINTVL = constant('TCP_KEEPINTVL');
/** The number of keep-alive probes before the connection is dropped. */
export const TCP_KEEPCNT = constant('TCP_KEEPCNT');
/** The number of SYNs to send before connecting fails. */
export const TCP_SYNCNT = constant('TCP_SYNCNT');
/** Seconds to stay in FIN_WAIT2. */
export const TCP_LINGER2 = constant('TCP_LINGER2');
/** Wake a listener only once data arrives. */
export const TCP_DEFER_ACCEPT = constant('TCP_DEFER_ACCEPT');
/** The maximum window size. */
export const TCP_WINDOW_CLAMP = constant('TCP_WINDOW_CLAMP');
/** The kernel's state of the connection: struct tcp_info; read-only. */
export const TCP_INFO = constant('TCP_INFO');
/** Send acknowledgments at once. */
export const TCP_QUICKACK = constant('TCP_QUICKACK');
/** The name of the congestion control algorithm. */
export const TCP_CONGESTION = constant('TCP_CONGESTION');
/** How long sent data may stay unacknowledged, in milliseconds. */
export const TCP_USER_TIMEOUT = constant('TCP_USER_TIMEOUT');
/** Accept data in the SYN. */
export const TCP_FASTOPEN = constant('TCP_FASTOPEN');
/** The number of unsent bytes above which the socket is not writable. */
export const TCP_NOTSENT_LOWAT = constant('TCP_NOTSENT_LOWAT');
