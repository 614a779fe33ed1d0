/** A ring for the asynchronous model, or what stands in for it where io_uring is forbidden. */
import { read } from 'node:fs';
import { available, Ring } from 'fd-selectors/uring';
import { type Client, type Job, SIZE, withoutUring } from './job.js';
import { line } from './progress.js';

/** Opens a ring; where that cannot be, says why and returns undefined. */
export function openRing(): Ring<Client> | undefined {
  if (withoutUring) {
    explain('--no-uring was given');
    return undefined;
  }
  try {
    return new Ring();
  } catch (error) {
    const uring = available();
    if (uring.available) throw error;
    explain(`${uring.reason} (${uring.code})`);
    return undefined;
  }
}

function explain(reason: string): void {
  const threads = process.env['UV_THREADPOOL_SIZE'] ?? 4;
  line(`${reason}.`);
  line(
    "Node's own asynchronous read takes its place. There, the kernel does not copy by itself: a pool of threads",
  );
  line(
    `makes blocking calls for us, ${threads} at a time (UV_THREADPOOL_SIZE). With more clients, the others queue.\n`,
  );
}

/** Reads from each client with `fs.read`: in a thread of Node's pool, which blocks. */
export async function readInThreads(job: Job): Promise<void> {
  await Promise.all(
    job.clients.map(async (client) => {
      const message = Buffer.alloc(SIZE);
      const length = await new Promise<number>((resolve, reject) => {
        job.call('read, in the pool,', () =>
          read(client.fileno(), message, 0, SIZE, null, (error, bytes) =>
            error ? reject(error) : resolve(bytes),
          ),
        );
      });
      job.got(client, message.subarray(0, length), [0, job.now]);
    }),
  );
}
