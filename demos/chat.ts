/**
 * Server: a chat room on one selector, for `nc`, where slow readers do not slow down the others
 *
 * A client that connects gives a name, and from then on each of its lines goes to all the others. The whole
 * room is one thread. It never writes to a member directly: a line goes into the queue of each member, and
 * leaves it when the member's socket is writable.
 *
 * The idea to look for: when a client stops reading, because its window is suspended or its network is
 * down, its queue fills. Queues are bounded. A line that does not fit is lost for that member alone, who
 * later learns how many were lost; the others do not notice, and the server's memory has a limit.
 *
 * Order: 51
 */
import { DefaultSelector, EVENT_READ, EVENT_WRITE } from 'fd-selectors';
import { createServer, SO_SNDBUF, SOL_SOCKET, type Socket } from 'fd-selectors/socket';
import { attempt, tryAccept } from './support/attempt.js';
import { endInterrupted, interrupts } from './support/interrupt.js';
import { host, log, logListening, port } from './support/server.js';

/** Bytes that may wait for one member here, and as many in the system. */
const MOST_QUEUED = 64 * 1024;
const LONGEST_LINE = 1000;
const LONGEST_NAME = 20;

/** A client in the room, or at the door as long as the name is empty. */
class Member {
  name = '';
  /** The beginning of a line whose end has not arrived. */
  begun = Buffer.alloc(0);
  /** What is to be sent, oldest first, and how many bytes that is. */
  readonly queue: Buffer[] = [];
  queued = 0;
  /** Lines that did not fit into the queue. */
  missed = 0;

  readonly socket: Socket;
  readonly address: string;

  constructor(socket: Socket, address: string) {
    this.socket = socket;
    this.address = address;
  }
}

const sel = new DefaultSelector<() => void, { fileno(): number }>();
const members = new Set<Member>();
const server = createServer([host, port]);
server.setblocking(false);
sel.register(server, EVENT_READ, accept);
sel.register(interrupts, EVENT_READ, () =>
  endInterrupted([server, ...[...members].map(({ socket }) => socket)]),
);
logListening(server.getsockname(), 'a chat room: join it with nc');

while (true) {
  // With no descriptor left, the door is closed for a second.
  for (const [key] of sel.select(isOpen() ? null : 1)) key.data();
  if (!isOpen()) sel.register(server, EVENT_READ, accept);
}

function isOpen(): boolean {
  return sel.getMap().has(server);
}

function accept(): void {
  const accepted = tryAccept(server);
  if (accepted === 'shortage') sel.unregister(server);
  if (accepted === 'shortage' || accepted === null) return;
  const member = new Member(...accepted);
  member.socket.setsockopt(SOL_SOCKET, SO_SNDBUF, MOST_QUEUED);
  members.add(member);
  sel.register(member.socket, EVENT_READ, stepOf(member));
  tell(member, 'welcome to the room; what is your name?');
}

/** What to do when a member's socket is ready: to send comes first, since it makes room. */
function stepOf(member: Member): () => void {
  const leaving = (why: string): void => leave(member, why);
  return attempt(() => {
    if (member.queue.length > 0) send(member);
    receive(member);
  }, leaving);
}

/** Takes what has arrived, and does what each whole line says. */
function receive(member: Member): void {
  const data = member.socket.tryRecv(4096);
  if (data === null) return;
  const lines = Buffer.concat([member.begun, data]).toString('latin1').split('\n');
  member.begun = Buffer.from(lines.pop() ?? '', 'latin1');
  for (const line of lines) {
    if (!members.has(member)) return; // An earlier line was /quit.
    hear(member, clean(line));
  }
  if (data.length === 0) leave(member, '');
  else if (member.begun.length > LONGEST_LINE) leave(member, `: a line of more than ${LONGEST_LINE} bytes`);
}

/** The text of a line: UTF-8, without what would do something to the terminals of others. */
function clean(line: string): string {
  return Buffer.from(line, 'latin1')
    .toString('utf8')
    .replace(/\p{Cc}/gu, '')
    .trim();
}

function hear(member: Member, line: string): void {
  if (member.name === '') introduce(member, line);
  else if (line === '/quit') leave(member, '');
  else if (line === '/who')
    tell(
      member,
      `here are ${present()
        .map(({ name }) => name)
        .join(', ')}`,
    );
  else if (line.startsWith('/')) tell(member, 'there are /who and /quit');
  else if (line !== '') tellOthers(member, `${member.name}: ${line.slice(0, LONGEST_LINE)}`);
}

function introduce(member: Member, name: string): void {
  if (name === '' || name.length > LONGEST_NAME) {
    tell(member, `a name has 1 to ${LONGEST_NAME} characters; what is yours?`);
  } else if (present().some((other) => other.name === name)) {
    tell(member, `${name} is here already; what is your name?`);
  } else {
    member.name = name;
    log(`${member.address} is ${name}`);
    tell(member, `hello ${name}; there are /who and /quit`);
    tellOthers(member, `* ${name} comes in`);
  }
}

/** Those who have said their name. */
function present(): Member[] {
  return [...members].filter(({ name }) => name !== '');
}

function tellOthers(speaker: Member, line: string): void {
  for (const member of present()) if (member !== speaker) tell(member, line);
}

/** Puts a line into the queue of a member. Once one did not fit, there is a gap until the queue is empty. */
function tell(member: Member, line: string): void {
  const data = Buffer.from(`${line}\n`);
  if (member.missed > 0 || member.queued + data.length > MOST_QUEUED) {
    if (member.missed === 0) log(`${member.name} reads too slowly`);
    member.missed++;
    return;
  }
  if (member.queue.length === 0) sel.modify(member.socket, EVENT_READ | EVENT_WRITE, stepOf(member));
  member.queue.push(data);
  member.queued += data.length;
}

/** Sends what the kernel takes. A member who has caught up learns how much was lost. */
function send(member: Member): void {
  const data = Buffer.concat(member.queue);
  const sent = member.socket.trySend(data) ?? 0;
  member.queued = data.length - sent;
  member.queue.length = 0;
  if (sent < data.length) {
    member.queue.push(data.subarray(sent));
    return;
  }
  sel.modify(member.socket, EVENT_READ, stepOf(member));
  const { missed } = member;
  if (missed === 0) return;
  member.missed = 0;
  log(`${member.name} has missed ${missed} lines`);
  tell(member, `* you read too slowly, and have missed ${missed} lines`);
}

/** Removes a member; one who leaves on purpose still gets what is queued, if the kernel takes it. */
function leave(member: Member, why: string): void {
  if (why === '' && member.queue.length > 0) member.socket.trySend(Buffer.concat(member.queue));
  log(`closing ${member.address}${why}`);
  sel.unregister(member.socket);
  members.delete(member);
  member.socket.close();
  if (member.name !== '') tellOthers(member, `* ${member.name} has left`);
}
