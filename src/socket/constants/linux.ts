/** Numbers of AF_PACKET, AF_VSOCK, AF_CAN and AF_ALG, by their C names and with the system's values. */
import { constant } from '../../native.js';

// AF_PACKET: packet(7).
/** AF_PACKET by its other name. */
export const PF_PACKET = constant('PF_PACKET');
/** To this machine. */
export const PACKET_HOST = constant('PACKET_HOST');
/** To all. */
export const PACKET_BROADCAST = constant('PACKET_BROADCAST');
/** To a group. */
export const PACKET_MULTICAST = constant('PACKET_MULTICAST');
/** To another machine; seen in promiscuous mode. */
export const PACKET_OTHERHOST = constant('PACKET_OTHERHOST');
/** Sent by this machine. */
export const PACKET_OUTGOING = constant('PACKET_OUTGOING');
/** Unused: the kernel keeps it to itself. */
export const PACKET_LOOPBACK = constant('PACKET_LOOPBACK');
/** Unused by now. */
export const PACKET_FASTROUTE = constant('PACKET_FASTROUTE');

// AF_VSOCK: vsock(7).
/** Any machine, to bind to. */
export const VMADDR_CID_ANY = constant('VMADDR_CID_ANY');
/** The host. */
export const VMADDR_CID_HOST = constant('VMADDR_CID_HOST');
/** Any free port. */
export const VMADDR_PORT_ANY = constant('VMADDR_PORT_ANY');
/** The size of the buffer. */
export const SO_VM_SOCKETS_BUFFER_SIZE = constant('SO_VM_SOCKETS_BUFFER_SIZE');
/** The least size of the buffer. */
export const SO_VM_SOCKETS_BUFFER_MIN_SIZE = constant('SO_VM_SOCKETS_BUFFER_MIN_SIZE');
/** The largest size of the buffer. */
export const SO_VM_SOCKETS_BUFFER_MAX_SIZE = constant('SO_VM_SOCKETS_BUFFER_MAX_SIZE');
/** The version of a device that has none. */
export const VM_SOCKETS_INVALID_VERSION = constant('VM_SOCKETS_INVALID_VERSION');
/** ioctl of /dev/vsock: the number of this machine. */
export const IOCTL_VM_SOCKETS_GET_LOCAL_CID = constant('IOCTL_VM_SOCKETS_GET_LOCAL_CID');

// AF_CAN: the protocols' options and the bits of an identifier.
/** AF_CAN by its other name. */
export const PF_CAN = constant('PF_CAN');
/** Protocol: frames as they are. */
export const CAN_RAW = constant('CAN_RAW');
/** Protocol: the broadcast manager. */
export const CAN_BCM = constant('CAN_BCM');
/** Protocol: messages longer than a frame. */
export const CAN_ISOTP = constant('CAN_ISOTP');
/** Protocol: SAE J1939. */
export const CAN_J1939 = constant('CAN_J1939');
/** The level of options of protocol 0. */
export const SOL_CAN_BASE = constant('SOL_CAN_BASE');
/** The level of the options of CAN_RAW. */
export const SOL_CAN_RAW = constant('SOL_CAN_RAW');
/** The identifiers to receive. */
export const CAN_RAW_FILTER = constant('CAN_RAW_FILTER');
/** Whether others on this machine see what is sent. */
export const CAN_RAW_LOOPBACK = constant('CAN_RAW_LOOPBACK');
/** Whether the sender sees it, too. */
export const CAN_RAW_RECV_OWN_MSGS = constant('CAN_RAW_RECV_OWN_MSGS');
/** Frames of CAN FD as well. */
export const CAN_RAW_FD_FRAMES = constant('CAN_RAW_FD_FRAMES');
/** All filters must match. */
export const CAN_RAW_JOIN_FILTERS = constant('CAN_RAW_JOIN_FILTERS');
/** An identifier of 29 bits. */
export const CAN_EFF_FLAG = constant('CAN_EFF_FLAG');
/** A request for data. */
export const CAN_RTR_FLAG = constant('CAN_RTR_FLAG');
/** A message about an error. */
export const CAN_ERR_FLAG = constant('CAN_ERR_FLAG');
/** The bits of a standard identifier. */
export const CAN_SFF_MASK = constant('CAN_SFF_MASK');
/** The bits of an extended identifier. */
export const CAN_EFF_MASK = constant('CAN_EFF_MASK');
/** The bits of a kind of error. */
export const CAN_ERR_MASK = constant('CAN_ERR_MASK');

// CAN_BCM: operations and flags.
/** Send in turns. */
export const CAN_BCM_TX_SETUP = constant('CAN_BCM_TX_SETUP');
/** Stop sending. */
export const CAN_BCM_TX_DELETE = constant('CAN_BCM_TX_DELETE');
/** Ask about sending. */
export const CAN_BCM_TX_READ = constant('CAN_BCM_TX_READ');
/** Send once. */
export const CAN_BCM_TX_SEND = constant('CAN_BCM_TX_SEND');
/** Watch for changes. */
export const CAN_BCM_RX_SETUP = constant('CAN_BCM_RX_SETUP');
/** Stop watching. */
export const CAN_BCM_RX_DELETE = constant('CAN_BCM_RX_DELETE');
/** Ask about watching. */
export const CAN_BCM_RX_READ = constant('CAN_BCM_RX_READ');
/** Answer to TX_READ. */
export const CAN_BCM_TX_STATUS = constant('CAN_BCM_TX_STATUS');
/** The count has run out. */
export const CAN_BCM_TX_EXPIRED = constant('CAN_BCM_TX_EXPIRED');
/** Answer to RX_READ. */
export const CAN_BCM_RX_STATUS = constant('CAN_BCM_RX_STATUS');
/** Nothing came in time. */
export const CAN_BCM_RX_TIMEOUT = constant('CAN_BCM_RX_TIMEOUT');
/** The content has changed. */
export const CAN_BCM_RX_CHANGED = constant('CAN_BCM_RX_CHANGED');
/** Set the intervals. */
export const CAN_BCM_SETTIMER = constant('CAN_BCM_SETTIMER');
/** Start the timer. */
export const CAN_BCM_STARTTIMER = constant('CAN_BCM_STARTTIMER');
/** Tell when the count has run out. */
export const CAN_BCM_TX_COUNTEVT = constant('CAN_BCM_TX_COUNTEVT');
/** Send a change at once. */
export const CAN_BCM_TX_ANNOUNCE = constant('CAN_BCM_TX_ANNOUNCE');
/** Copy the identifier into each frame. */
export const CAN_BCM_TX_CP_CAN_ID = constant('CAN_BCM_TX_CP_CAN_ID');
/** Filter by identifier alone. */
export const CAN_BCM_RX_FILTER_ID = constant('CAN_BCM_RX_FILTER_ID');
/** A change of length counts. */
export const CAN_BCM_RX_CHECK_DLC = constant('CAN_BCM_RX_CHECK_DLC');
/** Do not start the timer by itself. */
export const CAN_BCM_RX_NO_AUTOTIMER = constant('CAN_BCM_RX_NO_AUTOTIMER');
/** Tell when frames come again. */
export const CAN_BCM_RX_ANNOUNCE_RESUME = constant('CAN_BCM_RX_ANNOUNCE_RESUME');
/** Start with the first frame. */
export const CAN_BCM_TX_RESET_MULTI_IDX = constant('CAN_BCM_TX_RESET_MULTI_IDX');
/** Answer a request for data. */
export const CAN_BCM_RX_RTR_FRAME = constant('CAN_BCM_RX_RTR_FRAME');
/** Frames of CAN FD. */
export const CAN_BCM_CAN_FD_FRAME = constant('CAN_BCM_CAN_FD_FRAME');

// CAN_J1939: addresses, options, control messages.
/** The highest address of a device. */
export const J1939_MAX_UNICAST_ADDR = constant('J1939_MAX_UNICAST_ADDR');
/** No address yet. */
export const J1939_IDLE_ADDR = constant('J1939_IDLE_ADDR');
/** No address, or all. */
export const J1939_NO_ADDR = constant('J1939_NO_ADDR');
/** No name. */
export const J1939_NO_NAME = constant('J1939_NO_NAME');
/** Parameter group: request. */
export const J1939_PGN_REQUEST = constant('J1939_PGN_REQUEST');
/** Parameter group: address claimed. */
export const J1939_PGN_ADDRESS_CLAIMED = constant('J1939_PGN_ADDRESS_CLAIMED');
/** Parameter group: commanded address. */
export const J1939_PGN_ADDRESS_COMMANDED = constant('J1939_PGN_ADDRESS_COMMANDED');
/** The last parameter group that has a destination. */
export const J1939_PGN_PDU1_MAX = constant('J1939_PGN_PDU1_MAX');
/** The last parameter group. */
export const J1939_PGN_MAX = constant('J1939_PGN_MAX');
/** No parameter group. */
export const J1939_NO_PGN = constant('J1939_NO_PGN');
/** What to receive. */
export const SO_J1939_FILTER = constant('SO_J1939_FILTER');
/** Receive all. */
export const SO_J1939_PROMISC = constant('SO_J1939_PROMISC');
/** The priority of what is sent. */
export const SO_J1939_SEND_PRIO = constant('SO_J1939_SEND_PRIO');
/** Receive errors. */
export const SO_J1939_ERRQUEUE = constant('SO_J1939_ERRQUEUE');
/** The destination's address. */
export const SCM_J1939_DEST_ADDR = constant('SCM_J1939_DEST_ADDR');
/** The destination's name. */
export const SCM_J1939_DEST_NAME = constant('SCM_J1939_DEST_NAME');
/** The priority. */
export const SCM_J1939_PRIO = constant('SCM_J1939_PRIO');
/** An error. */
export const SCM_J1939_ERRQUEUE = constant('SCM_J1939_ERRQUEUE');
/** Padding. */
export const J1939_NLA_PAD = constant('J1939_NLA_PAD');
/** How many bytes were acknowledged. */
export const J1939_NLA_BYTES_ACKED = constant('J1939_NLA_BYTES_ACKED');
/** Nothing more is known. */
export const J1939_EE_INFO_NONE = constant('J1939_EE_INFO_NONE');
/** The sending was aborted. */
export const J1939_EE_INFO_TX_ABORT = constant('J1939_EE_INFO_TX_ABORT');
/** The most filters. */
export const J1939_FILTER_MAX = constant('J1939_FILTER_MAX');

// AF_ALG: the kernel's cryptography.
/** The level of its options and control messages. */
export const SOL_ALG = constant('SOL_ALG');
/** The key. */
export const ALG_SET_KEY = constant('ALG_SET_KEY');
/** The initialization vector. */
export const ALG_SET_IV = constant('ALG_SET_IV');
/** The operation. */
export const ALG_SET_OP = constant('ALG_SET_OP');
/** The length of what is only authenticated. */
export const ALG_SET_AEAD_ASSOCLEN = constant('ALG_SET_AEAD_ASSOCLEN');
/** The length of the tag. */
export const ALG_SET_AEAD_AUTHSIZE = constant('ALG_SET_AEAD_AUTHSIZE');
/** The public key; in no kernel yet. */
export const ALG_SET_PUBKEY = constant('ALG_SET_PUBKEY');
/** Decrypt. */
export const ALG_OP_DECRYPT = constant('ALG_OP_DECRYPT');
/** Encrypt. */
export const ALG_OP_ENCRYPT = constant('ALG_OP_ENCRYPT');
/** Sign; in no kernel yet. */
export const ALG_OP_SIGN = constant('ALG_OP_SIGN');
/** Verify; in no kernel yet. */
export const ALG_OP_VERIFY = constant('ALG_OP_VERIFY');

// AF_RDS.
/** AF_RDS by its other name. */
export const PF_RDS = constant('PF_RDS');
/** The level of its options. */
export const SOL_RDS = constant('SOL_RDS');
