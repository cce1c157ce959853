import type { FleetDefinition, Reference } from './model.js';
import { type LocalOptions, localPlacement } from './placement.js';
import { endpoints } from './resolve-value.js';

type Endpoints = Extract<Reference, { kind: 'endpoints' }>;

/** Where commands find a fleet: the variables of its entry points. @param host - where its ports are published. */
export function entryPointUrls(
  definition: FleetDefinition,
  { host, ...options }: LocalOptions & { readonly host?: string | undefined } = {},
): Record<string, string> {
  const local = localPlacement(definition, options);
  const placement = host === undefined ? local : { ...local, hostOf: () => host };
  const entries = Object.entries(entryPointReferences(definition));
  return Object.fromEntries(entries.map(([name, of]) => [name, endpoints(of, definition, placement)]));
}

/** The variables of a fleet's entry points, each a list. */
export function entryPointReferences({ entryPoints }: FleetDefinition): Record<string, Endpoints> {
  const variables = [...new Set(entryPoints.map(({ variable }) => variable))];
  const entries = variables.map((variable): [string, Endpoints] => {
    const of = entryPoints.filter((each) => each.variable === variable).map(({ process }) => process);
    return [variable, { kind: 'endpoints', form: 'url', of }];
  });
  return Object.fromEntries(entries);
}
