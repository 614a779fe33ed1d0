/** The same folder on `node:http`, with the same memory of its files: what http.ts is compared with. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Folder } from '../files.js';
import { dateText } from '../httptext.js';

const folder = await Folder.open(process.argv[2] ?? '.');

const server = createServer(async ({ url = '/' }, response) => {
  const file = folder.recall(url) ?? (await folder.find(url));
  if (file === undefined || file === 'folder') {
    response.writeHead(404).end();
    return;
  }
  const body = file.part(0, file.size) as Buffer;
  response.writeHead(200, {
    Date: dateText(),
    ETag: file.etag,
    'Last-Modified': new Date(file.modified).toUTCString(),
    'Accept-Ranges': 'bytes',
    'Content-Type': file.type,
    'Content-Length': body.length,
  });
  response.end(body);
});
server.listen(0, '127.0.0.1', () => {
  const { address, port } = server.address() as AddressInfo;
  console.log(`listening on ${address}:${port}, serving by node:http`);
});
