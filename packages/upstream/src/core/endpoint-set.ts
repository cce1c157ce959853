import { type InstanceCounts, Member, type MemberSpec, RANK } from './member.js';

/** What a change of membership has done: slots whose connections are to be opened, closed, or both. */
export interface MembershipChange {
  readonly added: readonly number[];
  readonly removed: readonly number[];
  /** Members that have another address now. */
  readonly moved: readonly number[];
}

/**
 * The members by slot and by name, and what follows from all of their states together: who may be picked, whether there
 * is panic, how much room there is.
 */
export class EndpointSet {
  /** By slot. Former members stay until their slot is needed and no request can know it any more. */
  readonly slots: Member[] = [];
  readonly #byName = new Map<string, Member>();
  readonly #maxInFlight: number;
  readonly #panicShare: number;
  readonly #forgetAfterMs: number;
  /** Members in the order in which they were listed. */
  listed: readonly Member[] = [];
  /** Lowest rank that is picked at first. */
  minRank: number = RANK.usable;
  isPanic = false;
  /** Members that are not drained; the cap and panic are parts of these. */
  candidates = 0;
  ejected = 0;
  usable = 0;
  /** Tries that the pickable instances could take on. */
  room = 0;
  /** Counts of those whose slot was given away, so that totals still add up. */
  readonly former = { requests: 0, errors: 0, cancelled: 0, inFlight: 0 };

  constructor(options: { maxInFlightPerInstance: number; panicShare: number; forgetAfterMs: number }) {
    this.#maxInFlight = options.maxInFlightPerInstance;
    this.#panicShare = options.panicShare;
    this.#forgetAfterMs = options.forgetAfterMs;
  }

  at(slot: number): Member {
    const member = this.slots[slot];
    if (!member) throw new RangeError(`no instance ${slot} in a group of ${this.slots.length}`);
    return member;
  }

  named(name: string): Member {
    const member = this.#byName.get(name);
    if (!member || member.isRemoved) throw new RangeError(`no instance named ${name}`);
    return member;
  }

  /** Makes the members those that are listed. One that stays keeps its state; a new one starts without any. */
  set(specs: readonly MemberSpec[], nowMs: number): MembershipChange {
    if (new Set(specs.map(({ name }) => name)).size !== specs.length)
      throw new RangeError('an instance is listed twice');
    for (const { weight = 1 } of specs) checkWeight(weight);
    const added: number[] = [];
    const moved: number[] = [];
    const listed = specs.map((spec) => {
      const known = this.#byName.get(spec.name);
      if (!known || known.isRemoved) {
        const member = known ? revive(known, spec, nowMs) : this.#admit(spec, nowMs);
        added.push(member.slot);
        return member;
      }
      if (update(known, spec, nowMs)) moved.push(known.slot);
      return known;
    });
    const removed = this.listed.filter((member) => !listed.includes(member));
    for (const member of removed) {
      member.isRemoved = true;
      member.removedAtMs = nowMs;
    }
    this.listed = listed;
    this.recount();
    return { added, removed: removed.map(({ slot }) => slot), moved };
  }

  /** Recomputes what follows from the members' states. To be called when one of them has changed. */
  recount(): void {
    this.candidates = 0;
    this.ejected = 0;
    this.usable = 0;
    for (const member of this.slots) {
      member.rank = rankOf(member);
      if (member.rank === RANK.none) continue;
      this.candidates++;
      if (member.isEjected) this.ejected++;
      if (member.rank === RANK.usable) this.usable++;
    }
    this.isPanic = this.usable < this.#panicShare * this.candidates;
    this.minRank = this.isPanic ? RANK.spare : RANK.usable;
    this.room = 0;
    for (const member of this.slots) {
      if (member.rank >= this.minRank) this.room += Math.max(0, this.#maxInFlight - member.counts.inFlight);
    }
  }

  /** Counts of all former members. */
  get unlisted(): InstanceCounts {
    const sum = { ...this.former };
    for (const { isRemoved, counts } of this.slots) {
      if (!isRemoved) continue;
      sum.requests += counts.requests;
      sum.errors += counts.errors;
      sum.cancelled += counts.cancelled;
      sum.inFlight += counts.inFlight;
    }
    return sum;
  }

  /** Whether anybody can be picked at all, room or not. */
  get hasPickable(): boolean {
    return this.isPanic || this.usable > 0;
  }

  took(member: Member): void {
    if (member.rank >= this.minRank && member.counts.inFlight < this.#maxInFlight) this.room--;
    member.counts.inFlight++;
  }

  gaveBack(member: Member): void {
    member.counts.inFlight--;
    if (member.rank >= this.minRank && member.counts.inFlight < this.#maxInFlight) this.room++;
  }

  #admit(spec: MemberSpec, nowMs: number): Member {
    const slot = this.#freeSlot(nowMs);
    const member = new Member(spec, slot);
    member.rampStartMs = nowMs;
    this.slots[slot] = member;
    this.#byName.set(member.name, member);
    return member;
  }

  /** A slot that no request under way can have been to, or a new one. */
  #freeSlot(nowMs: number): number {
    const slot = this.slots.findIndex(
      (member) => member.isRemoved && member.counts.inFlight === 0 && nowMs - member.removedAtMs >= this.#forgetAfterMs,
    );
    const last = this.slots[slot];
    if (!last) return this.slots.length;
    this.former.requests += last.counts.requests;
    this.former.errors += last.counts.errors;
    this.former.cancelled += last.counts.cancelled;
    this.#byName.delete(last.name);
    return slot;
  }
}

function rankOf(member: Member): number {
  if (member.isRemoved || member.isDraining) return RANK.none;
  return member.isUnhealthy || member.isEjected ? RANK.spare : RANK.usable;
}

function revive(member: Member, spec: MemberSpec, nowMs: number): Member {
  member.isRemoved = false;
  member.isDraining = false;
  member.address = spec.address ?? spec.name;
  member.weight = spec.weight ?? 1;
  member.startAfresh(nowMs);
  return member;
}

/** @returns Whether it has moved. */
function update(member: Member, spec: MemberSpec, nowMs: number): boolean {
  if (spec.weight !== undefined) member.weight = spec.weight;
  const address = spec.address ?? spec.name;
  if (address === member.address) return false;
  member.address = address;
  member.startAfresh(nowMs);
  return true;
}

/** @throws RangeError if it is not a finite number above 0: no work is what draining is for. */
export function checkWeight(weight: number): void {
  if (!(weight > 0 && Number.isFinite(weight)))
    throw new RangeError(`a weight of ${weight}; it takes a number above 0`);
}
