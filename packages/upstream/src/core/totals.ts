/** Counts of a whole group. Over all instances, former ones too, `requests` is `clientRequests + retries`. */
export interface GroupTotals {
  clientRequests: number;
  retries: number;
  exhausted: number;
  cancelled: number;
  /** Later tries and hedges that the retry budget did not allow. */
  budgetOverflows: number;
  /** Of the retries: those after all were tried, and those beside a try under way. */
  laterTries: number;
  hedges: number;
  /** Picks made in panic, and picks of spare instances after the usable ones had failed. */
  panicPicks: number;
  sparePicks: number;
  /** Requests that had to wait; that were refused at once; whose time in the queue was up. */
  queued: number;
  refused: number;
  queueTimeouts: number;
  /** Requests refused since the process could not keep up. */
  shed: number;
}

export function newTotals(): GroupTotals {
  return {
    clientRequests: 0,
    retries: 0,
    exhausted: 0,
    cancelled: 0,
    budgetOverflows: 0,
    laterTries: 0,
    hedges: 0,
    panicPicks: 0,
    sparePicks: 0,
    queued: 0,
    refused: 0,
    queueTimeouts: 0,
    shed: 0,
  };
}
