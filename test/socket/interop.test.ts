/** With node:net in another process, while this one blocks. */
import { AF_UNIX, createConnection, createServer, SHUT_WR, type Socket, socket } from 'fd-selectors/socket';
import { describe, expect, it } from 'vitest';
import { closing } from '../support/descriptors.js';
import { startPeer } from '../support/peer.js';
import { tempdir } from '../support/tempdir.js';

const SIZE = 5 << 20;

/** Everything until the peer's end of the stream. */
function recvAll(sock: Socket): Buffer {
  const chunks: Buffer[] = [];
  for (let chunk = sock.recv(65_536); chunk.length > 0; chunk = sock.recv(65_536)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A server of node:net for one connection: it counts what comes, and answers at the end. */
const netServer = (where: string): string => `
  import { createServer } from 'node:net';
  const server = createServer({ allowHalfOpen: true }, (conn) => {
    let got = 0;
    conn.on('data', (data) => { got += data.length; });
    conn.on('end', () => { conn.end('got ' + got); server.close(); });
  });
  server.listen(${where}, () => console.log(server.address().port ?? 'ready'));`;

describe('interop with node:net', () => {
  it('connects to its server and sends megabytes, blocking', async () => {
    const peer = startPeer(netServer("0, '127.0.0.1'"));
    const client = closing(createConnection(['127.0.0.1', Number(await peer.line)], { timeout: 60 }));
    client.sendall(Buffer.alloc(SIZE + 100, 'x'), 0, SIZE);
    client.shutdown(SHUT_WR);
    expect(recvAll(client).toString()).toBe(`got ${SIZE}`);
    expect((await peer.ended).code).toBe(0);
  });

  it('connects to its AF_UNIX server', async () => {
    using dir = tempdir();
    const path = dir.join('net');
    const peer = startPeer(netServer(JSON.stringify(path)));
    await peer.line;
    const client = closing(socket(AF_UNIX));
    client.settimeout(60);
    client.connect(path);
    client.sendall(Buffer.from('ping'));
    client.shutdown(SHUT_WR);
    expect(recvAll(client).toString()).toBe('got 4');
    expect((await peer.ended).code).toBe(0);
  });

  it('serves its client, megabytes in each direction', async () => {
    const server = closing(createServer(['127.0.0.1', 0]));
    server.settimeout(60);
    const { 1: port } = server.getsockname();
    const peer = startPeer(`
      import { connect } from 'node:net';
      const client = connect(${port}, '127.0.0.1');
      let got = 0;
      client.on('data', (data) => { got += data.length; });
      client.on('end', () => console.log('got', got));
      client.end(Buffer.alloc(${SIZE}, 'y'));`);
    const conn = closing(server.accept()[0]);
    conn.settimeout(60);
    expect(recvAll(conn).equals(Buffer.alloc(SIZE, 'y'))).toBe(true);
    conn.sendall(Buffer.alloc(SIZE, 'x'));
    conn.close();
    expect(await peer.ended).toMatchObject({ code: 0, output: `got ${SIZE}\n` });
  });
});
