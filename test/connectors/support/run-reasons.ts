/** Everything that a failed run may say to people, by the code that says whose affair it is. */
const REASONS: Readonly<Record<string, readonly RegExp[]>> = {
  UPSTREAM_CONFIGURATION: [
    /^The upstream refuses the credentials; check /,
    /^The credentials have no right to this service; ask the upstream for it\.$/,
    /^The upstream (ends every session at once|knows no such service|no longer has this list|redirects elsewhere); check /,
    /^The upstream has no document of any of the \d+ days that it was asked for; check /,
    /^The upstream of source \S+ tells only what is so now: .* Stored answers can be replayed\.$/,
    /^The upstream's certificate is not one that the hub trusts; check /,
    /^(The portal does not take our sessions|iNet does not take the token); check /,
    /^The credential \S+ (has a colon in it|is not the key of|is not in PEM form).*; check /,
    /^Source \S+ lacks credentials: .* Set the environment variables that it names\.$/,
    /^The source shows a certificate, so its base URL must begin with https:\.$/,
    /^The (configuration of source \S+ is wrong|connector has no stream \S+; it has): .*\.$/,
  ],
  UPSTREAM_TRANSIENT: [
    /^The upstream('s answer broke off| did not answer within| cannot be reached| asks the hub| limits how often)/,
    /^The upstream no longer knows from where on changes are wanted, so everything is read again\.$/,
    /^The upstream (has a fault of its own|has failed repeatedly|may be asked|is |timed out)/,
    /^The run did not finish within its [\d.]+ s; the next one goes on\.$/,
    /^The hub could not take the upstream's answer in \(\S+\); look at /,
    /^The file is still being written; the next run reads the rest of it\.$/,
    /^The (report|health report|file) of that (day|week) is not (published|there) yet\.$/,
  ],
  UPSTREAM_SYSTEM: [
    /^The upstream('s | )/,
    /^The run used up its \d+ requests; the upstream may page without end\.$/,
    /^Viettel's clock and ours are more than \d+ min apart; one of them has to be set\.$/,
    /^The axis has no such document any more\.$/,
    /^The portal (answered without a result|does not let anybody sign in)\.$/,
    /^The platform promises \S+ connections and gives \S+\.$/,
    /^The report does not end with its total; is it whole\?$/,
    /^The (Ministry's report|week's file) is short: it promises \S+ (entries|units) and has \S+\.$/,
    /^The connector failed on this answer; its log says more\.$/,
  ],
  UPSTREAM_CONTRACT: [/^The upstream('s | points| refuses the request| sends)/],
  UNAVAILABLE: [
    /^The worker vanished \(.*\)\. What it had stored stays; the next run goes on from there\.$/,
    /^The worker vanished or was stopped, and no other took the run within \d+ s\. .* ask for it again\.$/,
  ],
  TIMEOUT: [
    /^The run took longer than [\d.]+ s\. What was read is stored; the next run goes on from there\.$/,
    /^The run took longer than [\d.]+ s, and nothing had come by then\. Raise timeBudgetMs /,
  ],
  CANCELLED: [
    /^The run was stopped\. What it had stored stays\.$/,
    /^Run \d+ was given up, .* What it had stored stays\.$/,
  ],
};

export interface RunReason {
  readonly code: string;
  readonly message: string;
}

/** Whether a person can read from it what is wrong and, where anything can be done, what. */
export function isUnderstood({ code, message }: RunReason): boolean {
  return (REASONS[code] ?? []).some((reason) => reason.test(message));
}
