/** The thread that serves one client. All it gets is the number of the descriptor, and all it needs. */
import { workerData } from 'node:worker_threads';
import { Socket } from 'fd-selectors/socket';
import { serveBlocking } from './lines.js';

const connection = Socket.fromFd(workerData as number);
serveBlocking(connection);
connection.detach(); // The main thread closes it.
