/// <reference types="node" preserve="true" />
/**
 * Coroutines that switch on I/O: code that reads like a blocking program, and never blocks the others.
 *
 * @module fd-selectors/coroutines
 */

export type { FileObject } from '../fileno.js';
export type { Address, AddressLike, Bytes, ConnectionOptions, ServerOptions } from '../socket/index.js';
export { AsyncResult } from './asyncresult.js';
export { Channel } from './channel.js';
export { sigwait, type WaitpidOptions, waitpid } from './child.js';
export { createConnection, createServer, socket, socketpair } from './create.js';
export type { TimeoutOptions } from './deadline.js';
export {
  ConcurrentObjectUseError,
  DeadlockError,
  Empty,
  Full,
  IncompleteReadError,
  KeyboardInterrupt,
  TaskExit,
  TasksLeftError,
} from './errors.js';
export { Event } from './event.js';
export { Greenlet, type GreenletFunction, type Switch } from './greenlet.js';
export { Group, type GroupJoinOptions, Pool } from './group.js';
export { type Local, local } from './local.js';
export { promise } from './promise.js';
export { JoinableQueue, Queue } from './queue.js';
export { waitRead, waitWrite } from './ready.js';
export { RLock } from './rlock.js';
export { type RunOptions, run } from './run.js';
export { type RunAsyncOptions, runAsync } from './runasync.js';
export { type Scope, scope } from './scope.js';
export { BoundedSemaphore, Semaphore } from './semaphore.js';
export { Sequence } from './sequence.js';
export { type Handler, StreamServer, type StreamServerOptions } from './server.js';
export { Socket } from './socket.js';
export { getcurrent, idle, sleep, spawn, spawnLater } from './spawn.js';
export { type ReadOptions, Stream, type Transport } from './stream.js';
export type { Coroutine, CoroutineFunction, Suspend } from './suspend.js';
export { Task } from './task.js';
export { Timeout, withTimeout } from './timeout.js';
export {
  iwait,
  type JoinallOptions,
  joinall,
  type KillallOptions,
  killall,
  type Waitable,
  type WaitOptions,
  wait,
} from './wait.js';
