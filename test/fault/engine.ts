/** Runs subjects with one fault at a time: each call that they make, with each errno that it may have. */
import { readdirSync, readFileSync } from 'node:fs';
import { errnosOf, SHORT } from './errnos.js';
import { errnoOf, nameOf, root, shim } from './shim.js';

/** What a fault leads to: `'absorbed'` where the subject succeeds all the same, or the code that it throws. */
export type Effect = string | Readonly<Record<string, string>>;

/** One run of a subject, with a fault or without. */
export interface Run {
  /** What is done while calls fail. */
  act(): unknown;
  /** Throws if something is lost or broken afterwards. */
  verify?(outcome: Outcome): unknown;
  /** Closes everything, even if that was the fault. */
  end?(): unknown;
}

/** Something that makes system calls. */
export interface Subject {
  readonly name: string;
  begin(): Run | Promise<Run>;
  /**
   * By call, or by `call#2` for the second one: what its faults lead to, for all or by errno (`*` for the
   * others). Without a rule, the errno is thrown.
   */
  readonly effects?: Readonly<Record<string, Effect>>;
  /** The faults that are not struck, as keys of `effects`, and why they cannot be. */
  readonly skips?: Readonly<Record<string, string>>;
  /** The errnos of earlier defects, which the fast form strikes, too. */
  readonly always?: readonly string[];
  /** Why not every run makes the same calls; a fault may then find none to strike. */
  readonly varies?: string;
  /** Whether errors are those of the package, with a class and a system call. */
  readonly typed: boolean;
}

interface CodedError extends Error {
  readonly code?: string;
  readonly syscall?: string;
}

export interface Outcome {
  readonly value?: unknown;
  readonly error?: CodedError;
}

interface Fault {
  readonly call: string;
  readonly nth: number;
  readonly errno: string;
}

export function openFds(): number {
  return readdirSync('/proc/self/fd').length;
}

/** The class of each code, as docs/errors.md has it. */
const documented = new Map<string, string>();
for (const [, name, codes] of readFileSync(`${root}/docs/errors.md`, 'utf8').matchAll(
  /^\| `(\w+Error)` +\| ((?:`E\w+`(?:, )?)+)/gm,
)) {
  for (const [, code] of (codes as string).matchAll(/`(E\w+)`/g)) {
    documented.set(code as string, name as string);
  }
}

function effectOf({ effects = {} }: Subject, { call, nth, errno }: Fault): string {
  const rule = effects[`${call}#${nth}`] ?? effects[call];
  const effect = typeof rule === 'string' ? rule : (rule?.[errno] ?? rule?.['*']);
  // Some numbers have two names, of which errors have one.
  return effect ?? (errno === SHORT ? 'absorbed' : nameOf(errnoOf(errno)));
}

function isSkipped({ skips = {} }: Subject, { call, nth, errno }: Fault): boolean {
  return [call, `${call}#${nth}`, `${call} ${errno}`, `${call}#${nth} ${errno}`].some((key) => key in skips);
}

function checkError(error: CodedError, wanted: string, typed: boolean): void {
  if (error.code !== wanted) throw new Error(`throws ${error.code ?? error.message} instead of ${wanted}`);
  if (!typed) return;
  const name = documented.get(wanted) ?? 'OSError';
  if (error.name !== name) throw new Error(`throws a ${error.name} instead of the documented ${name}`);
  if (!error.syscall) throw new Error('names no system call');
}

function checkOutcome(subject: Subject, fault: Fault, { error }: Outcome): void {
  const effect = effectOf(subject, fault);
  if (error !== undefined && effect !== 'absorbed') checkError(error, effect, subject.typed);
  else if (error !== undefined) throw new Error(`throws ${error.code ?? error.message}`);
  else if (effect !== 'absorbed') throw new Error(`succeeds, and should throw ${effect}`);
}

async function outcomeOf(act: () => unknown): Promise<Outcome> {
  try {
    return { value: await act() };
  } catch (error) {
    return { error: error as CodedError };
  }
}

/** What a run without a fault calls. */
async function callsOf(subject: Subject): Promise<string[]> {
  const before = openFds();
  const run = await subject.begin();
  shim.record();
  const outcome = await outcomeOf(() => run.act());
  const calls = shim.recorded();
  if (outcome.error !== undefined) throw outcome.error;
  await run.verify?.(outcome);
  await run.end?.();
  if (openFds() !== before) throw new Error('a descriptor is left over without any fault');
  return calls;
}

/** How often a fault is tried on a run that does not always make the call: the loop asks its set now and then. */
const TRIES = 20;

/** A fault on one run after the other, until it strikes; undefined where nothing could be struck. */
async function strike(subject: Subject, fault: Fault, last: number): Promise<Outcome | undefined> {
  for (let i = 0; i < TRIES; i++) {
    const outcome = await strikeRun(subject, fault, last);
    if (outcome !== undefined || subject.varies !== undefined) return outcome;
  }
  const made = (await callsOf(subject)).filter((call) => call === fault.call).length;
  if (made >= fault.nth) throw new Error('the fault did not strike');
  return undefined;
}

/** One run with one fault; undefined if it does not strike. */
async function strikeRun(subject: Subject, fault: Fault, last: number): Promise<Outcome | undefined> {
  const before = openFds();
  const run = await subject.begin();
  const errno = fault.errno === SHORT ? 10_000 : errnoOf(fault.errno);
  shim.arm(fault.call, fault.nth, last, errno);
  const outcome = await outcomeOf(() => run.act());
  const missed = shim.disarm() === 0;
  try {
    await run.verify?.(outcome);
  } finally {
    await run.end?.();
  }
  const left = openFds() - before;
  if (left !== 0) throw new Error(`${left} descriptors are left over`);
  return missed ? undefined : outcome;
}

/** Calls that fail once more fail forever, so a loop on these would not end. */
const REPEATED = new Set(['EINTR', 'EAGAIN', SHORT]);

export interface Totals {
  subjects: number;
  faults: number;
  /** What went wrong, and with which errnos. */
  readonly failures: Map<string, string[]>;
  readonly calls: Map<string, Set<string>>;
}

export function noTotals(): Totals {
  return { subjects: 0, faults: 0, failures: new Map(), calls: new Map() };
}

export function fail({ failures }: Totals, what: string, errno: string): void {
  failures.set(what, [...(failures.get(what) ?? []), errno]);
}

/** The same for every errno. */
function messageOf(error: unknown, errno: string): string {
  return (error as Error).message.replaceAll(errno, 'the errno');
}

async function strikeOnce(subject: Subject, fault: Fault, totals: Totals): Promise<void> {
  totals.faults++;
  const errnos = totals.calls.get(fault.call) ?? new Set();
  totals.calls.set(fault.call, errnos.add(fault.errno));
  try {
    const outcome = await strike(subject, fault, fault.nth);
    if (outcome !== undefined) checkOutcome(subject, fault, outcome);
  } catch (error) {
    const { call, nth, errno } = fault;
    fail(totals, `${subject.name}: ${call} fails the ${nth}. time: ${messageOf(error, errno)}`, errno);
  }
}

/** From the nth call on, all fail: whatever is thrown has a code, and nothing is left over or lost. */
async function strikeForever(subject: Subject, fault: Fault, totals: Totals): Promise<void> {
  if (REPEATED.has(fault.errno)) return;
  totals.faults++;
  try {
    const outcome = await strike(subject, fault, 1e9);
    if (outcome?.error !== undefined && typeof outcome.error.code !== 'string') throw outcome.error;
  } catch (error) {
    const { call, nth, errno } = fault;
    fail(
      totals,
      `${subject.name}: ${call} fails from the ${nth}. time on: ${messageOf(error, errno)}`,
      errno,
    );
  }
}

/** Strikes a subject with each fault; the fast form with the first errno of each call. */
export async function strikeAll(subject: Subject, fast: boolean, totals: Totals): Promise<void> {
  totals.subjects++;
  const counts = new Map<string, number>();
  let calls: string[];
  try {
    calls = await callsOf(subject);
  } catch (error) {
    fail(totals, `${subject.name}: without a fault: ${(error as Error).stack}`, '');
    return;
  }
  for (const call of calls) {
    const nth = (counts.get(call) ?? 0) + 1;
    counts.set(call, nth);
    const all = errnosOf(call);
    const one = all[(totals.subjects + nth) % all.length];
    const errnos = all.filter((errno) => !fast || errno === one || subject.always?.includes(errno));
    for (const errno of errnos) {
      const fault = { call, nth, errno };
      if (isSkipped(subject, fault)) continue;
      await strikeOnce(subject, fault, totals);
      if (!fast) await strikeForever(subject, fault, totals);
    }
  }
}
