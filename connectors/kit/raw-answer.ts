import type { RawAnswer } from './connector.ts';
import type { Format } from './formats/format.ts';
import type { DataAnswer, HttpRequest } from './http/http-types.ts';

/** An answer as it is kept: with the request before sign-in, and of the headers what a format may look at. */
export function rawAnswer(request: HttpRequest, answer: DataAnswer, format: Format): RawAnswer {
  const { method, path, query, json, form } = request;
  const asked = { method, path, ...(query && { query }), ...(json !== undefined && { json }), ...(form && { form }) };
  return { request: asked, headers: keptHeaders(answer.headers, format), body: answer.body };
}

/** Cookies and the like are of no use to a format. */
function keptHeaders(headers: DataAnswer['headers'], format: Format): RawAnswer['headers'] {
  const kept = ['content-type', 'date', 'etag', 'last-modified', ...(format.headers ?? [])];
  return Object.fromEntries(Object.entries(headers).filter(([name]) => kept.includes(name)));
}
