/** Stopping what is left when the main task has ended. */
import { TaskExit, TasksLeftError } from './errors.js';
import type { Fiber } from './fiber.js';
import type { Hub } from './hub.js';

/** How often tasks that started while the others were being stopped are killed, too. */
const ROUNDS = 100;

/**
 * The end of a run. Each task is killed once, so that its `finally` blocks can wait; the tasks that they start are killed
 * in the next round, when nothing can wait for them any more.
 */
export class Stop {
  readonly #hub: Hub;
  /** The tasks that were killed, without some that have ended. */
  readonly #killed = new Set<Fiber>();
  #rounds = 0;

  constructor(hub: Hub) {
    this.#hub = hub;
    hub.until(undefined);
  }

  /**
   * Whether all tasks have ended. Kills the next ones once the killed ones have ended.
   *
   * @throws {@link TasksLeftError} `ERR_TASKS_LEFT`.
   */
  next(): boolean {
    if (this.#hub.fibers.size === 0) return true;
    for (const fiber of this.#killed) {
      if (!fiber.ended) return false;
      this.#killed.delete(fiber);
    }
    this.#kill(this.#alive());
    return false;
  }

  /**
   * Nothing can wake a task: kills those that were not, for which the killed ones may be waiting.
   *
   * @throws {@link DeadlockError} `ERR_DEADLOCK` if all were killed; {@link TasksLeftError} `ERR_TASKS_LEFT`.
   */
  unblock(): void {
    const alive = this.#alive();
    if (alive.length === 0) throw this.#hub.deadlock();
    this.#kill(alive);
  }

  /** The tasks that were not killed. */
  #alive(): Fiber[] {
    return Array.from(this.#hub.fibers).filter((fiber) => !this.#killed.has(fiber));
  }

  #kill(fibers: Fiber[]): void {
    if (this.#rounds++ === ROUNDS) throw tasksLeft(fibers);
    for (const fiber of fibers) {
      this.#killed.add(fiber);
      // A second one would interrupt the finally blocks that the first one runs.
      if (!fiber.interrupts?.some((error) => error instanceof TaskExit)) {
        fiber.interrupt(new TaskExit('The main task has ended'));
      }
    }
  }
}

function tasksLeft(fibers: Fiber[]): TasksLeftError {
  const names = fibers.slice(0, 20).map((fiber) => fiber.name);
  if (fibers.length > names.length) names.push(`and ${fibers.length - names.length} more`);
  return new TasksLeftError(
    `All tasks were killed ${ROUNDS} times, and finally blocks still start new ones: ${names.join(', ')}`,
  );
}
