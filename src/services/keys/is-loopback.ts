/** Whether an address as a socket reports it (`127.0.0.1`, `::1`, `::ffff:127.0.0.1`) is this machine's own loopback. */
export function isLoopback(address: string | undefined): boolean {
  if (!address) return false;
  const plain = address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
  return plain === '::1' || /^127(\.\d{1,3}){3}$/.test(plain);
}
