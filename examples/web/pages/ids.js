// Ids are idempotency keys: whoever asks makes one, keeps it, and sends the same again when the
// answer did not arrive.

// 32 hex digits that begin with the time, as UUID version 7 does: ids made one after another lie
// side by side in the server's index. crypto.randomUUID is missing on plain http.
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let time = Date.now();
  for (let i = 5; i >= 0; --i) {
    bytes[i] = time % 256;
    time = Math.floor(time / 256);
  }
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
