/** Why one record is rejected. The message is kept with the record and shown. */
export class RecordError extends Error {
  constructor(
    message: string,
    /** Where in the record, e.g. `site.province_code`. */
    readonly path?: string,
  ) {
    super(message);
    this.name = 'RecordError';
  }
}
