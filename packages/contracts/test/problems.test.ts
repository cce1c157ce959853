import { describe, expect, test } from 'vitest';
import { FlotillaError, type ProblemCode, problem, problemBody, problems } from '../src/index.js';

const codes = Object.keys(problems) as ProblemCode[];

describe('the error catalogue', () => {
  test.each(codes)('%s makes a problem response that says what is wrong and what mends it', (code) => {
    const body = problem.parse(problemBody(new FlotillaError(code), 'id-1'));
    expect(body).toMatchObject({ code, status: problems[code].status, request_id: 'id-1' });
    expect(body.detail).toBe(`${problems[code].title}. ${problems[code].fix}`);
    expect(body.status).toBeGreaterThanOrEqual(400);
  });

  test('titles and fixes are sentences, and no two codes say the same', () => {
    for (const { title, fix } of Object.values(problems)) {
      expect(title).toMatch(/^[A-Z].*[^.]$/);
      expect(fix).toMatch(/^[A-Z].*\.$/);
    }
    expect(new Set(codes.map((code) => problems[code].title)).size).toBe(codes.length);
  });

  test('what is wrong in the case at hand takes the title’s place', () => {
    const error = new FlotillaError('FLT_BODY_TOO_LARGE', 'It may have 10 bytes here.');
    expect(problemBody(error).detail).toMatch(/^It may have 10 bytes here\. Cut the text/);
  });
});
