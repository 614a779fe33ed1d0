/**
 * Server: a proactor, which is a loop that calls handlers when operations are complete
 *
 * It is the same program as the reactor, turned around. Operations are submitted to a completion port:
 * accept this, receive into that buffer, send these bytes, wait 20 ms. The loop takes from the port what is
 * complete, and calls the handler of each with the result.
 *
 * The idea to look for: the proactor says that something *was done*. No handler makes a system call to move
 * data, and none knows "would block" or "only a part was taken". In return, a buffer belongs to the port
 * while its operation is pending, and each connection needs one even while it is silent.
 *
 * The port is io_uring (support/ringport.ts). Where that is forbidden, the port makes the calls itself when a
 * descriptor is ready, with a reactor inside (support/completions.ts), and the program stays the same.
 *
 * Order: 44
 */
import { OSError } from 'fd-selectors';
import { createServer, Socket } from 'fd-selectors/socket';
import { endInterrupted, interrupts } from '../support/interrupt.js';
import { adviseShortage } from '../support/limits.js';
import { openPort } from '../support/ringport.js';
import { host, log, logListening, peerOf, port, show } from '../support/server.js';

/** What is to be done with the result of an operation: a number of bytes, a descriptor, or `-errno`. */
type Handler = (result: number) => void;

const DELAY = 20;
const { port: completions, by } = openPort<Handler>();
const server = createServer([host, port]);
completions.accept(server, accepted);
completions.poll(interrupts, () => endInterrupted([server]));
logListening(server.getsockname(), `echoing after ${DELAY} ms, by ${by}`);

while (true) {
  for (const { token: handler, result } of completions.wait()) handler(result);
}

function accepted(result: number): void {
  const next = (): void => completions.accept(server, accepted);
  if (result < 0 && adviseShortage(OSError.fromErrno(result, 'accept'))) completions.timeout(100, next);
  else next();
  if (result >= 0) serve(Socket.fromFd(result));
}

function serve(connection: Socket): void {
  const name = peerOf(connection);
  const buffer = Buffer.alloc(65536);
  log(`connection from ${name}`);
  completions.recv(connection, buffer, received);

  function received(result: number): void {
    if (result > 0) {
      const data = buffer.subarray(0, result);
      log(`received ${show(data)} from ${name}`);
      completions.timeout(DELAY, () => completions.send(connection, data, sent));
    } else close(result);
  }

  function sent(result: number): void {
    if (result > 0) {
      log(`sent ${show(buffer.subarray(0, result))} to ${name}`);
      completions.recv(connection, buffer, received);
    } else close(result);
  }

  function close(result: number): void {
    log(`closing ${name}${result < 0 ? `: ${OSError.fromErrno(result, 'recv').code}` : ''}`);
    connection.close();
  }
}
