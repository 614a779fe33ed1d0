/** Flags for sending, receiving and resolving, and the resolver's error codes, by their C names and with the system's values. */
import { constant } from '../../native.js';

// Flags of send and recv.
/** Send or receive out-of-band data. */
export const MSG_OOB = constant('MSG_OOB');
/** Leave the data in the queue. */
export const MSG_PEEK = constant('MSG_PEEK');
/** Send only to hosts on directly connected networks. */
export const MSG_DONTROUTE = constant('MSG_DONTROUTE');
/** Control data was truncated. */
export const MSG_CTRUNC = constant('MSG_CTRUNC');
/** Return the real length of a datagram, even if it was truncated. */
export const MSG_TRUNC = constant('MSG_TRUNC');
/** Do not wait in this call. */
export const MSG_DONTWAIT = constant('MSG_DONTWAIT');
/** End a record. */
export const MSG_EOR = constant('MSG_EOR');
/** Wait until all requested bytes have arrived. */
export const MSG_WAITALL = constant('MSG_WAITALL');
/** Confirm that the neighbor is reachable. */
export const MSG_CONFIRM = constant('MSG_CONFIRM');
/** Receive from the error queue. */
export const MSG_ERRQUEUE = constant('MSG_ERRQUEUE');
/** Do not raise SIGPIPE; every sending call of this package sets it. */
export const MSG_NOSIGNAL = constant('MSG_NOSIGNAL');
/** More data follows: delay the packet. */
export const MSG_MORE = constant('MSG_MORE');
/** For recvmmsg(2): wait only for the first message. */
export const MSG_WAITFORONE = constant('MSG_WAITFORONE');
/** Make received descriptors close-on-exec. */
export const MSG_CMSG_CLOEXEC = constant('MSG_CMSG_CLOEXEC');
/** Connect and send in one call. */
export const MSG_FASTOPEN = constant('MSG_FASTOPEN');
/** Send without copying. */
export const MSG_ZEROCOPY = constant('MSG_ZEROCOPY');

// Flags of getaddrinfo.
/** For bind(): without a host, return any address. */
export const AI_PASSIVE = constant('AI_PASSIVE');
/** Return the canonical name. */
export const AI_CANONNAME = constant('AI_CANONNAME');
/** The host is an address, not a name. */
export const AI_NUMERICHOST = constant('AI_NUMERICHOST');
/** The service is a number, not a name. */
export const AI_NUMERICSERV = constant('AI_NUMERICSERV');
/** Without IPv6 addresses, return IPv4 addresses mapped to IPv6. */
export const AI_V4MAPPED = constant('AI_V4MAPPED');
/** With AI_V4MAPPED: return both. */
export const AI_ALL = constant('AI_ALL');
/** Return only families for which this machine has an address. */
export const AI_ADDRCONFIG = constant('AI_ADDRCONFIG');

// Flags of getnameinfo.
/** Return the host as a numeric address. */
export const NI_NUMERICHOST = constant('NI_NUMERICHOST');
/** Return the service as a number. */
export const NI_NUMERICSERV = constant('NI_NUMERICSERV');
/** Return only the first part of the name for hosts of this domain. */
export const NI_NOFQDN = constant('NI_NOFQDN');
/** Fail if the host has no name. */
export const NI_NAMEREQD = constant('NI_NAMEREQD');
/** Look up a UDP service. */
export const NI_DGRAM = constant('NI_DGRAM');

// Error codes of the resolver: the `errno` of a GaiError.
/** The flags are invalid. */
export const EAI_BADFLAGS = constant('EAI_BADFLAGS');
/** The name or the service is not known. */
export const EAI_NONAME = constant('EAI_NONAME');
/** A temporary failure; try again. */
export const EAI_AGAIN = constant('EAI_AGAIN');
/** A permanent failure. */
export const EAI_FAIL = constant('EAI_FAIL');
/** The resolver does not support the family. */
export const EAI_FAMILY = constant('EAI_FAMILY');
/** The resolver does not support the type. */
export const EAI_SOCKTYPE = constant('EAI_SOCKTYPE');
/** The service is not known for this type. */
export const EAI_SERVICE = constant('EAI_SERVICE');
/** Out of memory. */
export const EAI_MEMORY = constant('EAI_MEMORY');
/** A system call failed. */
export const EAI_SYSTEM = constant('EAI_SYSTEM');
/** The name does not fit into the buffer. */
export const EAI_OVERFLOW = constant('EAI_OVERFLOW');
/** The name has no address. */
export const EAI_NODATA = constant('EAI_NODATA');
/** The name has no address of this family. */
export const EAI_ADDRFAMILY = constant('EAI_ADDRFAMILY');
