/** Flags of sending, receiving and resolving, and the resolver's codes, by their C names and with the system's values. */
import { constant } from '../../native.js';

// Flags of send and recv.
/** Out-of-band data. */
export const MSG_OOB = constant('MSG_OOB');
/** Leave the data in the queue. */
export const MSG_PEEK = constant('MSG_PEEK');
/** To hosts on this network only. */
export const MSG_DONTROUTE = constant('MSG_DONTROUTE');
/** Control data was cut. */
export const MSG_CTRUNC = constant('MSG_CTRUNC');
/** Return the real length of a datagram, even of one that was cut. */
export const MSG_TRUNC = constant('MSG_TRUNC');
/** Do not wait, this once. */
export const MSG_DONTWAIT = constant('MSG_DONTWAIT');
/** The end of a record. */
export const MSG_EOR = constant('MSG_EOR');
/** Wait for all that was asked for. */
export const MSG_WAITALL = constant('MSG_WAITALL');
/** The neighbour is known to be there. */
export const MSG_CONFIRM = constant('MSG_CONFIRM');
/** From the queue of errors. */
export const MSG_ERRQUEUE = constant('MSG_ERRQUEUE');
/** No SIGPIPE; every call that sends sets it. */
export const MSG_NOSIGNAL = constant('MSG_NOSIGNAL');
/** More will follow: wait with the packet. */
export const MSG_MORE = constant('MSG_MORE');
/** Of recvmmsg: wait for the first only. */
export const MSG_WAITFORONE = constant('MSG_WAITFORONE');
/** Descriptors that arrive are close-on-exec. */
export const MSG_CMSG_CLOEXEC = constant('MSG_CMSG_CLOEXEC');
/** Connect and send in one. */
export const MSG_FASTOPEN = constant('MSG_FASTOPEN');
/** Send without copying. */
export const MSG_ZEROCOPY = constant('MSG_ZEROCOPY');

// Flags of getaddrinfo.
/** For bind: no host means any address. */
export const AI_PASSIVE = constant('AI_PASSIVE');
/** Ask for the canonical name. */
export const AI_CANONNAME = constant('AI_CANONNAME');
/** The host is an address, not a name. */
export const AI_NUMERICHOST = constant('AI_NUMERICHOST');
/** The service is a number, not a name. */
export const AI_NUMERICSERV = constant('AI_NUMERICSERV');
/** IPv4 addresses as IPv6 where there are no IPv6 ones. */
export const AI_V4MAPPED = constant('AI_V4MAPPED');
/** With AI_V4MAPPED: both. */
export const AI_ALL = constant('AI_ALL');
/** Only families that this machine has addresses of. */
export const AI_ADDRCONFIG = constant('AI_ADDRCONFIG');

// Flags of getnameinfo.
/** The host as an address. */
export const NI_NUMERICHOST = constant('NI_NUMERICHOST');
/** The service as a number. */
export const NI_NUMERICSERV = constant('NI_NUMERICSERV');
/** The host's name only, for hosts of this domain. */
export const NI_NOFQDN = constant('NI_NOFQDN');
/** An error where the host has no name. */
export const NI_NAMEREQD = constant('NI_NAMEREQD');
/** The service of UDP. */
export const NI_DGRAM = constant('NI_DGRAM');

// Codes of the resolver, in the `errno` of a GaiError.
/** The flags make no sense. */
export const EAI_BADFLAGS = constant('EAI_BADFLAGS');
/** The name or the service is not known. */
export const EAI_NONAME = constant('EAI_NONAME');
/** No answer for now. */
export const EAI_AGAIN = constant('EAI_AGAIN');
/** No answer, for good. */
export const EAI_FAIL = constant('EAI_FAIL');
/** A family that the resolver does not know. */
export const EAI_FAMILY = constant('EAI_FAMILY');
/** A type that the resolver does not know. */
export const EAI_SOCKTYPE = constant('EAI_SOCKTYPE');
/** The service is not known for this type. */
export const EAI_SERVICE = constant('EAI_SERVICE');
/** Out of memory. */
export const EAI_MEMORY = constant('EAI_MEMORY');
/** A system call failed. */
export const EAI_SYSTEM = constant('EAI_SYSTEM');
/** The name is too long for its place. */
export const EAI_OVERFLOW = constant('EAI_OVERFLOW');
/** The name has no address. */
export const EAI_NODATA = constant('EAI_NODATA');
/** The name has no address of this family. */
export const EAI_ADDRFAMILY = constant('EAI_ADDRFAMILY');
