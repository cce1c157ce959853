import { stages } from '@flotilla/topology';
import { describe, expect, test } from 'vitest';
import { openApi } from '../src/openapi.js';

const apis = stages.flatMap(({ service, balancer, route, summary, requestSchema }) => [
  { name: service, role: 'service', route, summary, requestSchema } as const,
  { name: balancer, role: 'balancer', route, summary, requestSchema } as const,
]);

/** Every `$ref` of a document. */
function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) =>
    key === '$ref' ? [child as string] : references(child as unknown),
  );
}

describe('the OpenAPI document', () => {
  test.each(apis)('of $name: every reference is to a schema that is there', (api) => {
    const document = openApi(api) as { components: { schemas: Record<string, unknown> } };
    const known = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`);
    const used = new Set(references(document));
    expect(used.size).toBeGreaterThan(5);
    expect(known).toEqual(expect.arrayContaining([...used]));
  });

  test('takes and gives what the contract says', () => {
    const { components } = openApi(apis[0] as (typeof apis)[0]) as {
      components: { schemas: Record<string, { required?: string[]; properties: Record<string, unknown> }> };
    };
    expect(components.schemas.TextRequest).toMatchObject({ type: 'object', required: ['text'] });
    expect(components.schemas.PipelineResponse?.required).toEqual(
      expect.arrayContaining(['status', 'message', 'word_count', 'report', 'top_words']),
    );
    expect(Object.keys(components.schemas.PipelineResponse?.properties ?? {})).toContain('word_frequencies');
  });

  test('only a balancer has /stats', () => {
    expect(openApi(apis[1] as (typeof apis)[1]).paths).toHaveProperty(['/stats']);
    expect(openApi(apis[0] as (typeof apis)[0]).paths).not.toHaveProperty(['/stats']);
  });
});
