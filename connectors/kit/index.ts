/** What connectors, the sync engine and the command line use of the kit. */

export type { Clock } from '../../src/lib/clock.ts';
export { apiKey } from './auth/api-key.ts';
export { noAuth } from './auth/no-auth.ts';
export { oauth2ClientCredentials } from './auth/oauth2.ts';
export { sessionLogin } from './auth/session-login.ts';
export { type CodeMap, mapCode } from './code-map.ts';
export type {
  CheckResult,
  Connector,
  ConnectorContext,
  ConnectorLogger,
  ConnectorSpec,
  ReadPage,
  RejectedRecord,
  StreamSpec,
} from './connector.ts';
export { ConnectorError, type ConnectorErrorCode } from './connector-error.ts';
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
export type { ErrorRule } from './http/error-table.ts';
export { addDays, formatLocalTime, localDay, parseLocalTime } from './local-time.ts';
export { documentPerDay } from './paging/document-per-day.ts';
export { offsetPage } from './paging/offset-page.ts';
export { singlePage } from './paging/single-page.ts';
export { springPage } from './paging/spring-page.ts';
export { createSharedState, type SharedState, type SharedStateOptions } from './shared-state.ts';
export { type SourceDefinition, type SourceFile, sourceFileSchema } from './source-file.ts';
export { type MapContext, RecordError } from './stream.ts';
