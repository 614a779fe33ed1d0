/** Addresses of Linux-only families: AF_PACKET, AF_VSOCK, AF_CAN, AF_ALG. */
import { isUint8Array } from 'node:util/types';
import { checkInteger, checkString, typeError } from '../arguments.js';
import { check, ValueError } from '../errors.js';
import { native } from '../native.js';
import { AF_ALG, AF_CAN, AF_PACKET, AF_VSOCK, CAN_ISOTP, CAN_J1939 } from './constants/index.js';
import type { CanAddress, PacketAddress, VsockAddress } from './family.js';

/** Bytes of the structs, and of the texts in `struct sockaddr_alg`. */
const PACKET_BYTES = 20;
const VSOCK_BYTES = 16;
const CAN_BYTES = 24;
const ALG_BYTES = 88;
const ALG_TYPE_BYTES = 14;
const ALG_NAME_BYTES = 64;
const HARDWARE_BYTES = 8;

const UINT = 0xffff_ffff;

/** What an address to encode is made of. */
type Parts = readonly unknown[];

function shapeError(family: string, shape: string, address: unknown): TypeError {
  return typeError('address', `${shape} for ${family}`, address);
}

function partsOf(address: unknown, family: string, shape: string, least: number, most: number): Parts {
  if (Array.isArray(address) && address.length >= least && address.length <= most) return address;
  throw shapeError(family, shape, address);
}

function integer(name: string, value: unknown, max = UINT): number {
  checkInteger(name, value as number, 0, max);
  return value as number;
}

/** The index of an interface: 0, which is all of them, for `''`. */
function indexOf(ifname: unknown): number {
  checkString('interface', ifname as string);
  return ifname === '' ? 0 : interfaceIndex(ifname as string);
}

/** Bytes of the longest name of an interface, and its NUL. */
const IF_NAMESIZE = 16;

/** The index of an interface by its name. @throws {@link OSError} `ENODEV`. */
export function interfaceIndex(ifname: string): number {
  // The kernel would not be asked for a name that is too long.
  const possible = Buffer.byteLength(ifname) < IF_NAMESIZE && !ifname.includes('\0');
  return check(native.ifNametoindex(possible ? ifname : ' '), 'if_nametoindex');
}

const nameBytes = Buffer.alloc(IF_NAMESIZE);

/** The name of an interface by its index. @throws {@link OSError} `ENXIO`. */
export function interfaceName(index: number): string {
  const length = check(native.ifIndextoname(index, nameBytes), 'if_indextoname');
  return nameBytes.toString('utf8', 0, length - 1);
}

/** As {@link interfaceName}, but `''` for none and for one that has gone. */
function nameOf(index: number): string {
  const length = index === 0 ? 0 : native.ifIndextoname(index, nameBytes);
  return length <= 0 ? '' : nameBytes.toString('utf8', 0, length - 1);
}

function encodePacket(address: unknown): Buffer {
  const shape = '[ifname, proto, pkttype?, hatype?, addr?]';
  const parts = partsOf(address, 'AF_PACKET', shape, 2, 5);
  const [ifname, proto, pkttype = 0, hatype = 0, addr = Buffer.alloc(0)] = parts;
  if (!isUint8Array(addr)) throw shapeError('AF_PACKET', `${shape} with a Buffer as addr`, address);
  if (addr.length > HARDWARE_BYTES) {
    throw new ValueError(
      'ERR_INVALID_ADDRESS',
      `A hardware address must have at most ${HARDWARE_BYTES} bytes`,
    );
  }
  const bytes = Buffer.alloc(PACKET_BYTES);
  bytes.writeUInt16BE(integer('proto', proto, 0xffff), 2);
  bytes.writeInt32LE(indexOf(ifname), 4);
  bytes.writeUInt16LE(integer('hatype', hatype, 0xffff), 8);
  bytes.writeUInt8(integer('pkttype', pkttype, 0xff), 10);
  bytes.writeUInt8(addr.length, 11);
  bytes.set(addr, 12);
  return bytes;
}

function decodePacket(bytes: Buffer): PacketAddress {
  const end = 12 + Math.min(bytes.readUInt8(11), HARDWARE_BYTES);
  return [
    nameOf(bytes.readInt32LE(4)),
    bytes.readUInt16BE(2),
    bytes.readUInt8(10),
    bytes.readUInt16LE(8),
    Buffer.from(bytes.subarray(12, end)),
  ];
}

function encodeVsock(address: unknown): Buffer {
  const [cid, port] = partsOf(address, 'AF_VSOCK', '[cid, port]', 2, 2);
  const bytes = Buffer.alloc(VSOCK_BYTES);
  bytes.writeUInt32LE(integer('port', port), 4);
  bytes.writeUInt32LE(integer('cid', cid), 8);
  return bytes;
}

function decodeVsock(bytes: Buffer): VsockAddress {
  return [bytes.readUInt32LE(8), bytes.readUInt32LE(4)];
}

function canShape(proto: number): [shape: string, length: number] {
  if (proto === CAN_ISOTP) return ['[interface, rxAddr, txAddr]', 3];
  if (proto === CAN_J1939) return ['[interface, name, pgn, addr]', 4];
  return ['[interface]', 1];
}

function encodeCan(address: unknown, proto: number): Buffer {
  const [shape, length] = canShape(proto);
  const parts = partsOf(address, 'AF_CAN', shape, length, length);
  const bytes = Buffer.alloc(CAN_BYTES);
  bytes.writeInt32LE(indexOf(parts[0]), 4);
  if (proto === CAN_ISOTP) {
    bytes.writeUInt32LE(integer('rxAddr', parts[1]), 8);
    bytes.writeUInt32LE(integer('txAddr', parts[2]), 12);
  } else if (proto === CAN_J1939) {
    const name = typeof parts[1] === 'bigint' ? parts[1] : BigInt(integer('name', parts[1], 2 ** 53 - 1));
    if (BigInt.asUintN(64, name) !== name)
      throw new ValueError('ERR_OUT_OF_RANGE', 'A J1939 name must be an unsigned 64-bit integer');
    bytes.writeBigUInt64LE(name, 8);
    bytes.writeUInt32LE(integer('pgn', parts[2]), 16);
    bytes.writeUInt8(integer('addr', parts[3], 0xff), 20);
  }
  return bytes;
}

function decodeCan(bytes: Buffer, proto: number): CanAddress {
  const ifname = nameOf(bytes.readInt32LE(4));
  if (proto === CAN_ISOTP) return [ifname, bytes.readUInt32LE(8), bytes.readUInt32LE(12)];
  if (proto !== CAN_J1939) return [ifname];
  return [ifname, bytes.readBigUInt64LE(8), bytes.readUInt32LE(16), bytes.readUInt8(20)];
}

function writeText(bytes: Buffer, name: string, text: string, at: number, room: number): void {
  checkString(name, text);
  if (Buffer.byteLength(text) >= room || text.includes('\0')) {
    throw new ValueError(
      'ERR_INVALID_ADDRESS',
      `The "${name}" of an address must be shorter than ${room} bytes`,
    );
  }
  bytes.write(text, at);
}

function encodeAlg(address: unknown): Buffer {
  const [type, name, feat = 0, mask = 0] = partsOf(address, 'AF_ALG', '[type, name, feat?, mask?]', 2, 4);
  const bytes = Buffer.alloc(ALG_BYTES);
  writeText(bytes, 'type', type as string, 2, ALG_TYPE_BYTES);
  bytes.writeUInt32LE(integer('feat', feat), 16);
  bytes.writeUInt32LE(integer('mask', mask), 20);
  writeText(bytes, 'name', name as string, 24, ALG_NAME_BYTES);
  return bytes;
}

/**
 * The struct of an address, or `undefined` for a family that this file does not handle.
 *
 * @throws `TypeError` `ERR_INVALID_ARG_TYPE` for another shape; {@link OSError} `ENODEV` for an interface that
 *   does not exist; {@link ValueError} `ERR_OUT_OF_RANGE`, `ERR_INVALID_ADDRESS`.
 */
export function encodeLinux(family: number, address: unknown, proto: number): Buffer | undefined {
  let bytes: Buffer;
  if (family === AF_PACKET) bytes = encodePacket(address);
  else if (family === AF_VSOCK) bytes = encodeVsock(address);
  else if (family === AF_CAN) bytes = encodeCan(address, proto);
  else if (family === AF_ALG) bytes = encodeAlg(address);
  else return undefined;
  bytes.writeUInt16LE(family, 0);
  return bytes;
}

/** The address in a complete struct; `undefined` for a family that this file does not handle. */
export function decodeLinux(
  family: number,
  bytes: Buffer,
  proto: number,
): PacketAddress | VsockAddress | CanAddress | undefined {
  if (family === AF_PACKET) return decodePacket(bytes);
  if (family === AF_VSOCK) return decodeVsock(bytes);
  if (family === AF_CAN) return decodeCan(bytes, proto);
  return undefined;
}
