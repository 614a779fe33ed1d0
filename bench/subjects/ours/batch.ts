/** echo and chain in batches: one call receives from all that are ready, one sends to all. */
import { EpollSelector, EVENT_READ } from 'fd-selectors';
import { Batch, type BatchSocket } from 'fd-selectors/batch';
import { createServer, IPPROTO_TCP, type Socket, TCP_NODELAY } from 'fd-selectors/socket';
import { openPairs, starters } from '../pairs.js';
import { after, Round } from '../round.js';
import { answer, fds, measure, trial } from '../workload.js';

function accept(batch: Batch, server: Socket): void {
  const accepted = server.tryAccept();
  if (accepted === null) return;
  const [conn] = accepted;
  conn.setblocking(false);
  conn.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1);
  batch.add(conn);
}

function echo(): void {
  const sel = new EpollSelector();
  const batch = new Batch(sel);
  const { arena } = batch;
  const server = createServer(['127.0.0.1', 0], { backlog: 4096 });
  server.setblocking(false);
  sel.register(server, EVENT_READ);
  answer({ port: server.getsockname()[1] as number });
  for (;;) {
    for (const event of batch.receive()) {
      const { socket } = event;
      if (socket === undefined) accept(batch, server);
      else if (event.length > 0) socket.send(arena, event.start, event.end);
      else socket.close();
    }
  }
}

function chain(): void {
  const { readers, writers } = openPairs(fds);
  const batch = new Batch(new EpollSelector<number>());
  for (const [i, reader] of readers.entries()) batch.add(reader, i, { bufsize: 1 });
  // Only what is in a batch is sent in batches.
  const outs: BatchSocket<number>[] = writers.map((writer, i) => batch.add(writer, i));
  const first = starters(writers);
  const byte = new Uint8Array(1);
  measure(() => {
    for (const writer of first) writer.send(byte);
    const round = new Round();
    while (round.goesOn) {
      for (const { key } of batch.receive()) {
        if (round.passes()) (outs[after(key.data)] as BatchSocket<number>).send(byte);
      }
    }
    return round.time();
  });
}

if (trial === 'chain') chain();
else echo();
