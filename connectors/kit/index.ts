/** What connectors use of the kit. */

export type { Clock } from '../../src/lib/clock.ts';
export { apiKey } from './auth/api-key.ts';
export { noAuth } from './auth/no-auth.ts';
export { oauth2ClientCredentials } from './auth/oauth2.ts';
export { sessionLogin } from './auth/session-login.ts';
export { type CodeMap, mapCode } from './code-map.ts';
export type { Connector } from './connector.ts';
export { ConnectorError } from './connector-error.ts';
export {
  booleanText,
  code,
  localTimeText,
  markerDetail,
  provinceCode,
  sandboxMarker,
  text,
  wholeNumberText,
  zonedTime,
} from './contract-types.ts';
export { defineConnector } from './define-connector.ts';
export { codeIn } from './error-code.ts';
export { addDays, formatLocalTime, startOfDay } from './local-time.ts';
export { documentPerDay } from './paging/document-per-day.ts';
export { offsetPage } from './paging/offset-page.ts';
export { singlePage } from './paging/single-page.ts';
export { springPage } from './paging/spring-page.ts';
export type { SourceFile } from './source-file.ts';
export { type MapContext, RecordError } from './stream.ts';
