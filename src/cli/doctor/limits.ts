/** The limits of the system and of this process. */
import { readFileSync } from 'node:fs';
import { type Finding, note, ok, type Section } from './report.js';

/** Below this, a server runs out of descriptors before it runs out of anything else. */
const FEW_DESCRIPTORS = 4096;

/** The text of a file of /proc, or undefined where there is none or it may not be read. */
export function readProc(file: string): string | undefined {
  try {
    return readFileSync(`/proc/${file}`, 'utf8').trim();
  } catch {
    return undefined;
  }
}

const count = (text: string): string =>
  Number.isSafeInteger(Number(text)) ? Number(text).toLocaleString('en-US') : text;

/** Open descriptors: Node raises its own limit to the hard one. */
export function descriptors(limits = readProc('self/limits') ?? ''): Finding {
  const [, soft, hard] = /^Max open files +(\w+) +(\w+)/m.exec(limits) ?? [];
  const name = 'RLIMIT_NOFILE';
  if (soft === undefined || hard === undefined)
    return note(name, 'unknown: /proc/self/limits cannot be read');
  const text = `${count(soft)} open descriptors, at most ${count(hard)}`;
  return Number(soft) < FEW_DESCRIPTORS ? note(name, `${text}; raise it with ulimit -n`) : ok(name, text);
}

/** What each limit counts, by its name for sysctl. */
const SYSCTLS: readonly [name: string, counts: string][] = [
  ['fs.file-max', 'open files in the whole system'],
  ['fs.epoll.max_user_watches', 'registrations with epoll per user'],
  ['fs.inotify.max_user_watches', 'watches of inotify per user'],
  ['fs.inotify.max_user_instances', 'descriptors of inotify per user'],
  ['net.core.somaxconn', 'connections that listen() lets wait for accept(), at most'],
];

function sysctl(name: string, counts: string): Finding {
  const value = readProc(`sys/${name.replaceAll('.', '/')}`);
  return value === undefined ? note(name, 'unknown: not shown here') : ok(name, `${count(value)} ${counts}`);
}

/** The ports that connections take: as many connections to one address and port as there are of them. */
export function ports(range = readProc('sys/net/ipv4/ip_local_port_range')): Finding {
  const name = 'net.ipv4.ip_local_port_range';
  const [first, last] = (range ?? '').split(/\s+/).map(Number);
  if (first === undefined || last === undefined) return note(name, 'unknown: not shown here');
  return ok(name, `${first} to ${last}: ${count(String(last - first + 1))} connections to one server port`);
}

/** The limits that servers meet. */
export function limits(): Section {
  const findings = [descriptors(), ...SYSCTLS.map(([name, counts]) => sysctl(name, counts)), ports()];
  return { title: 'Limits', findings };
}
