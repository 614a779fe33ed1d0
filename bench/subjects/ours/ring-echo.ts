/** echo, on a ring: the kernel accepts, receives and sends. */
import { createServer, IPPROTO_TCP, Socket, TCP_NODELAY } from 'fd-selectors/socket';
import { available, type Completion, Ring } from 'fd-selectors/uring';
import { answer, skip } from '../workload.js';

const uring = available();
if (!uring.available) skip(uring.reason);
const ring = new Ring();

function accepted(fd: number): void {
  const conn = Socket.fromFd(fd);
  conn.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1);
  ring.recvMultishot(conn.detach());
}

function received(completion: Completion): void {
  const { fd, result } = completion;
  if (result > 0) ring.sendSkipSuccess(fd, completion);
  else ring.closeFd(fd);
}

const server = createServer(['127.0.0.1', 0], { backlog: 4096 });
ring.acceptMultishot(server);
answer({ port: server.getsockname()[1] as number });

for (;;) {
  for (const completion of ring.completions()) {
    if (completion.op === 'recv') received(completion);
    else if (completion.op === 'accept') accepted(completion.result);
  }
}
