/** What connectors use of the kit. */

export type { Clock } from '../../src/lib/clock.ts';
export { apiKey } from './auth/api-key.ts';
export { basic } from './auth/basic.ts';
export { bearer } from './auth/bearer.ts';
export { cookies } from './auth/cookies.ts';
export { credentialHeaders } from './auth/credential-headers.ts';
export { formLogin } from './auth/form-login.ts';
export { headerEnvelope } from './auth/header-envelope.ts';
export { hmacSigned } from './auth/hmac-signed.ts';
export { jwtLogin } from './auth/jwt-login.ts';
export { mutualTls } from './auth/mutual-tls.ts';
export { noAuth } from './auth/no-auth.ts';
export { oauth2ClientCredentials } from './auth/oauth2.ts';
export { queryToken } from './auth/query-token.ts';
export { sessionLogin } from './auth/session-login.ts';
export { type CodeMap, mapCode, unmappedDetail } from './code-map.ts';
export type { Connector } from './connector.ts';
export { ConnectorError } from './connector-error.ts';
export {
  booleanText,
  code,
  decimalText,
  epochMilliseconds,
  epochSeconds,
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
export { countedRows } from './formats/counted-rows.ts';
export { type CsvOptions, csvFormat } from './formats/csv.ts';
export type { Format, FormatInput } from './formats/format.ts';
export { jsonFormat } from './formats/json.ts';
export { jsonLinesFormat } from './formats/json-lines.ts';
export { type XlsxBody, xlsxFormat } from './formats/xlsx.ts';
export { xmlFormat } from './formats/xml.ts';
export { graphqlErrorCode } from './graphql.ts';
export { JSON_API_HEADERS, jsonApiErrorCode, jsonApiNext, jsonApiPages, jsonApiRecords } from './json-api.ts';
export { reportLink, requireProvince } from './link-report.ts';
export { addDays, formatLocalTime, parseLocalTime, startOfDay } from './local-time.ts';
export { cellNumber, dayMonthTime, decimalComma, excelTime } from './office-types.ts';
export { requireCount } from './paging/counted-list.ts';
export { type CursorFrame, cursorPage } from './paging/cursor-page.ts';
export { documentPerDay } from './paging/document-per-day.ts';
export { type LookbackOptions, lookback } from './paging/lookback.ts';
export { nextLink } from './paging/next-link.ts';
export { deltaLinkExpired, odataChanges, odataDelta, odataErrorCode, odataPages, odataValue } from './paging/odata.ts';
export { pageNumber } from './paging/page-number.ts';
export { relayList } from './paging/relay-page.ts';
export { rowNumberPage } from './paging/row-number.ts';
export { singlePage } from './paging/single-page.ts';
export { springPage } from './paging/spring-page.ts';
export { type HmacSignatureOptions, hmacSignature, signDelivery } from './push/hmac-signature.ts';
export { hubKey } from './push/verify-push.ts';
export { RecordError } from './record-error.ts';
export type { SourceFile } from './source-file.ts';
export { statementOrRetraction, statements } from './statements.ts';
export type { MapContext } from './stream.ts';
export { incidentOfColumns, reportHealth, reportIncident, reportSystem, retractSystem } from './vendor-report.ts';
