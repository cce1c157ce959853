import type { MalformedCase } from './case.ts';
import { chunkedBodies } from './chunked-bodies.ts';
import { connection } from './connection.ts';
import { contentLength } from './content-length.ts';
import { controlCharacters } from './control-characters.ts';
import { earlyEnds } from './early-ends.ts';
import { expectations } from './expectations.ts';
import { fieldNames } from './field-names.ts';
import { headerSyntax } from './header-syntax.ts';
import { host } from './host.ts';
import { methods } from './methods.ts';
import { requestLine } from './request-line.ts';
import { sizes } from './sizes.ts';
import { smuggling } from './smuggling.ts';
import { targets } from './targets.ts';
import { trailers } from './trailers.ts';
import { transferEncoding } from './transfer-encoding.ts';
import { versions } from './versions.ts';

/** All cases by what part of a request they are about, in the order of the docs. */
export const corpus: Readonly<Record<string, readonly MalformedCase[]>> = {
  'Request line': requestLine,
  Methods: methods,
  Targets: targets,
  'Versions and other protocols': versions,
  'Header syntax': headerSyntax,
  'Control characters': controlCharacters,
  Host: host,
  'Content-Length': contentLength,
  'Transfer-Encoding': transferEncoding,
  'Chunked bodies': chunkedBodies,
  Trailers: trailers,
  'Smuggling and pipelining': smuggling,
  'Connection and hop-by-hop fields': connection,
  Expect: expectations,
  'Fields that may come once, and names that look alike': fieldNames,
  'Sizes and counts': sizes,
  'Early ends': earlyEnds,
};
