import { expect } from 'vitest';
import type { Forwarded, MalformedCase, Outcome, Refused } from '../cases/case.ts';
import type { Answer } from './answers.ts';
import { type Delivery, exchange, type Heard, whole } from './exchange.ts';
import type { Recorder, Seen } from './recording-instance.ts';
import { type StrictRequest, valuesOf } from './strict-request.ts';

/** Where cases are sent: what listens there, and the instance behind it. */
export interface Endpoint {
  readonly port: number;
  readonly behind: Recorder;
}

/** Fields of one connection, none of which an instance gets from a client. */
const HOP_BY_HOP = ['keep-alive', 'proxy-connection', 'te', 'upgrade', 'expect'];
const NEW_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const PLAIN =
  'POST /process HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n"a plain"';

/**
 * Sends a case, and fails unless it is answered as it says, reaches the instance as it says, and leaves no trace on the
 * requests of others.
 */
export async function checkCase(target: Endpoint, each: MalformedCase, delivery: Delivery): Promise<void> {
  const { behind } = target;
  const heard = await send(target, each, delivery);
  await checkPlainRequest(target);
  const seen = behind.take();
  checkAnswers(each, heard);
  checkForwarded(each, seen);
}

function send(target: Endpoint, { bytes, halfCloses = false, outcomes }: MalformedCase, delivery: Delivery) {
  const staysOpen = !halfCloses && (outcomes.at(-1)?.staysOpen ?? false);
  return exchange(target.port, {
    bytes,
    delivery,
    halfCloses,
    asksAfter: staysOpen ? outcomes.length : undefined,
    isBodiless: (n) => isBodiless(outcomes[n]),
  });
}

function isBodiless(outcome: Outcome | undefined): boolean {
  return outcome?.kind === 'refused' && outcome.isBodiless;
}

/** Whether the answers are those that the case says. */
function checkAnswers({ outcomes, halfCloses = false }: MalformedCase, { answers, rest }: Heard): void {
  expect(rest, 'half an answer').toBe('');
  const last = outcomes.at(-1);
  // An answer that is under way when nonsense follows ends its connection; the nonsense then gets none of its own.
  const mayEndSilently = outcomes.length > 1 && last?.kind === 'refused' && answers.length === outcomes.length - 1;
  const told = mayEndSilently ? outcomes.slice(0, -1) : outcomes;
  const staysOpen = !halfCloses && (last?.staysOpen ?? false);
  expect(answers.map(({ status }) => status)).toEqual([...told.map(statusOf), ...(staysOpen ? [200] : [])]);
  for (const [n, outcome] of told.entries()) {
    if (outcome.kind === 'refused') checkProblem(answers[n] as Answer, outcome);
  }
  if (staysOpen) expect(answers.at(-1)?.body, 'what was asked last').toContain('"status":"healthy"');
}

function statusOf(outcome: Outcome): number {
  return outcome.kind === 'refused' ? outcome.status : 200;
}

function checkProblem(answer: Answer, { status, code, staysOpen, isBodiless }: Refused): void {
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  if (!staysOpen) expect(answer.headers.get('connection')).toBe('close');
  if (code !== 'FLT_BODY_INCOMPLETE') expect(answer.isContinued, 'a 100 before the refusal').toBe(false);
  if (isBodiless) return;
  const problem = JSON.parse(answer.body);
  expect(problem).toMatchObject({ status, code, type: `urn:flotilla:problem:${code}` });
  expect(problem).toMatchObject({ title: expect.any(String), detail: expect.any(String) });
}

/** Whether those requests reached the instance that the case says, as it says, and nothing else. */
export function checkForwarded({ outcomes }: MalformedCase, { requests, violations, unfinished }: Seen): void {
  const expected = outcomes.filter((outcome) => outcome.kind === 'forwarded');
  expect(violations).toEqual([]);
  expect(requests.map(inShort).join('; ')).toBe(expected.map(inShort).join('; '));
  for (const [n, outcome] of expected.entries()) checkFields(requests[n] as StrictRequest, outcome);
  const mayBegin = outcomes.filter((outcome) => outcome.kind === 'refused' && outcome.beginsAtInstance).length;
  expect(unfinished).toBeLessThanOrEqual(mayBegin);
}

/** What is compared of a request, as one line that shows in a failure. */
function inShort({ method, target, body, trailers }: Pick<StrictRequest, 'method' | 'target' | 'body' | 'trailers'>) {
  const text = body.length > 200 ? `${body.length} × ${body[0]}` : body;
  return `${method} ${target} ${JSON.stringify(text)} ${JSON.stringify(trailers)}`;
}

function checkFields({ headers }: StrictRequest, { fields, getsNewId }: Forwarded): void {
  for (const [name, values] of Object.entries(fields)) expect(valuesOf(headers, name), name).toEqual(values);
  for (const name of HOP_BY_HOP) expect(valuesOf(headers, name), name).toEqual([]);
  expect(['', 'keep-alive']).toContain(valuesOf(headers, 'connection').join());
  const [id] = valuesOf(headers, 'x-request-id');
  expect(id).toMatch(getsNewId ? NEW_ID : /^[A-Za-z0-9._~:-]{1,128}$/);
}

/** Whether a plain request gets through, and is the last that reached the instance. */
export async function checkPlainRequest({ port, behind }: Endpoint): Promise<void> {
  const sending = { bytes: PLAIN, delivery: whole, halfCloses: false, asksAfter: undefined, isBodiless: () => false };
  const { answers } = await exchange(port, sending);
  expect(answers.map(({ status }) => status)).toEqual([200]);
  expect(behind.takeLast()?.body).toBe('"a plain"');
}
