// Ends a process that is told to by an exit, which runs what C++ has registered for it.
import { isMainThread } from 'node:worker_threads';

if (isMainThread) process.on('SIGTERM', () => process.exit(143));
