import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

// A zone is required: "2025-06-27T12:15:00" means two different moments in Hà Nội and in London.
const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt]([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;

function parse(value: unknown): Date {
  const time = typeof value === 'string' && RFC_3339.test(value) ? new Date(value) : undefined;
  if (!time || Number.isNaN(time.getTime()) || !isCalendarDay(value as string)) {
    throw new GraphQLError(
      `DateTime must be an RFC 3339 time with a zone, such as "2025-06-27T12:15:00+07:00", not ${JSON.stringify(value)}.`,
      { extensions: { code: 'BAD_USER_INPUT' } },
    );
  }
  return time;
}

/** `Date` rolls 30 February over into March; a time that a person typed by mistake is refused instead. */
function isCalendarDay(value: string): boolean {
  const [year, month, day] = value.slice(0, 10).split('-').map(Number) as [number, number, number];
  return month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function serialize(value: unknown): string {
  const time = value instanceof Date ? value : new Date(value as string | number);
  return time.toISOString();
}

/** A moment. In: RFC 3339 with a zone. Out: UTC with milliseconds, `2025-06-27T05:15:00.000Z`. */
export const DateTime = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  description:
    'A moment, as RFC 3339 with a zone: `2025-06-27T12:15:00+07:00`. Answers are in UTC with milliseconds: `2025-06-27T05:15:00.000Z`.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339',
  serialize,
  parseValue: parse,
  parseLiteral: (node) => parse(node.kind === Kind.STRING ? node.value : undefined),
});
