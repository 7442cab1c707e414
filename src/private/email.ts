/** aws@acme.example and prod give aws+prod@acme.example, which most mail servers deliver to aws@acme.example. */
export function plusAddress(email: string, tag: string): string {
  const at = email.lastIndexOf('@');
  return at < 0 ? email : `${email.slice(0, at)}+${tag}${email.slice(at)}`;
}
