import { PathPattern } from '../message/path-pattern.js';

/** Which methods an app's routes have, asked for once a request has met none of them: RFC 9110, 15.5.6. */
export class AllowedMethods {
  /** By the framework's path. */
  readonly #routes = new Map<string, { readonly pattern: PathPattern; readonly methods: string[] }>();

  /** @param url - A route's path in the framework's notation. */
  add(url: string, method: string | string[]): void {
    const { pattern, methods } = this.#routes.get(url) ?? { pattern: PathPattern.ofFramework(url), methods: [] };
    this.#routes.set(url, { pattern, methods: methods.concat(method) });
  }

  /** Those of a target's path: of all routes that match it, since one with a parameter may stand beside a literal one. */
  of(target: string): string[] {
    const all = new Set<string>();
    for (const { pattern, methods } of this.#routes.values()) {
      if (pattern.match(target)) for (const method of methods) all.add(method);
    }
    return [...all];
  }
}
