/** wakeup: `node:net` on the same socket pair; it has read the byte when it says so. */
import { Socket } from 'node:net';
import { measureWakeup, reader } from '../wakeup.js';

let woken: (value?: unknown) => void = () => undefined;
const socket = new Socket({ fd: reader.detach(), readable: true, writable: false });
socket.on('data', () => woken());
await measureWakeup(
  () =>
    new Promise((resolve) => {
      woken = resolve;
    }),
  () => undefined,
);
socket.destroy();
