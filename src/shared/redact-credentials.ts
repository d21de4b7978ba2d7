/** `scheme://user:password@`; user and password end at the first `/`, `?`, `#`, quote or space (RFC 3986, section 3.2). */
const userInfo = /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s"'/?#\\]*@/gi;

/** Values of query parameters that open doors: signed S3 addresses, and passwords as Redis URLs take them. */
const secretParameters =
  /([?&](?:password|token|X-Amz-(?:Signature|Credential|Security-Token))=)[^&\s"'\\]+/gi;

/** Text with the credentials of every URL in it replaced by `***`. */
export function redactCredentials(text: string): string {
  return text.replace(userInfo, '$1***@').replace(secretParameters, '$1***');
}
