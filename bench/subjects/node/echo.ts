/** echo: `node:net`. */
import { type AddressInfo, createServer } from 'node:net';
import { answer } from '../workload.js';

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('data', (data) => socket.write(data));
  socket.on('error', () => socket.destroy());
});
server.listen(0, '127.0.0.1', 4096, () => answer({ port: (server.address() as AddressInfo).port }));
