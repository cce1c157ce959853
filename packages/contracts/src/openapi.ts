import { z } from 'zod';
import * as shapes from './shapes.js';

/** What a process answers: the routes of a service, or those of a balancer. */
export interface ApiOfProcess {
  /** `service1` or `service1-loadbalancer`. */
  readonly name: string;
  readonly role: 'service' | 'balancer';
  /** The stage's route: `/process`. */
  readonly route: string;
  /** What the route does. */
  readonly summary: string;
  /** The shape of its bodies. */
  readonly requestSchema: 'TextRequest' | 'ReportRequest';
}

/** The OpenAPI 3.1 document of a process, from the schemas that check its bodies. */
export function openApi(api: ApiOfProcess): Record<string, unknown> {
  const { schemas } = z.toJSONSchema(registry(), { uri: (id) => `#/components/schemas/${id}`, io: 'input' });
  return {
    openapi: '3.1.0',
    info: { title: `Flotilla ${api.name}`, version: '1.0.0', license: { name: 'MIT', identifier: 'MIT' } },
    paths: {
      [api.route]: { post: stageOperation(api) },
      '/health': { get: get('Whether the process answers.', 'Health') },
      '/health/live': { get: get('The same, for probes.', 'Liveness') },
      '/health/ready': { get: { ...get('Whether it takes requests.', 'Readiness'), responses: readinessResponses() } },
      '/metrics': { get: { summary: 'Prometheus metrics.', responses: { 200: textAnswer() } } },
      '/openapi.json': { get: { summary: 'This document.', responses: { 200: { description: 'OpenAPI 3.1.' } } } },
      ...(api.role === 'balancer' ? { '/stats': { get: get('What each instance did.', 'Stats') } } : {}),
    },
    components: { schemas: withoutIds(schemas) },
  };
}

function registry() {
  const all = z.registry<{ id: string }>();
  for (const schema of Object.values(shapes)) {
    if (!(schema instanceof z.ZodType)) continue;
    const id = schema.meta()?.id;
    if (id) all.add(schema, { id });
  }
  return all;
}

/** Inside a document, schemas are found by their place; `$id` and `$schema` would make each a document of its own. */
function withoutIds(schemas: Record<string, object>): Record<string, object> {
  const entries = Object.entries(schemas).map(([name, schema]) => {
    const { $id, $schema, id, ...rest } = schema as Record<string, unknown>;
    return [name, rest];
  });
  return Object.fromEntries(entries);
}

function stageOperation(api: ApiOfProcess) {
  return {
    summary: api.summary,
    parameters: [
      { name: 'include', in: 'query', schema: { type: 'string', enum: ['frequencies'] } },
      { name: 'x-request-id', in: 'header', schema: { type: 'string' } },
      {
        name: 'content-encoding',
        in: 'header',
        description: 'How the body is packed. What it unpacks to counts against the limits.',
        schema: { type: 'string', enum: ['gzip', 'identity'] },
      },
    ],
    requestBody: { required: true, content: { 'application/json': { schema: reference(api.requestSchema) } } },
    responses: {
      200: { description: 'The report.', content: { 'application/json': { schema: reference('PipelineResponse') } } },
      415: {
        ...problemAnswer('The body is of a type, or packed in a way, that is not taken here; a field says what is.'),
        headers: {
          'accept-encoding': { description: 'The codings that are taken.', schema: { type: 'string' } },
          'accept-post': { description: 'The types that are taken.', schema: { type: 'string' } },
        },
      },
      '4XX': problemAnswer('The request cannot be processed as it is.'),
      '5XX': problemAnswer('A process of the fleet failed; x-failed-stage names the stage if it is one further down.'),
    },
  };
}

function get(summary: string, schema: string) {
  const content = { 'application/json': { schema: reference(schema) } };
  return { summary, responses: { 200: { description: summary, content } } };
}

function readinessResponses() {
  const content = { 'application/json': { schema: reference('Readiness') } };
  return { 200: { description: 'Ready.', content }, 503: { description: 'Starting or draining.', content } };
}

function textAnswer() {
  return { description: 'Prometheus text format.', content: { 'text/plain': { schema: { type: 'string' } } } };
}

function problemAnswer(description: string) {
  return { description, content: { 'application/problem+json': { schema: reference('Problem') } } };
}

function reference(schema: string) {
  return { $ref: `#/components/schemas/${schema}` };
}
