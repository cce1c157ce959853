/** What is used of packages that come without types. */

declare module 'http-proxy' {
  import type { Agent, IncomingMessage, ServerResponse } from 'node:http';

  interface ProxyServer {
    web(request: IncomingMessage, response: ServerResponse, options: { readonly target: string }): void;
    on(event: 'error', listener: (error: Error, request: IncomingMessage, response: ServerResponse) => void): void;
  }
  const httpProxy: { createProxyServer(options: { readonly agent: Agent; readonly xfwd: boolean }): ProxyServer };
  export default httpProxy;
}
