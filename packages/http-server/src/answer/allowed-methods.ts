import findMyWay, { type HTTPMethod } from 'find-my-way';
import { pathParameters } from '../message/route-path.js';
import { MAX_TARGET_BYTES, pathOf } from '../message/target.js';

/** Which methods an app's routes have, asked for once a request has met none of them: RFC 9110, 15.5.6. */
export class AllowedMethods {
  readonly #router = findMyWay({ maxParamLength: MAX_TARGET_BYTES });
  readonly #methods = new Set<HTTPMethod>();

  /** @param url - A route's path in the framework's notation. */
  add(url: string, methods: string | string[]): void {
    for (const method of [methods].flat() as HTTPMethod[]) {
      this.#methods.add(method);
      if (!this.#router.findRoute(method, url)) this.#router.on(method, url, () => {});
    }
  }

  /** Those of a target's path: of all routes that match it, since one with a parameter may stand beside a literal one. */
  of(target: string): string[] {
    return [...this.#methods].filter((method) => {
      const found = this.#router.find(method, pathOf(target));
      return found && pathParameters(found.params);
    });
  }
}
