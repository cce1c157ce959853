/** How often the event loop's delay is looked at, in ms. */
const SAMPLE_INTERVAL_MS = 250;
/** Looks in a row that must be late: one may be a pause of the whole machine, after which all is well. */
const LAG_SAMPLES = 2;

/**
 * Tells when a process cannot keep up: its event loop comes late time and again.
 *
 * @param limitMs - How late it may come. 0: never mind.
 * @param onChange - Called when that begins, and when it is over.
 * @returns Ends the watch.
 */
export function monitorOverload(limitMs: number, onChange: (isTooMuch: boolean) => void): () => void {
  if (limitMs === 0) return () => {};
  let lastMs = performance.now();
  let lateSamples = 0;
  let isTooMuch = false;
  const timer = setInterval(() => {
    const nowMs = performance.now();
    lateSamples = nowMs - lastMs - SAMPLE_INTERVAL_MS > limitMs ? lateSamples + 1 : 0;
    lastMs = nowMs;
    const isNow = lateSamples >= LAG_SAMPLES;
    if (isNow !== isTooMuch) onChange(isNow);
    isTooMuch = isNow;
  }, SAMPLE_INTERVAL_MS).unref();
  return () => clearInterval(timer);
}
