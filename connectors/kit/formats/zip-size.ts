const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const END_BYTES = 22;
const ENTRY_BYTES = 46;
/** What stands behind the end of a directory is a remark of at most so many bytes. */
const MAX_REMARK_BYTES = 0xffff;

/**
 * How large the parts of a ZIP archive say that they are together once they are unpacked (APPNOTE 6.3, section 4.3.12);
 * undefined for what is no archive. An archive of more than 4 GiB counts as endless. What a part says is not checked here:
 * its reader must hold it to that.
 */
export function unpackedBytes(archive: Buffer): number | undefined {
  if (archive.length < END_BYTES) return undefined;
  const latest = archive.length - END_BYTES;
  const end = archive.lastIndexOf(signature(END_OF_DIRECTORY), latest);
  if (end < Math.max(0, latest - MAX_REMARK_BYTES)) return undefined;
  if (archive.readUInt16LE(end + 10) === 0xffff) return Number.POSITIVE_INFINITY;
  let total = 0;
  let position = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (position + ENTRY_BYTES > archive.length || archive.readUInt32LE(position) !== DIRECTORY_ENTRY) return undefined;
    total += statedBytes(archive, position);
    const [name, extra, remark] = [28, 30, 32].map((at) => archive.readUInt16LE(position + at)) as [
      number,
      number,
      number,
    ];
    position += ENTRY_BYTES + name + extra + remark;
  }
  return total;
}

/** What a part says of itself; endless where it leaves that open, or says it elsewhere. */
function statedBytes(archive: Buffer, position: number): number {
  const isSaidLater = (archive.readUInt16LE(position + 8) & 8) !== 0;
  const packed = archive.readUInt32LE(position + 20);
  const unpacked = archive.readUInt32LE(position + 24);
  const isOpen = unpacked === 0 ? packed !== 0 || isSaidLater : packed === 0 && isSaidLater;
  return isOpen || unpacked === 0xffffffff ? Number.POSITIVE_INFINITY : unpacked;
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
