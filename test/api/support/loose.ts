/** A part of an answer: its shape is what the document asked for, and what the test says of it is the check. */
// biome-ignore lint/suspicious/noExplicitAny: the documents of these tests are not typed
export type Loose = any;
