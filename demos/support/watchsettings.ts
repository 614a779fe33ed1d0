/** What a visitor of the page may choose. */
import { EpollSelector, PollSelector, SelectSelector } from 'fd-selectors';

export const SELECTORS = { select: SelectSelector, poll: PollSelector, epoll: EpollSelector };

export interface Settings {
  readonly selector: keyof typeof SELECTORS;
  /** Connections on which nothing ever arrives. */
  readonly idle: number;
  /** Connections on which messages arrive. */
  readonly active: number;
}

/** The most of each. */
export type Limits = Omit<Settings, 'selector'>;

/** What is wrong with a query, in words for the one who sent it. */
export class BadQuery extends Error {}

/** The settings that a query changes: `selector=poll&idle=100`; what it does not name stays as it is. */
export function changed(settings: Settings, query: string, most: Limits): Settings {
  const parameters = new URLSearchParams(query);
  const given = [...parameters.keys()];
  for (const name of given) {
    if (!Object.hasOwn(settings, name)) throw new BadQuery(`There is no parameter ${JSON.stringify(name)}`);
    if (given.indexOf(name) !== given.lastIndexOf(name))
      throw new BadQuery(`The "${name}" parameter is there twice`);
  }
  return {
    selector: selectorOf(parameters.get('selector') ?? settings.selector),
    idle: integerOf('idle', parameters.get('idle') ?? String(settings.idle), 0, most.idle),
    active: integerOf('active', parameters.get('active') ?? String(settings.active), 1, most.active),
  };
}

function selectorOf(text: string): Settings['selector'] {
  if (Object.hasOwn(SELECTORS, text)) return text as Settings['selector'];
  throw new BadQuery(`The "selector" parameter must be select, poll or epoll. Received ${shown(text)}`);
}

function integerOf(name: string, text: string, least: number, most: number): number {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new BadQuery(
    `The "${name}" parameter must be an integer from ${least} to ${most}. Received ${shown(text)}`,
  );
}

function shown(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}...` : text);
}
