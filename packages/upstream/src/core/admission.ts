/** What may be under way, and what may wait. */
export interface AdmissionLimits {
  /** Requests under way in all. */
  readonly maxInFlight: number;
  /** Requests that wait. 0: none waits, and what finds no room is refused. */
  readonly maxPending: number;
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
  sinceMs = 0;
  ahead: Ticket | undefined = undefined;
  behind: Ticket | undefined = undefined;
}

/** How much a request's time counts in the mean. */
const MEAN_WEIGHT = 1 / 16;
const MAX_RETRY_AFTER_S = 30;

/**
 * Who may come in: a limit on requests under way, and before it a queue, first come first served, bounded in length and
 * in time. No request overtakes another. All wait equally long, so that the head's time is the first to be up.
 */
export class Admission<T extends Ticket> {
  readonly #limits: AdmissionLimits;
  #running = 0;
  #pending = 0;
  #head: Ticket | undefined;
  #tail: Ticket | undefined;
  #meanMs = 0;

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
  }

  get running(): number {
    return this.#running;
  }

  get pending(): number {
    return this.#pending;
  }

  /** When the first of the queue has waited too long; Infinity if no request waits. */
  get nextDeadlineMs(): number {
    return this.#head ? this.#head.sinceMs + this.#limits.queueTimeoutMs : Number.POSITIVE_INFINITY;
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
    if (this.#pending === 0 && hasRoom && this.#running < this.#limits.maxInFlight) this.#admit(ticket, nowMs);
    else if (this.#pending < this.#limits.maxPending) this.#queue(ticket);
    else ticket.state = 'refused';
    return ticket.state;
  }

  /**
   * The next of the queue whose waiting is over: `running` if there is room for it now, `refused` if its time is up.
   * To be asked for until there is none whenever a request ends, an instance comes back, or a deadline has come.
   */
  poll(hasRoom: boolean, nowMs: number): T | undefined {
    const ticket = this.#head as T | undefined;
    if (!ticket) return undefined;
    if (nowMs >= this.nextDeadlineMs) {
      this.#unlink(ticket);
      ticket.state = 'refused';
      return ticket;
    }
    if (!hasRoom || this.#running >= this.#limits.maxInFlight) return undefined;
    this.#unlink(ticket);
    this.#admit(ticket, nowMs);
    return ticket;
  }

  /** A request is over: it ended, or its client left while it waited. Calling it again does nothing. */
  leave(ticket: T, nowMs: number): void {
    if (ticket.state === 'waiting') {
      this.#unlink(ticket);
    } else if (ticket.state === 'running') {
      this.#running--;
      this.#meanMs += (nowMs - ticket.sinceMs - this.#meanMs) * MEAN_WEIGHT;
    }
    if (ticket.state !== 'refused') ticket.state = 'over';
  }

  /** When it makes sense to come again: how long the queue will take, by Little's law, from 1 to 30 s. */
  get retryAfterSeconds(): number {
    const waitMs = (this.#meanMs * this.#pending) / Math.max(1, this.#running);
    return Math.min(MAX_RETRY_AFTER_S, Math.max(1, Math.ceil(waitMs / 1000)));
  }

  #admit(ticket: Ticket, nowMs: number): void {
    ticket.state = 'running';
    ticket.sinceMs = nowMs;
    this.#running++;
  }

  #queue(ticket: Ticket): void {
    ticket.state = 'waiting';
    ticket.ahead = this.#tail;
    if (this.#tail) this.#tail.behind = ticket;
    else this.#head = ticket;
    this.#tail = ticket;
    this.#pending++;
  }

  #unlink(ticket: Ticket): void {
    if (ticket.ahead) ticket.ahead.behind = ticket.behind;
    else this.#head = ticket.behind;
    if (ticket.behind) ticket.behind.ahead = ticket.ahead;
    else this.#tail = ticket.ahead;
    ticket.ahead = undefined;
    ticket.behind = undefined;
    this.#pending--;
  }
}
