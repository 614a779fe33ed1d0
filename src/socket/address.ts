/** Encodes the addresses that callers pass for the kernel. */
import { types } from 'node:util';
import { checkInteger, checkString, isCString, typeError, valueError } from '../arguments.js';
import { native } from '../native.js';
import { AF_INET, AF_INET6, AF_NETLINK, AF_UNIX } from './constants/index.js';
import type { AddressLike } from './family.js';
import { encodeLinux } from './linuxaddress.js';
import { resolve } from './resolve.js';
import type { SockAddr } from './sockaddr.js';

/** The sizes in bytes of `sun_path`, and of the structs of the other families. */
const PATH_BYTES = 108;
const INET_BYTES = 16;
const INET6_BYTES = 28;
const NETLINK_BYTES = 12;
const RAW_BYTES = 128;

/**
 * Rejects anything but a port.
 *
 * @throws {@link ValueError} `ERR_INVALID_PORT`; `TypeError` `ERR_INVALID_ARG_TYPE`.
 */
export function checkPort(port: number): void {
  checkInteger('port', port, 0, 0xffff, 'ERR_INVALID_PORT');
}

/**
 * Writes an address for the kernel, and returns its words.
 *
 * @throws `TypeError` `ERR_INVALID_ARG_TYPE` for an address of the wrong shape.
 * @throws {@link ValueError} `ERR_INVALID_PORT`, `ERR_INVALID_HOST`, `ERR_OUT_OF_RANGE` (flowinfo,
 *   scopeId, pid and groups), `ERR_PATH_TOO_LONG`, `ERR_INVALID_PATH`.
 * @throws {@link GaiError} for an unknown host.
 */
export function encode(to: SockAddr, family: number, address: AddressLike, proto = 0): Int32Array {
  if (types.isUint8Array(address)) encodeRaw(to, address);
  else if (family === AF_INET || family === AF_INET6) encodeInet(to, family, address);
  else if (family === AF_UNIX) encodePath(to, address);
  else if (family === AF_NETLINK) encodeNetlink(to, address);
  else encodeOther(to, family, address, proto);
  return to.words;
}

function encodeOther(to: SockAddr, family: number, address: AddressLike, proto: number): void {
  const bytes = encodeLinux(family, address, proto);
  if (bytes !== undefined) encodeRaw(to, bytes);
  else throw typeError('address', `an instance of Uint8Array for address family ${family}`, address);
}

function encodeRaw(to: SockAddr, address: Uint8Array): void {
  if (address.length > RAW_BYTES) {
    throw valueError('ERR_OUT_OF_RANGE', 'address.length', `at most ${RAW_BYTES}`, address.length);
  }
  to.clear(0, address.length).set(address);
}

function encodePath(to: SockAddr, address: Exclude<AddressLike, Uint8Array>): void {
  if (typeof address !== 'string') throw typeError('address', 'of type string for AF_UNIX', address);
  const abstract = address.startsWith('\0');
  // An abstract name may contain null bytes.
  if (!isCString(abstract ? address.replaceAll('\0', '') : address)) {
    throw valueError('ERR_INVALID_PATH', 'address', 'a well-formed path without null bytes', address);
  }
  const path = Buffer.from(address);
  // A path ends with a NUL, which needs room too. Without any name, the kernel chooses one.
  const length = abstract || path.length === 0 ? path.length : path.length + 1;
  if (length > PATH_BYTES) {
    const expected = abstract
      ? `an abstract name of at most ${PATH_BYTES} bytes with its first null byte`
      : `a path of at most ${PATH_BYTES - 1} bytes`;
    throw valueError('ERR_PATH_TOO_LONG', 'address', expected, address);
  }
  to.clear(AF_UNIX, 2 + length).set(path, 2);
}

function encodeNetlink(to: SockAddr, address: Exclude<AddressLike, Uint8Array>): void {
  if (!Array.isArray(address) || address.length !== 2) {
    throw typeError('address', 'an array [pid, groups] for AF_NETLINK', address);
  }
  const [pid, groups] = address as unknown as readonly [number, number];
  checkInteger('pid', pid, 0, 0xffff_ffff);
  // Bitwise operators yield signed numbers, which are allowed too.
  checkInteger('groups', groups, -0x8000_0000, 0xffff_ffff);
  const bytes = to.clear(AF_NETLINK, NETLINK_BYTES);
  bytes.writeUInt32LE(pid, 4);
  bytes.writeUInt32LE(groups >>> 0, 8);
}

function encodeInet(to: SockAddr, family: number, address: Exclude<AddressLike, Uint8Array>): void {
  const most = family === AF_INET ? 2 : 4;
  if (!Array.isArray(address) || address.length < 2 || address.length > most) {
    const shape = family === AF_INET ? '[host, port]' : '[host, port, flowinfo?, scopeId?]';
    throw typeError('address', `an array ${shape}`, address);
  }
  const [host, port, flowinfo = 0, scopeId] = address as unknown as readonly [
    string,
    number,
    number?,
    number?,
  ];
  checkString('host', host);
  checkPort(port);
  checkInteger('flowinfo', flowinfo, 0, 0xfffff);
  if (scopeId !== undefined) checkInteger('scopeId', scopeId, 0, 0xffff_ffff);
  encodeHost(to, family, host);
  to.bytes.writeUInt16BE(port, 2);
  if (family === AF_INET) return;
  to.bytes.writeUInt32BE(flowinfo, 4);
  // A scope in the host, as in fe80::1%lo, stays unless another is passed.
  if (scopeId !== undefined) to.bytes.writeUInt32LE(scopeId, 24);
}

/** Writes the family and the host, and zeros the rest. */
function encodeHost(to: SockAddr, family: number, host: string): void {
  const inet = family === AF_INET;
  const bytes = to.clear(family, inet ? INET_BYTES : INET6_BYTES);
  if (host === '') return;
  if (inet && host === '<broadcast>') {
    bytes.fill(0xff, 4, 8);
    return;
  }
  if (native.inetPton(family, host, inet ? bytes.subarray(4, 8) : bytes.subarray(8, 24)) === 1) return;
  const { rows } = resolve(host, null, [0, family, 0, 0]);
  to.words.set(rows.subarray(3, 3 + to.words.length));
}
