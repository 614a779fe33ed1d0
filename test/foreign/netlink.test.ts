import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { AF_NETLINK, NETLINK_ROUTE, SOCK_NONBLOCK, SOCK_RAW, socket } from 'fd-selectors/socket';
import { describe, expect, it } from 'vitest';
import { expectReadableBothWays } from '../support/bothways.js';
import { root } from '../support/child.js';
import { succeeds } from '../support/commands.js';
import { closing } from '../support/descriptors.js';
import { LIMIT } from '../support/limit.js';

const RTM_NEWLINK = 16;
const RTM_GETLINK = 18;
const NLM_F_REQUEST = 1;
/** Of `struct nlmsghdr`, and of `struct ifinfomsg` behind it: where their fields stand. */
const TYPE = 4;
const FLAGS = 6;
const INDEX = 16 + 4;

/** Asks for the link with the given number. */
function getLink(index: number): Buffer {
  const request = Buffer.alloc(32);
  request.writeUInt32LE(request.length, 0);
  request.writeUInt16LE(RTM_GETLINK, TYPE);
  request.writeUInt16LE(NLM_F_REQUEST, FLAGS);
  request.writeInt32LE(index, INDEX);
  return request;
}

/**
 * Listens for changes of links in a network namespace of its own, whose only link is `lo`; `ip`
 * changes it while nobody waits, and then while somebody does.
 */
const LISTENER = `
import { spawn, spawnSync } from 'node:child_process';
import { DefaultSelector, EVENT_READ } from 'fd-selectors';
import { AF_NETLINK, NETLINK_ROUTE, SOCK_RAW, socket } from 'fd-selectors/socket';
const RTMGRP_LINK = 1;
const netlink = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
netlink.bind([0, RTMGRP_LINK]);
const sel = new DefaultSelector();
sel.register(netlink, EVENT_READ);
/** Reads up to the message of the change: the kernel may tell of the one before again, at its leisure. */
function show(ready, wanted) {
  for (let up; up !== wanted; ) {
    const message = netlink.recv(8192);
    up = message.readUInt32LE(24) & 1;
    if (up === wanted) console.log(ready.length, message.readUInt16LE(4), message.readInt32LE(20), up);
  }
}
console.log(sel.select(0).length);
spawnSync('ip', ['link', 'set', 'lo', 'up'], { stdio: 'inherit' });
show(sel.select(60), 1);
while (netlink.tryRecv(8192) !== null);
const pending = sel.selectAsync(60);
spawn('ip', ['link', 'set', 'lo', 'down'], { stdio: 'inherit' });
show(await pending, 0);
`;

describe('AF_NETLINK', () => {
  it('is readable when the kernel has answered', async () => {
    const netlink = closing(socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK, NETLINK_ROUTE));
    const request = getLink(1);
    await expectReadableBothWays(
      netlink,
      () => expect(netlink.sendto(request, [0, 0])).toBe(request.length),
      () => {
        const [message, from] = netlink.recvfrom(64 * 1024);
        expect(from).toEqual([0, 0]);
        expect([message.readUInt16LE(TYPE), message.readInt32LE(INDEX)]).toEqual([RTM_NEWLINK, 1]);
      },
    );
  });

  it('is readable when a link has changed', async ({ skip }) => {
    skip(!succeeds('unshare', '-rn', 'ip', 'link'), 'no ip(8), or no network namespace of our own');
    const args = ['-rn', process.execPath, '--input-type=module', '-e', LISTENER];
    const child = spawn('unshare', args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: LIMIT,
    });
    const shown: string[] = [];
    await once(
      createInterface(child.stdout).on('line', (line) => shown.push(line)),
      'close',
    );
    // Of both: one message at least, RTM_NEWLINK, of link 1, up or down.
    expect(shown).toEqual(['0', '1 16 1 1', '1 16 1 0']);
  });
});
