/** Control messages, and what of IP fewer programs need, by their C names and with the system's values. */
import { constant } from '../../native.js';

// Control messages of SOL_SOCKET: unix(7), socket(7).
/** Descriptors. */
export const SCM_RIGHTS = constant('SCM_RIGHTS');
/** Who sent it: pid, uid and gid, an int each. */
export const SCM_CREDENTIALS = constant('SCM_CREDENTIALS');
/** When it came: struct timeval. */
export const SCM_TIMESTAMP = constant('SCM_TIMESTAMP');
/** When it came: struct timespec. */
export const SCM_TIMESTAMPNS = constant('SCM_TIMESTAMPNS');
/** Receive the time of arrival, in nanoseconds. */
export const SO_TIMESTAMPNS = constant('SO_TIMESTAMPNS');

// Ports.
/** Ports below are for privileged programs. */
export const IPPORT_RESERVED = constant('IPPORT_RESERVED');
/** Ports above are for programs of users. */
export const IPPORT_USERRESERVED = constant('IPPORT_USERRESERVED');

// More addresses of IPv4.
/** 224.0.0.0 */
export const INADDR_UNSPEC_GROUP = constant('INADDR_UNSPEC_GROUP');
/** 224.0.0.1 */
export const INADDR_ALLHOSTS_GROUP = constant('INADDR_ALLHOSTS_GROUP');
/** 224.0.0.255 */
export const INADDR_MAX_LOCAL_GROUP = constant('INADDR_MAX_LOCAL_GROUP');

// More protocols.
/** Hop-by-hop options of IPv6. */
export const IPPROTO_HOPOPTS = constant('IPPROTO_HOPOPTS');
/** EGP. */
export const IPPROTO_EGP = constant('IPPROTO_EGP');
/** PUP. */
export const IPPROTO_PUP = constant('IPPROTO_PUP');
/** IDP. */
export const IPPROTO_IDP = constant('IPPROTO_IDP');
/** TP class 4. */
export const IPPROTO_TP = constant('IPPROTO_TP');
/** The routing header of IPv6. */
export const IPPROTO_ROUTING = constant('IPPROTO_ROUTING');
/** The fragment header of IPv6. */
export const IPPROTO_FRAGMENT = constant('IPPROTO_FRAGMENT');
/** RSVP. */
export const IPPROTO_RSVP = constant('IPPROTO_RSVP');
/** No next header of IPv6. */
export const IPPROTO_NONE = constant('IPPROTO_NONE');
/** Destination options of IPv6. */
export const IPPROTO_DSTOPTS = constant('IPPROTO_DSTOPTS');
/** PIM. */
export const IPPROTO_PIM = constant('IPPROTO_PIM');

// More options of IPPROTO_IP.
/** Receive the time to live. */
export const IP_RECVTTL = constant('IP_RECVTTL');
/** Receive the options of the header. */
export const IP_RECVOPTS = constant('IP_RECVOPTS');
/** Receive them as they stand. */
export const IP_RETOPTS = constant('IP_RETOPTS');
/** As IP_RETOPTS. */
export const IP_RECVRETOPTS = constant('IP_RECVRETOPTS');
/** Receive the original destination. */
export const IP_RECVORIGDSTADDR = constant('IP_RECVORIGDSTADDR');
/** Whether packets may be fragmented. */
export const IP_MTU_DISCOVER = constant('IP_MTU_DISCOVER');
/** The path's MTU; to read. */
export const IP_MTU = constant('IP_MTU');
/** What IP_MULTICAST_TTL is at first. */
export const IP_DEFAULT_MULTICAST_TTL = constant('IP_DEFAULT_MULTICAST_TTL');
/** What IP_MULTICAST_LOOP is at first. */
export const IP_DEFAULT_MULTICAST_LOOP = constant('IP_DEFAULT_MULTICAST_LOOP');
/** How many groups a socket can join. */
export const IP_MAX_MEMBERSHIPS = constant('IP_MAX_MEMBERSHIPS');

// More options of IPPROTO_IPV6.
/** The next hop. */
export const IPV6_NEXTHOP = constant('IPV6_NEXTHOP');
/** Receive hop-by-hop options. */
export const IPV6_RECVHOPOPTS = constant('IPV6_RECVHOPOPTS');
/** Hop-by-hop options. */
export const IPV6_HOPOPTS = constant('IPV6_HOPOPTS');
/** Receive the routing header. */
export const IPV6_RECVRTHDR = constant('IPV6_RECVRTHDR');
/** The routing header. */
export const IPV6_RTHDR = constant('IPV6_RTHDR');
/** Destination options before the routing header. */
export const IPV6_RTHDRDSTOPTS = constant('IPV6_RTHDRDSTOPTS');
/** The type of the routing header. */
export const IPV6_RTHDR_TYPE_0 = constant('IPV6_RTHDR_TYPE_0');
/** Receive destination options. */
export const IPV6_RECVDSTOPTS = constant('IPV6_RECVDSTOPTS');
/** Destination options. */
export const IPV6_DSTOPTS = constant('IPV6_DSTOPTS');
/** Receive the path's MTU. */
export const IPV6_RECVPATHMTU = constant('IPV6_RECVPATHMTU');
/** The path's MTU. */
export const IPV6_PATHMTU = constant('IPV6_PATHMTU');

// UDP-Lite.
/** How much of a packet is checked, when sent. */
export const UDPLITE_SEND_CSCOV = constant('UDPLITE_SEND_CSCOV');
/** How much must be checked, when received. */
export const UDPLITE_RECV_CSCOV = constant('UDPLITE_RECV_CSCOV');

// Sizes.
/** Bytes of the longest name of a host, and its NUL. */
export const NI_MAXHOST = constant('NI_MAXHOST');
/** Bytes of the longest name of a service, and its NUL. */
export const NI_MAXSERV = constant('NI_MAXSERV');
