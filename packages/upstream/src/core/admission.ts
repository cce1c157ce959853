/** What may be under way, and what may wait. */
export interface AdmissionLimits {
  /** Requests under way in all. */
  readonly maxInFlight: number;
  /** Requests that wait. 0: none waits, and what finds no room is refused. */
  readonly maxPending: number;
  /** Part of both, from 0 to 1, that requests may take whose body is still arriving: their senders may take their time. */
  readonly arrivingShare: number;
  /** How long one waits at most. */
  readonly queueTimeoutMs: number;
}

/**
 * - `new`: not asked yet.
 * - `waiting`: in the queue.
 * - `running`: admitted; it counts until it is over.
 * - `refused`: no room in the queue, or its time there was up.
 * - `over`: it ended, or left the queue by itself.
 */
export type TicketState = 'new' | 'waiting' | 'running' | 'refused' | 'over';

/** A request to be admitted. It is its own link in the queue, so that waiting allocates nothing and leaving is O(1). */
export class Ticket {
  state: TicketState = 'new';
  /** Whether its body was still arriving when it asked to come in: how long it stays is up to its sender. */
  isArriving = false;
  sinceMs = 0;
  ahead: Ticket | undefined = undefined;
  behind: Ticket | undefined = undefined;
}

/** How much a request's time counts in the mean. */
const MEAN_WEIGHT = 1 / 16;
const MAX_RETRY_AFTER_S = 30;

/** Requests that wait, the first of them at the head. */
class Line {
  head: Ticket | undefined;
  length = 0;
  /** Requests of its kind that are under way. */
  running = 0;
  readonly maxRunning: number;
  readonly maxLength: number;
  #tail: Ticket | undefined;

  /** @param share - Of all places, from 0 to 1. At least one may be under way. */
  constructor({ maxInFlight, maxPending }: AdmissionLimits, share: number) {
    this.maxRunning = Math.max(1, Math.floor(maxInFlight * share));
    this.maxLength = Math.floor(maxPending * share);
  }

  push(ticket: Ticket): void {
    ticket.ahead = this.#tail;
    if (this.#tail) this.#tail.behind = ticket;
    else this.head = ticket;
    this.#tail = ticket;
    this.length++;
  }

  remove(ticket: Ticket): void {
    if (ticket.ahead) ticket.ahead.behind = ticket.behind;
    else this.head = ticket.behind;
    if (ticket.behind) ticket.behind.ahead = ticket.ahead;
    else this.#tail = ticket.ahead;
    ticket.ahead = undefined;
    ticket.behind = undefined;
    this.length--;
  }
}

/**
 * Who may come in: a limit on requests under way, and before it a queue, first come first served, bounded in length and
 * in time. Requests that are whole are held up by requests that are whole; those whose body is still arriving have a part
 * of all places and a line of their own, so that senders that take their time, or never end, leave room for others. No request
 * overtakes another of its kind. All wait equally long, so that a head's time is the first to be up.
 */
export class Admission<T extends Ticket> {
  readonly #limits: AdmissionLimits;
  readonly #whole: Line;
  readonly #arriving: Line;
  #meanMs = 0;

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
    this.#whole = new Line(limits, 1);
    this.#arriving = new Line(limits, limits.arrivingShare);
  }

  get running(): number {
    return this.#whole.running + this.#arriving.running;
  }

  get pending(): number {
    return this.#whole.length + this.#arriving.length;
  }

  /** When the first of the queue has waited too long; Infinity if no request waits. */
  get nextDeadlineMs(): number {
    const first = this.#first(this.#whole.head, this.#arriving.head);
    return first ? first.sinceMs + this.#limits.queueTimeoutMs : Number.POSITIVE_INFINITY;
  }

  /**
   * Asks to come in.
   *
   * @param hasRoom - Whether an instance could take it.
   * @returns The ticket's new state: `running`, `waiting` or `refused`.
   */
  ask(ticket: T, hasRoom: boolean, nowMs: number): TicketState {
    if (ticket.state !== 'new') throw new Error(`a request asked twice; it is ${ticket.state}`);
    ticket.sinceMs = nowMs;
    const line = this.#lineOf(ticket);
    if (line.length === 0 && hasRoom && this.#mayRun(line)) this.#admit(ticket, nowMs);
    else if (line.length < line.maxLength && this.pending < this.#limits.maxPending) this.#queue(ticket);
    else ticket.state = 'refused';
    return ticket.state;
  }

  /**
   * The next of the queue whose waiting is over: `running` if there is room for it now, `refused` if its time is up.
   * To be asked for until there is none whenever a request ends, an instance comes back, or a deadline has come.
   */
  poll(hasRoom: boolean, nowMs: number): T | undefined {
    const first = this.#first(this.#whole.head, this.#arriving.head);
    if (!first) return undefined;
    if (nowMs >= first.sinceMs + this.#limits.queueTimeoutMs) {
      this.#lineOf(first).remove(first);
      first.state = 'refused';
      return first as T;
    }
    if (!hasRoom) return undefined;
    const next = this.#first(this.#runnable(this.#whole), this.#runnable(this.#arriving));
    if (!next) return undefined;
    this.#lineOf(next).remove(next);
    this.#admit(next, nowMs);
    return next as T;
  }

  /** A request is over: it ended, or its client left while it waited. Calling it again does nothing. */
  leave(ticket: T, nowMs: number): void {
    const line = this.#lineOf(ticket);
    if (ticket.state === 'waiting') {
      line.remove(ticket);
    } else if (ticket.state === 'running') {
      line.running--;
      this.#meanMs += (nowMs - ticket.sinceMs - this.#meanMs) * MEAN_WEIGHT;
    }
    if (ticket.state !== 'refused') ticket.state = 'over';
  }

  /** When it makes sense to come again: how long the queue will take, by Little's law, from 1 to 30 s. */
  get retryAfterSeconds(): number {
    const waitMs = (this.#meanMs * this.pending) / Math.max(1, this.running);
    return Math.min(MAX_RETRY_AFTER_S, Math.max(1, Math.ceil(waitMs / 1000)));
  }

  #lineOf(ticket: Ticket): Line {
    return ticket.isArriving ? this.#arriving : this.#whole;
  }

  #mayRun(line: Line): boolean {
    return line.running < line.maxRunning && this.running < this.#limits.maxInFlight;
  }

  #runnable(line: Line): Ticket | undefined {
    return this.#mayRun(line) ? line.head : undefined;
  }

  /** Who has waited longer. */
  #first(one: Ticket | undefined, other: Ticket | undefined): Ticket | undefined {
    if (!one || !other) return one ?? other;
    return other.sinceMs < one.sinceMs ? other : one;
  }

  #admit(ticket: Ticket, nowMs: number): void {
    ticket.state = 'running';
    ticket.sinceMs = nowMs;
    this.#lineOf(ticket).running++;
  }

  #queue(ticket: Ticket): void {
    ticket.state = 'waiting';
    this.#lineOf(ticket).push(ticket);
  }
}
